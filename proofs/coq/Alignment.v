(** Every hypercall is about a whole granule: an address that is a multiple of it.

    Offsets count from the start of the window, which is a multiple of the window's size and so of
    the granule. *)

From Coq Require Import Arith Lia List Bool.
From Proofs Require Import Buddy Log Sharer Pool.
Import ListNotations.

Local Arguments Nat.pow : simpl never.

Section Alignment.
Variables depth granule heap_top pool_top : nat.
Variable hypervisor : log -> hypercall -> nat -> reply.

Definition whole (a : nat) : Prop := Nat.divide (2 ^ granule) a.
Definition calls_whole (l : log) : Prop := forall h a r, In (Called h a r) l -> whole a.
Definition book_whole (rs : list region) : Prop :=
  forall r, In r rs -> forall a, In a (granules granule (place r)) -> whole a.

Lemma granules_whole : forall b, granule <= snd b -> Nat.divide (2 ^ snd b) (fst b) ->
  forall a, In a (granules granule b) -> whole a.
Proof.
  intros b G D a I. apply in_map_iff in I. destruct I as (i & <- & _). unfold whole.
  apply Nat.divide_add_r; [|apply Nat.divide_factor_r].
  eapply Nat.divide_trans; [apply pow_divide|]; eauto.
Qed.

Lemma ask_whole : forall h a l good l', whole a -> calls_whole l ->
  ask hypervisor h a l = (good, l') -> calls_whole l'.
Proof.
  unfold ask. intros h a l good l' A L H. injection H as <- <-.
  intros h' a' r' [E|I]; [|eapply L; eauto]. injection E as <- <- <-. auto.
Qed.

Lemma share_all_whole : forall todo l done failed l', (forall a, In a todo -> whole a) ->
  calls_whole l -> share_all hypervisor todo l = (done, failed, l') ->
  calls_whole l' /\ incl done todo /\ (forall a, failed = Some a -> In a todo).
Proof.
  induction todo as [|a todo IH]; intros l done failed l' A L H; cbn [share_all] in H.
  - injection H as <- <- <-. split; auto. split; [intros c []|discriminate].
  - destruct (ask hypervisor Share a l) as [good l1] eqn:Q.
    assert (L1 : calls_whole l1) by (eapply ask_whole; eauto; apply A; simpl; auto).
    destruct good.
    + destruct (share_all hypervisor todo l1) as [[d f] l2] eqn:R. injection H as <- <- <-.
      destruct (IH l1 d f l2) as (W & D & F); auto; [intros; apply A; simpl; auto|].
      split; [auto|split; [|intros c E; right; auto]].
      intros c [<-|C]; simpl; auto.
    + injection H as <- <- <-. split; auto. split; [intros c []|].
      intros c E. injection E as <-. simpl. auto.
Qed.

Lemma prove_private_whole : forall a l proved l', whole a -> calls_whole l ->
  prove_private hypervisor a l = (proved, l') -> calls_whole l'.
Proof.
  unfold prove_private. intros a l proved l' A L H.
  destruct (ask hypervisor Unshare a l) as [g1 l1] eqn:Q1.
  assert (L1 : calls_whole l1) by (eapply ask_whole; eauto).
  destruct g1; [injection H as <- <-; auto|].
  destruct (ask hypervisor Share a l1) as [g2 l2] eqn:Q2.
  assert (L2 : calls_whole l2) by (eapply ask_whole; eauto).
  destruct g2; [eapply ask_whole; eauto|injection H as <- <-; auto].
Qed.

Lemma take_back_whole : forall todo l failed l', (forall a, In a todo -> whole a) ->
  calls_whole l -> take_back hypervisor todo l = (failed, l') -> calls_whole l'.
Proof.
  induction todo as [|a todo IH]; intros l failed l' A L H; cbn [take_back] in H.
  - injection H as <- <-. auto.
  - destruct (ask hypervisor Unshare a l) as [good l1] eqn:Q.
    destruct (take_back hypervisor todo l1) as [f l2] eqn:R. injection H as <- <-.
    apply (IH l1 f l2); auto; [intros; apply A; simpl; auto|].
    eapply ask_whole; eauto. apply A. simpl. auto.
Qed.

Lemma give_back_whole : forall top b missing heap l given l', calls_whole l ->
  give_back depth top b missing heap l = (given, l') -> calls_whole l'.
Proof.
  unfold give_back. intros top b missing heap l given l' L H.
  destruct missing; [destruct (deallocate _ _ _ _ _)|]; injection H as <- <-; auto.
  intros h a r [E|I]; [discriminate|eapply L; eauto].
Qed.

Lemma refill_whole : forall order s result s', granule <= order ->
  good heap_top depth (heap s) -> book_whole (book s) -> calls_whole (events s) ->
  refill depth granule heap_top hypervisor order s = (result, s') ->
  book_whole (book s') /\ calls_whole (events s').
Proof.
  intros order s result s' GO G B L H. unfold refill in H.
  destruct (order <=? heap_top) eqn:T; [apply Nat.leb_le in T|injection H as <- <-; auto].
  destruct (allocate heap_top depth order (heap s)) as [[o t]|] eqn:A;
    [|injection H as <- <-; auto].
  destruct (allocation_is_sound _ _ _ _ _ _ G T A) as (_ & _ & D & _).
  assert (W : forall a, In a (granules granule (o, order)) -> whole a)
    by (apply granules_whole; auto).
  assert (BN : forall l st,
    book_whole ({| place := (o, order); lost := l; state := st |} :: book s)).
  { intros l st r [<-|I]; [exact W|apply B; auto]. }
  destruct (share_all hypervisor _ _) as [[done failed] l1] eqn:S.
  assert (L0 : calls_whole (Took (o, order) :: events s)).
  { intros h a r [E|I]; [discriminate|eapply L; eauto]. }
  destruct (share_all_whole _ _ _ _ _ W L0 S) as (L1 & DT & FT).
  destruct failed as [a|]; [|injection H as <- <-; simpl; auto].
  destruct (prove_private hypervisor a l1) as [proved l2] eqn:P.
  destruct (take_back hypervisor done l2) as [f l3] eqn:K.
  destruct (give_back _ _ _ _ _ _) as [given l4] eqn:GB. injection H as <- <-.
  assert (L4 : calls_whole l4).
  { eapply give_back_whole; [|eauto]. eapply take_back_whole; [| |eauto].
    - intros c C. apply W, DT. auto.
    - eapply prove_private_whole; [| |eauto]; auto. }
  destruct given; simpl; auto.
Qed.

Lemma settle_whole : forall r heap l r' heap' l' rep,
  (forall a, In a (granules granule (place r)) -> whole a) -> calls_whole l ->
  settle depth granule heap_top hypervisor r heap l = (r', heap', l', rep) ->
  place r' = place r /\ calls_whole l'.
Proof.
  unfold settle. intros r heap l r' heap' l' rep W L H. destruct (state r).
  - destruct (take_back hypervisor _ l) as [f l1] eqn:K.
    destruct (give_back _ _ _ _ _ _) as [given l2] eqn:GB.
    assert (L2 : calls_whole l2).
    { eapply give_back_whole; [|eauto]. eapply take_back_whole; eauto. }
    destruct given; injection H as <- <- <- <-; auto.
  - injection H as <- <- <- <-. auto.
  - injection H as <- <- <- <-. auto.
Qed.

Lemma sweep_whole : forall dropping todo heap l todo' heap' l' rep, book_whole todo ->
  calls_whole l ->
  sweep depth granule heap_top hypervisor dropping todo heap l = (todo', heap', l', rep) ->
  book_whole todo' /\ calls_whole l'.
Proof.
  intros dropping. induction todo as [|r todo IH]; intros heap l todo' heap' l' rep B L H;
    cbn [sweep] in H.
  - injection H as <- <- <- <-. auto.
  - destruct (settle _ _ _ _ _ _ _) as [[[r1 h1] l1] rep1] eqn:S.
    destruct (settle_whole _ _ _ _ _ _ _ (B r (or_introl eq_refl)) L S) as [P L1].
    match type of H with context [sweep _ _ _ _ dropping todo h1 ?x] =>
      remember x as l2 eqn:EL in H end.
    assert (L2 : calls_whole l2).
    { assert (N : forall gs, calls_whole (rev (map Abandoned gs) ++ l1)).
      { intros gs h a c I. apply in_app_or in I. destruct I as [I|I]; [|eapply L1; eauto].
        apply in_rev, in_map_iff in I. destruct I as (x & E & _). discriminate. }
      rewrite EL. destruct dropping; auto. destruct (state r); auto. }
    destruct (sweep _ _ _ _ dropping todo h1 l2) as [[[todo1 h2] l3] rep2] eqn:W.
    injection H as <- <- <- <-.
    destruct (IH h1 l2 todo1 h2 l3 rep2) as [B3 L3]; auto.
    { intros c C. apply B. simpl. auto. }
    split; auto. intros c [<-|C]; [rewrite P; apply B; simpl; auto|apply B3; auto].
Qed.

Lemma perform_whole : forall c p, invariant depth granule heap_top pool_top p ->
  book_whole (book (core p)) -> calls_whole (events (core p)) ->
  let q := snd (perform depth granule heap_top pool_top hypervisor c p) in
  book_whole (book (core q)) /\ calls_whole (events (core q)).
Proof.
  intros [k|o k| | |k|o k] p V B L; simpl.
  - unfold allocate_shared. destruct (closed p) eqn:C; auto.
    destruct (k <=? pool_top) eqn:KT; simpl; auto. apply Nat.leb_le in KT.
    destruct (take depth pool_top k (buffers p)) as [[o t]|]; auto.
    destruct (refill _ _ _ _ _ _) as [result s] eqn:R.
    assert (W := refill_whole _ _ _ _ (Nat.le_max_r k granule)
      (ok_heap _ _ _ _ _ _ _ (inv_core _ _ _ _ _ V)) B L R).
    destruct result as [b| |a]; auto.
    destruct (refill_serves _ _ _ _ _ _ _ _ _ V C KT R) as (t & o & t' & -> & -> & _). auto.
  - destruct (closed p); auto. destruct (give _ _ _ _ _); auto.
  - destruct (end_sharing _ _ _ _ _ _) as [rep q] eqn:E. unfold end_sharing, unshare_all in E.
    destruct (sweep _ _ _ _ _ _ _ _) as [[[rs h] l] rep1] eqn:W. injection E as <- <-.
    eapply sweep_whole; eauto.
  - destruct (end_sharing _ _ _ _ _ _) as [rep q] eqn:E. unfold end_sharing, unshare_all in E.
    destruct (sweep _ _ _ _ _ _ _ _) as [[[rs h] l] rep1] eqn:W. injection E as <- <-.
    eapply sweep_whole; eauto.
  - destruct (k <=? heap_top); simpl; auto. destruct (take _ _ _ _) as [[o t]|]; auto.
  - destruct (in_dec _ _ _); auto. destruct (give _ _ _ _ _); auto.
Qed.

Theorem hypercalls_are_granule_aligned : forall lo hi calls h a r,
  In (Called h a r) (events (core (run depth granule heap_top pool_top hypervisor lo hi calls))) ->
  Nat.divide (2 ^ granule) a.
Proof.
  intros lo hi calls.
  assert (W : book_whole (book (core (run depth granule heap_top pool_top hypervisor lo hi calls)))
    /\ calls_whole
         (events (core (run depth granule heap_top pool_top hypervisor lo hi calls)))); [|apply W].
  unfold run. generalize (start_holds depth granule heap_top pool_top lo hi).
  assert (B : book_whole (book (core (start depth heap_top lo hi)))) by (intros r []).
  assert (L : calls_whole (events (core (start depth heap_top lo hi)))) by (intros h a r []).
  revert B L. generalize (start depth heap_top lo hi).
  induction calls as [|c calls IH]; simpl; auto. intros p B L V.
  destruct (perform_whole c p V B L) as [B' L']. apply IH; auto. apply perform_holds, V.
Qed.

End Alignment.
