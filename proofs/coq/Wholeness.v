(** The heap after a teardown that lost nothing: the very heap of the start.

    Nobody adds memory to the heap or takes it away; so what was absent stays absent, and the live
    blocks say the rest ([Buddy.state_is_determined]). *)

From Coq Require Import Arith Lia List Bool Permutation.
From Proofs Require Import Buddy Log Sharer Pool.
Import ListNotations.

Local Arguments Nat.pow : simpl never.

Section Wholeness.
Variables depth granule heap_top pool_top : nat.
Variable hypervisor : log -> hypercall -> nat -> reply.
Variables lo hi : nat.

(** Of a heap: that exactly the units outside the arena are absent. *)
Definition spans (t : tree) : Prop :=
  good heap_top depth t
  /\ forall u, u < 2 ^ depth ->
     look depth t u <> Absent <-> look depth (cover heap_top depth lo hi) u <> Absent.

Lemma take_spans : forall k t o t', spans t -> take depth heap_top k t = Some (o, t') -> spans t'.
Proof.
  intros k t o t' [G S] H. destruct (take_some _ _ _ _ _ _ H) as [T A]. split.
  - apply (allocation_is_sound _ _ _ _ _ _ G T A).
  - intros u U. rewrite (take_keeps_absence _ _ _ _ _ _ G H u U). auto.
Qed.

Lemma deallocate_spans : forall k o t t', spans t -> deallocate heap_top depth k o t = Some t' ->
  spans t'.
Proof.
  intros k o t t' [G S] D.
  assert (T : k <= heap_top).
  { assert (X : forall n o t t', good heap_top n t -> deallocate heap_top n k o t = Some t' ->
      k <= heap_top).
    { clear. unfold deallocate. induction n; intros o t t' G R; cbn [replace] in R.
      - destruct (0 =? k) eqn:E; [|discriminate]. apply Nat.eqb_eq in E. lia.
      - destruct (S n =? k) eqn:E.
        + apply Nat.eqb_eq in E. destruct ((o =? 0) && is_leaf Used t) eqn:B; [|discriminate].
          apply andb_true_iff in B. destruct B as [_ B]. apply is_leaf_true in B. subst. exact G.
        + destruct (halves Used t) as [[l r]|] eqn:H; [|discriminate].
          destruct (halves_good _ _ _ _ _ _ G H) as [GL GR]. destruct (o <? 2 ^ n).
          * destruct (replace heap_top Used (Leaf Free) n k o l) eqn:Q; [|discriminate].
            exact (IHn _ _ _ GL Q).
          * destruct (replace heap_top Used (Leaf Free) n k (o - 2 ^ n) r) eqn:Q; [|discriminate].
            exact (IHn _ _ _ GR Q). }
    eapply X; eauto. }
  assert (H : give depth heap_top k o t = Some t').
  { unfold give. apply Nat.leb_le in T. rewrite T. auto. }
  split.
  - apply (free_is_sound _ _ _ _ _ _ G T D).
  - intros u U. rewrite (give_keeps_absence _ _ _ _ _ _ G H u U). auto.
Qed.

Lemma give_back_spans : forall b missing heap l given l', spans heap ->
  give_back depth heap_top b missing heap l = (given, l') ->
  match given with Some heap' => spans heap' | None => True end.
Proof.
  unfold give_back. intros b missing heap l given l' S H.
  destruct missing; [destruct (deallocate _ _ _ _ _) eqn:D|]; injection H as <- <-; auto.
  eapply deallocate_spans; eauto.
Qed.

Lemma refill_spans : forall order s result s', spans (heap s) ->
  refill depth granule heap_top hypervisor order s = (result, s') -> spans (heap s').
Proof.
  intros order s result s' S H. unfold refill in H.
  destruct (order <=? heap_top) eqn:T; [|injection H as <- <-; auto].
  destruct (allocate heap_top depth order (heap s)) as [[o t]|] eqn:A;
    [|injection H as <- <-; auto].
  assert (ST : spans t) by (eapply take_spans; eauto; unfold take; rewrite T; eauto).
  destruct (share_all _ _ _) as [[done failed] l1].
  destruct failed as [a|]; [|injection H as <- <-; auto].
  destruct (prove_private _ _ _) as [proved l2]. destruct (take_back _ _ _) as [f l3].
  destruct (give_back _ _ _ _ _ _) as [given l4] eqn:GB. injection H as <- <-.
  pose proof (give_back_spans _ _ _ _ _ _ ST GB). destruct given; auto.
Qed.

Lemma sweep_spans : forall dropping todo heap l todo' heap' l' rep, spans heap ->
  sweep depth granule heap_top hypervisor dropping todo heap l = (todo', heap', l', rep) ->
  spans heap'.
Proof.
  intros dropping. induction todo as [|r todo IH]; intros heap l todo' heap' l' rep S H;
    cbn [sweep] in H.
  - injection H as <- <- <- <-. auto.
  - destruct (settle _ _ _ _ _ _ _) as [[[r1 h1] l1] rep1] eqn:Q.
    assert (S1 : spans h1).
    { unfold settle in Q. destruct (state r); try (injection Q as <- <- <- <-; auto; fail).
      destruct (take_back _ _ _) as [f l2]. destruct (give_back _ _ _ _ _ _) as [given l3] eqn:GB.
      pose proof (give_back_spans _ _ _ _ _ _ S GB). destruct given; injection Q as <- <- <- <-;
        auto. }
    destruct (sweep _ _ _ _ dropping todo h1 _) as [[[todo1 h2] l3] rep2] eqn:W.
    injection H as <- <- <- <-. eapply IH; eauto.
Qed.

Lemma perform_spans : forall c p, invariant depth granule heap_top pool_top p ->
  spans (heap (core p)) ->
  spans (heap (core (snd (perform depth granule heap_top pool_top hypervisor c p)))).
Proof.
  intros [k|o k| | |k|o k] p V S; simpl.
  - unfold allocate_shared. destruct (closed p) eqn:C; auto.
    destruct (k <=? pool_top) eqn:KT; simpl; auto. apply Nat.leb_le in KT.
    destruct (take depth pool_top k (buffers p)) as [[o t]|]; auto.
    destruct (refill _ _ _ _ _ _) as [result s] eqn:R.
    pose proof (refill_spans _ _ _ _ S R). destruct result as [b| |a]; auto.
    destruct (refill_serves _ _ _ _ _ _ _ _ _ V C KT R) as (t & o & t' & -> & -> & _). auto.
  - destruct (closed p); auto. destruct (give _ _ _ _ _); auto.
  - destruct (end_sharing _ _ _ _ _ _) as [rep q] eqn:E. unfold end_sharing, unshare_all in E.
    destruct (sweep _ _ _ _ _ _ _ _) as [[[rs h] l] rep1] eqn:W. injection E as <- <-.
    eapply sweep_spans; eauto.
  - destruct (end_sharing _ _ _ _ _ _) as [rep q] eqn:E. unfold end_sharing, unshare_all in E.
    destruct (sweep _ _ _ _ _ _ _ _) as [[[rs h] l] rep1] eqn:W. injection E as <- <-.
    eapply sweep_spans; eauto.
  - destruct (k <=? heap_top); simpl; auto.
    destruct (take depth heap_top k (heap (core p))) as [[o t]|] eqn:T; auto.
    eapply take_spans; eauto.
  - destruct (in_dec _ _ _); auto.
    destruct (give depth heap_top k o (heap (core p))) as [t|] eqn:T; auto.
    destruct (give_some _ _ _ _ _ _ T) as [_ D]. eapply deallocate_spans; eauto.
Qed.

Theorem the_heap_is_as_it_was : forall calls,
  let p := run depth granule heap_top pool_top hypervisor lo hi calls in
  closed p = true -> others p = [] -> (forall r, In r (book (core p)) -> lost r = []) ->
  heap (core p) = cover heap_top depth lo hi.
Proof.
  intros calls p C O L.
  pose proof (the_invariant_always_holds depth granule heap_top pool_top hypervisor lo hi calls)
    as V. fold p in V.
  assert (S : spans (heap (core p))).
  { unfold p, run. generalize (start_holds depth granule heap_top pool_top lo hi).
    assert (S0 : spans (heap (core (start depth heap_top lo hi)))).
    { split; [apply cover_spec|]. simpl. tauto. }
    revert S0. generalize (start depth heap_top lo hi). clear.
    induction calls as [|c calls IH]; simpl; auto. intros p S V.
    apply IH; [apply perform_spans; auto|apply perform_holds, V]. }
  destruct (cover_spec heap_top depth lo hi) as (G & _ & _ & B).
  destruct S as [GS S]. apply (state_is_determined heap_top depth 0); auto.
  - intros b. rewrite B. pose proof (ok_blocks _ _ _ _ _ _ _ (inv_core _ _ _ _ _ V)) as P.
    rewrite O, app_nil_r in P. rewrite P. split; [|intros []]. intros I.
    apply in_holding in I. destruct I as (r & I & H & _). unfold held in H.
    rewrite (inv_closed _ _ _ _ _ V C r I), (L r I) in H. discriminate.
  - intros u U. specialize (S u U).
    destruct (look depth (heap (core p)) u), (look depth (cover heap_top depth lo hi) u);
      intuition congruence.
Qed.

End Wholeness.
