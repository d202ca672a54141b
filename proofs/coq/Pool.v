(** The whole: a pool over a sharer over a heap, under any sequence of calls, valid or not, and any
    hypervisor. This is a dynamic pool of [SharedPool.swift]; the oracle runs it.

    What is proved here is what [proofs/coq/README.md] lists. *)

From Coq Require Import Arith Lia List Bool Permutation.
From Proofs Require Import Buddy Log Sharer.
Import ListNotations.

Local Arguments Nat.pow : simpl never.

Record pool := {
  core : sharer;
  (** The blocks of the pool itself. *)
  buffers : tree;
  (** What the rest of the guest has from the heap. *)
  others : list block;
  closed : bool
}.

Inductive call :=
| Allocate_shared (k : nat)
| Free_shared (o k : nat)
| Unshare_all
| Drop
| Heap_allocate (k : nat)
| Heap_free (o k : nat).

Inductive answer :=
| Address (o : nat)
| Finished
| Reported (r : report)
| Is_closed
| Too_large
| Is_exhausted
| Share_failed (a : nat)
| Not_allocated
| Has_another_layout
(** A region that the heap gave lies where the pool has memory already; it cannot happen. *)
| Does_not_fit
(** Somebody frees the sharer's region; no heap can tell it from the sharer's own free, and no
    program of the checks does it. *)
| Excluded.

Definition block_eq_dec (b c : block) : {b = c} + {b <> c}.
Proof. decide equality; apply Nat.eq_dec. Defined.

Fixpoint remove_one (b : block) (l : list block) : list block :=
  match l with
  | [] => []
  | c :: l => if block_eq_dec b c then l else c :: remove_one b l
  end.

Section Pool.
Variables depth granule heap_top pool_top : nat.
Variable hypervisor : log -> hypercall -> nat -> reply.

(** A block's order is held against the top order before anything else. *)
Definition take (top k : nat) (t : tree) : option (nat * tree) :=
  if k <=? top then allocate top depth k t else None.

Definition give (top k o : nat) (t : tree) : option tree :=
  if k <=? top then deallocate top depth k o t else None.

Definition refusal (o : nat) (t : tree) : answer :=
  match order_at depth o t with Some _ => Has_another_layout | None => Not_allocated end.

Definition allocate_shared (k : nat) (p : pool) : answer * pool :=
  if closed p then (Is_closed, p)
  else if negb (k <=? pool_top) then (Too_large, p)
  else
    match take pool_top k (buffers p) with
    | Some (o, t) =>
      (Address o, {| core := core p; buffers := t; others := others p; closed := false |})
    | None =>
      let (result, s) := refill depth granule heap_top hypervisor (Nat.max k granule) (core p) in
      let after s t := {| core := s; buffers := t; others := others p; closed := false |} in
      match result with
      | No_memory => (Is_exhausted, after s (buffers p))
      | Hypercall_failed a => (Share_failed a, after s (buffers p))
      | Taken b =>
        match add pool_top depth (snd b) (fst b) (buffers p) with
        | None => (Does_not_fit, after (withdraw depth granule heap_top hypervisor s) (buffers p))
        | Some t =>
          match take pool_top k t with
          | Some (o, t) => (Address o, after s t)
          | None => (Is_exhausted, after s t)
          end
        end
      end
    end.

Definition end_sharing (dropping : bool) (p : pool) : report * pool :=
  let (rep, s) := unshare_all depth granule heap_top hypervisor dropping (core p) in
  (rep, {| core := s; buffers := buffers p; others := others p; closed := true |}).

Definition with_heap (h : tree) (others : list block) (p : pool) : pool :=
  {| core := {| heap := h; book := book (core p); events := events (core p) |};
     buffers := buffers p; others := others; closed := closed p |}.

Definition perform (c : call) (p : pool) : answer * pool :=
  match c with
  | Allocate_shared k => allocate_shared k p
  | Free_shared o k =>
    if closed p then (Is_closed, p)
    else
      match give pool_top k o (buffers p) with
      | Some t =>
        (Finished, {| core := core p; buffers := t; others := others p; closed := false |})
      | None => (refusal o (buffers p), p)
      end
  | Unshare_all => let (rep, p) := end_sharing false p in (Reported rep, p)
  | Drop => let (_, p) := end_sharing true p in (Finished, p)
  | Heap_allocate k =>
    if negb (k <=? heap_top) then (Too_large, p)
    else
      match take heap_top k (heap (core p)) with
      | Some (o, t) => (Address o, with_heap t ((o, k) :: others p) p)
      | None => (Is_exhausted, p)
      end
  | Heap_free o k =>
    if in_dec block_eq_dec (o, k) (holding (book (core p))) then (Excluded, p)
    else
      match give heap_top k o (heap (core p)) with
      | Some t => (Finished, with_heap t (remove_one (o, k) (others p)) p)
      | None => (refusal o (heap (core p)), p)
      end
  end.

(** A pool that was just initialised, over a heap whose arena is the units from [lo] to [hi]. *)
Definition start (lo hi : nat) : pool :=
  {| core := {| heap := cover heap_top depth lo hi; book := []; events := [] |};
     buffers := Leaf Absent; others := []; closed := false |}.

Definition run (lo hi : nat) (calls : list call) : pool :=
  fold_left (fun p c => snd (perform c p)) calls (start lo hi).

(** ** The invariant *)

Record invariant (p : pool) : Prop := {
  inv_core : ok depth granule heap_top (heap (core p)) (book (core p)) (others p) (events (core p));
  inv_kept : kept_for_a_reason (book (core p));
  inv_buffers : good pool_top depth (buffers p);
  inv_open : closed p = false ->
    (forall u, u < 2 ^ depth -> look depth (buffers p) u <> Absent <->
      exists r, In r (book (core p)) /\ state r = Sharing /\ inside u (place r))
    /\ forall r, In r (book (core p)) -> state r <> Settled /\ granule <= snd (place r);
  inv_closed : closed p = true -> forall r, In r (book (core p)) -> state r = Settled
}.

Lemma start_holds : forall lo hi, invariant (start lo hi).
Proof.
  intros lo hi. destruct (cover_spec heap_top depth lo hi) as (G & _ & _ & B).
  constructor; simpl; try discriminate; try tauto.
  - constructor; simpl; auto; try tauto. rewrite B. apply Permutation_refl.
  - intros r [].
  - intros _. split; [|intros r []]. intros u U. split; [tauto|]. intros (r & [] & _).
Qed.

Lemma take_some : forall top k t o t', take top k t = Some (o, t') ->
  k <= top /\ allocate top depth k t = Some (o, t').
Proof.
  unfold take. intros top k t o t' H. destruct (k <=? top) eqn:E; [|discriminate].
  apply Nat.leb_le in E. auto.
Qed.

Lemma give_some : forall top k o t t', give top k o t = Some t' ->
  k <= top /\ deallocate top depth k o t = Some t'.
Proof.
  unfold give. intros top k o t t' H. destruct (k <=? top) eqn:E; [|discriminate].
  apply Nat.leb_le in E. auto.
Qed.

(** Allocating and freeing neither add memory nor take it away. *)
Lemma take_keeps_absence : forall top k t o t', good top depth t -> take top k t = Some (o, t') ->
  forall u, u < 2 ^ depth -> look depth t' u <> Absent <-> look depth t u <> Absent.
Proof.
  intros top k t o t' G H u U. destruct (take_some _ _ _ _ _ H) as [T A].
  destruct (allocation_is_sound _ _ _ _ _ _ G T A) as (_ & _ & _ & I & O & _).
  destruct (le_lt_dec o u) as [L|L]; [destruct (le_lt_dec (o + 2 ^ k) u) as [M|M]|].
  - rewrite O; auto; [tauto|]. unfold inside. simpl. lia.
  - destruct (I u) as [-> ->]; [unfold inside; simpl; lia|]. split; discriminate.
  - rewrite O; auto; [tauto|]. unfold inside. simpl. lia.
Qed.

Lemma give_keeps_absence : forall top k t o t', good top depth t -> give top k o t = Some t' ->
  forall u, u < 2 ^ depth -> look depth t' u <> Absent <-> look depth t u <> Absent.
Proof.
  intros top k t o t' G H u U. destruct (give_some _ _ _ _ _ H) as [T A].
  destruct (free_is_sound _ _ _ _ _ _ G T A) as (_ & I & O & _).
  destruct (le_lt_dec o u) as [L|L]; [destruct (le_lt_dec (o + 2 ^ k) u) as [M|M]|].
  - rewrite O; auto; [tauto|]. unfold inside. simpl. lia.
  - destruct (I u) as [-> ->]; [unfold inside; simpl; lia|]. split; discriminate.
  - rewrite O; auto; [tauto|]. unfold inside. simpl. lia.
Qed.

(** A region that was just shared fits into the pool, and serves the request that it is for. *)
Lemma refill_serves : forall k p b s, invariant p -> closed p = false -> k <= pool_top ->
  refill depth granule heap_top hypervisor (Nat.max k granule) (core p) = (Taken b, s) ->
  exists t o t', add pool_top depth (snd b) (fst b) (buffers p) = Some t
  /\ take pool_top k t = Some (o, t')
  /\ invariant {| core := s; buffers := t'; others := others p; closed := false |}.
Proof.
  intros k p b s V C KT H. destruct V as [K R G O _]. destruct (O C) as [OB OR]. clear O.
  destruct (refill_spec _ _ _ _ _ _ _ _ _ K R (Nat.le_max_r k granule) H)
    as (K' & R' & SB & B & D & E). rewrite E in *.
  rewrite <- SB in B, D.
  assert (AB : forall u, inside u b -> look depth (buffers p) u = Absent).
  { intros u I. assert (U : u < 2 ^ depth) by (unfold inside in I; lia).
    destruct (kind_eq_dec (look depth (buffers p) u) Absent) as [|N]; auto. exfalso.
    apply (OB u U) in N. destruct N as (r & IR & SR & UR).
    assert (HR : held r = true) by (unfold held; rewrite SR; auto).
    destruct (held_apart _ _ _ _ _ _ _ K') as [ND AP].
    assert (HB : In b (holding ({| place := b; lost := []; state := Sharing |} :: book (core p))))
      by (unfold holding; simpl; auto).
    assert (HP : In (place r) (holding (book (core p)))) by (apply holding_in; auto).
    destruct (AP b (place r)) as [X|X]; auto.
    - unfold holding. simpl. auto.
    - unfold holding in ND. simpl in ND. inversion ND; subst. apply H2. auto.
    - unfold apart, inside in *. lia. }
  assert (AB' : forall u, inside u (fst b, snd b) -> look depth (buffers p) u = Absent)
    by (intros u I; apply AB; destruct b; auto).
  destruct (adding_is_complete pool_top depth (snd b) (buffers p) (fst b) G D B AB') as [t A].
  destruct (adding_is_sound _ _ _ _ _ _ G A) as (GT & _ & _ & TI & TO & _).
  exists t. assert (KB : k <= snd b) by lia.
  destruct (take pool_top k t) as [[o t']|] eqn:T.
  2: { exfalso. unfold take in T. apply Nat.leb_le in KT. rewrite KT in T.
       apply Nat.leb_le in KT. pose proof (pow_le k (snd b) KB) as PL.
       destruct (allocation_is_complete _ _ _ _ GT KT T (fst b)) as (u & I & N).
       - eapply Nat.divide_trans; [apply pow_divide|]; eauto.
       - lia.
       - apply N. apply TI. unfold inside in *. simpl in *. lia. }
  exists o, t'. split; auto. split; auto. destruct (take_some _ _ _ _ _ T) as [_ T'].
  destruct (allocation_is_sound _ _ _ _ _ _ GT KT T') as (GT' & _).
  constructor; simpl; auto; try discriminate; try (rewrite E; auto).
  intros _. split.
  - intros u U. rewrite (take_keeps_absence _ _ _ _ _ GT T u U).
    assert (DI : inside u (fst b, snd b) \/ ~ inside u (fst b, snd b))
      by (unfold inside; simpl; lia).
    destruct DI as [I|I].
    + destruct (TI u I) as [_ ->]. split; [|discriminate]. intros _.
      eexists. split; [left; reflexivity|]. simpl. destruct b; auto.
    + rewrite (TO u U I), (OB u U). split; intros (r & IR & SR & UR).
      * exists r. simpl. auto.
      * destruct IR as [<-|IR]; [|exists r; auto]. exfalso. apply I. simpl in UR.
        destruct b; auto.
  - intros r [<-|I]; [simpl; split; [discriminate|lia]|auto].
Qed.

(** The rest of the guest takes from the heap and gives back, and the sharer does not notice. *)
Lemma others_take : forall h rs others l k o t, ok depth granule heap_top h rs others l ->
  take heap_top k h = Some (o, t) -> ok depth granule heap_top t rs ((o, k) :: others) l.
Proof.
  intros h rs others l k o t K H. destruct (take_some _ _ _ _ _ H) as [T A].
  destruct K as [K1 K2 K3 K4 K5 K6].
  destruct (allocation_is_sound _ _ _ _ _ _ K1 T A) as (G & _ & _ & _ & _ & P).
  constructor; auto. rewrite P, K2. apply Permutation_middle.
Qed.

Lemma remove_one_spec : forall b l, In b l -> Permutation l (b :: remove_one b l).
Proof.
  induction l as [|c l IH]; simpl; [tauto|]. intros I. destruct (block_eq_dec b c) as [->|N]; auto.
  destruct I as [->|I]; [congruence|]. rewrite (IH I) at 1. apply perm_swap.
Qed.

Lemma others_give : forall h rs others l k o t, ok depth granule heap_top h rs others l ->
  ~ In (o, k) (holding rs) -> give heap_top k o h = Some t ->
  ok depth granule heap_top t rs (remove_one (o, k) others) l.
Proof.
  intros h rs others l k o t K N H. destruct (give_some _ _ _ _ _ H) as [T A].
  destruct K as [K1 K2 K3 K4 K5 K6].
  destruct (free_is_sound _ _ _ _ _ _ K1 T A) as (G & _ & _ & P).
  constructor; auto. rewrite K2 in P.
  assert (I : In (o, k) others).
  { assert (I : In (o, k) (holding rs ++ others)) by (rewrite P; simpl; auto).
    apply in_app_or in I. tauto. }
  rewrite (remove_one_spec _ _ I) in P. rewrite <- Permutation_middle in P.
  apply Permutation_cons_inv in P. symmetry. auto.
Qed.

Lemma end_sharing_holds : forall dropping p rep p', invariant p ->
  end_sharing dropping p = (rep, p') ->
  invariant p' /\ closed p' = true /\ others p' = others p /\ buffers p' = buffers p
  /\ (closed p = false ->
      quarantined rep = list_sum (map (fun r => length (lost r)) (book (core p'))))
  /\ (closed p = true -> p' = p /\ rep = nothing).
Proof.
  unfold end_sharing, unshare_all. intros dropping p rep p' [K R G O S] H.
  destruct (sweep _ _ _ _ _ _ _ _) as [[[rs h] l] rep1] eqn:W. injection H as <- <-. simpl.
  destruct (sweep_spec _ _ _ _ dropping (book (core p)) [] _ _ _ _ _ _ _ K R W)
    as (K' & S' & _ & Q & N). simpl in *.
  split; [constructor; simpl; auto; try discriminate; intros r I E; rewrite S' in E by auto;
    discriminate|].
  repeat split; auto.
  - intros C. apply Q. apply O; auto.
  - destruct (N (S H)) as (-> & -> & -> & ->). destruct p as [[h0 b0 e0] t0 o0 c0]. simpl in *.
    subst. reflexivity.
  - apply N. auto.
Qed.

Lemma perform_holds : forall c p, invariant p -> invariant (snd (perform c p)).
Proof.
  intros [k|o k| | |k|o k] p V; simpl.
  - unfold allocate_shared. destruct (closed p) eqn:C; auto.
    destruct (k <=? pool_top) eqn:KT; simpl; auto. apply Nat.leb_le in KT.
    destruct (take pool_top k (buffers p)) as [[o t]|] eqn:T.
    + destruct V as [K R G O S]. destruct (take_some _ _ _ _ _ T) as [_ A].
      destruct (allocation_is_sound _ _ _ _ _ _ G KT A) as (G' & _).
      constructor; simpl; auto; try discriminate. intros _. destruct (O C) as [O1 O2].
      split; auto. intros u U. rewrite (take_keeps_absence _ _ _ _ _ G T u U). auto.
    + destruct (refill _ _ _ _ _ _) as [result s] eqn:RF. pose proof V as [K R G O S].
      destruct (refill_spec _ _ _ _ _ _ _ _ _ K R (Nat.le_max_r k granule) RF) as (K' & R' & E).
      destruct (O C) as [O1 O2]. destruct result as [b| |a]; simpl.
      * destruct (refill_serves k p b s V C KT RF) as (t & o & t' & -> & -> & V'). auto.
      * subst. constructor; simpl; auto; discriminate.
      * constructor; simpl; auto; try discriminate. intros _.
        destruct E as [[-> _]|(b & missing & SB & NM & ->)]; auto. split.
        -- intros u U. rewrite (O1 u U). split; intros (r & I & X).
           ++ exists r. simpl. auto.
           ++ destruct I as [<-|I]; [simpl in X; destruct X; discriminate|exists r; auto].
        -- intros r [<-|I]; auto. simpl. split; [discriminate|lia].
  - destruct (closed p) eqn:C; auto. destruct (give pool_top k o (buffers p)) as [t|] eqn:T; auto.
    destruct V as [K R G O S]. destruct (give_some _ _ _ _ _ T) as [KT A].
    destruct (free_is_sound _ _ _ _ _ _ G KT A) as (G' & _).
    constructor; simpl; auto; try discriminate. intros _. destruct (O C) as [O1 O2].
    split; auto. intros u U. rewrite (give_keeps_absence _ _ _ _ _ G T u U). auto.
  - destruct (end_sharing false p) as [rep p'] eqn:E. eapply end_sharing_holds; eauto.
  - destruct (end_sharing true p) as [rep p'] eqn:E. eapply end_sharing_holds; eauto.
  - destruct (k <=? heap_top); simpl; auto.
    destruct (take heap_top k (heap (core p))) as [[o t]|] eqn:T; auto.
    destruct V as [K R G O S]. constructor; simpl; auto. eapply others_take; eauto.
  - destruct (in_dec _ _ _) as [I|N]; auto.
    destruct (give heap_top k o (heap (core p))) as [t|] eqn:T; auto.
    destruct V as [K R G O S]. constructor; simpl; auto. eapply others_give; eauto.
Qed.

Theorem the_invariant_always_holds : forall lo hi calls, invariant (run lo hi calls).
Proof.
  intros lo hi calls. unfold run. generalize (start_holds lo hi). generalize (start lo hi).
  induction calls as [|c calls IH]; simpl; auto. intros p V. apply IH, perform_holds, V.
Qed.

(** ** Theorems: of every pool that any calls lead to, on any hypervisor *)

Section Reached.
Variables lo hi : nat.
Variable calls : list call.
Let p := run lo hi calls.
Let happened := events (core p).

Let V : invariant p := the_invariant_always_holds lo hi calls.

Theorem live_buffers_are_disjoint : let live := blocks Used depth 0 (buffers p) in
  NoDup live /\ forall b c, In b live -> In c live -> b = c \/ apart b c.
Proof.
  destruct (live_blocks_are_disjoint pool_top depth (buffers p) (inv_buffers _ V)) as (N & A & _).
  split; auto.
Qed.

(** Every unit of a live buffer lies in a granule that is shared and that the host can reach. *)
Theorem live_buffers_lie_in_shared_memory : closed p = false ->
  forall b u, In b (blocks Used depth 0 (buffers p)) -> inside u b ->
  exists a, a <= u < a + 2 ^ granule /\ standing_of happened a = Shared
  /\ reach happened a = true.
Proof.
  intros C b u I U. destruct V as [K _ G O _]. destruct (O C) as [O1 O2].
  destruct (blocks_within pool_top Used depth 0 (buffers p) b G I) as (_ & B & _ & _ & L).
  assert (UD : u < 2 ^ depth) by (unfold inside in U; lia).
  specialize (L u U). rewrite Nat.sub_0_r in L.
  destruct (proj1 (O1 u UD)) as (r & IR & SR & UR); [congruence|].
  destruct (granule_of granule u (place r)) as (a & IA & A); auto; [apply O2; auto|].
  pose proof (ok_regions _ _ _ _ _ _ _ K r IR) as RO. unfold region_ok in RO. rewrite SR in RO.
  exists a. destruct RO as [_ RO]. split; auto. split; [|apply shared_is_in_reach]; auto.
Qed.

(** At every moment, during calls too: what the host can reach lies in a region that the heap has
    handed to the sharer. *)
Theorem private_memory_is_never_shared : forall newer older a, happened = newer ++ older ->
  reach older a = true -> exists b, owns older b /\ inside a b.
Proof.
  intros newer older a E R. pose proof (ok_sound _ _ _ _ _ _ _ (inv_core _ V)) as S.
  fold happened in S. rewrite E in S. apply sound_tail in S. apply only_owned_is_not_private; auto.
  intros P. apply private_is_out_of_reach in P. congruence.
Qed.

(** Between calls: the host reaches the granules of regions that are shared, and lost ones. *)
Theorem the_book_knows_what_the_host_reaches : forall a, reach happened a = true ->
  exists r, In r (book (core p)) /\ In a (granules granule (place r))
  /\ (state r = Sharing \/ In a (lost r)).
Proof.
  intros a R. destruct V as [K _ _ _ _].
  assert (N : standing_of happened a <> Private).
  { intros P. apply private_is_out_of_reach in P. congruence. }
  destruct (ok_standing _ _ _ _ _ _ _ K a N) as (r & I & H & A). exists r. split; auto.
  split; auto. pose proof (ok_regions _ _ _ _ _ _ _ K r I) as RO. unfold region_ok in RO.
  destruct (state r); auto; right; destruct RO as (_ & _ & RO);
    (destruct (in_dec Nat.eq_dec a (lost r)) as [|L]; auto; exfalso; apply N, RO; auto).
Qed.

(** At every moment every granule has seen only calls that its standing allowed. *)
Theorem the_hypercall_log_is_balanced : forall newer older a, happened = newer ++ older ->
  standing_of older a <> Wrong.
Proof.
  intros newer older a E. apply never_wrong. apply (sound_tail newer). rewrite <- E.
  apply (ok_sound _ _ _ _ _ _ _ (inv_core _ V)).
Qed.

(** What could not be taken back is never called for again, given to the heap or taken from it. *)
Theorem quarantine_is_never_reused : forall newer older a, happened = newer ++ older ->
  standing_of older a = Lost ->
  standing_of happened a = Lost /\ (forall h r, ~ In (Called h a r) newer)
  /\ (forall b, inside a b -> ~ In (Gave b) newer /\ ~ In (Took b) newer).
Proof.
  intros newer older a E L. pose proof (ok_sound _ _ _ _ _ _ _ (inv_core _ V)) as S.
  fold happened in S. rewrite E in *. apply lost_stays_lost; auto.
Qed.

Theorem nothing_is_shared_after_teardown : closed p = true -> forall a, reach happened a = true ->
  exists r, In r (book (core p)) /\ In a (lost r) /\ standing_of happened a = Lost.
Proof.
  intros C a R. destruct (the_book_knows_what_the_host_reaches a R) as (r & I & A & [S|L]).
  - rewrite (inv_closed _ V C r I) in S. discriminate.
  - exists r. split; auto. split; auto.
    pose proof (ok_regions _ _ _ _ _ _ _ (inv_core _ V) r I) as RO. unfold region_ok in RO.
    rewrite (inv_closed _ V C r I) in RO. apply RO; auto.
Qed.

Theorem nothing_is_served_after_teardown : closed p = true ->
  (forall k, perform (Allocate_shared k) p = (Is_closed, p))
  /\ (forall o k, perform (Free_shared o k) p = (Is_closed, p))
  /\ perform Unshare_all p = (Reported nothing, p) /\ perform Drop p = (Finished, p).
Proof.
  intros C. split; [|split].
  - intros k. simpl. unfold allocate_shared. rewrite C. reflexivity.
  - intros o k. simpl. rewrite C. reflexivity.
  - split; simpl.
    + destruct (end_sharing false p) as [rep q] eqn:E.
      destruct (end_sharing_holds _ _ _ _ V E) as (_ & _ & _ & _ & _ & N).
      destruct (N C) as [-> ->]. reflexivity.
    + destruct (end_sharing true p) as [rep q] eqn:E.
      destruct (end_sharing_holds _ _ _ _ V E) as (_ & _ & _ & _ & _ & N).
      destruct (N C) as [-> _]. reflexivity.
Qed.

(** After teardown the heap has handed out what its other users have, and the regions that hold a
    lost granule; each of those is in the book. *)
Theorem the_heap_is_whole_after_teardown : closed p = true ->
  Permutation (blocks Used depth 0 (heap (core p))) (holding (book (core p)) ++ others p)
  /\ forall b, In b (holding (book (core p))) ->
     exists r, In r (book (core p)) /\ place r = b /\ lost r <> [].
Proof.
  intros C. split; [apply (inv_core _ V)|]. intros b I. apply in_holding in I.
  destruct I as (r & I & H & P). exists r. repeat split; auto. intros L. unfold held in H.
  rewrite (inv_closed _ V C r I), L in H. discriminate.
Qed.

(** In heap and pool, live, free and absent blocks partition the window; in the heap the sharer's
    regions count as live. *)
Theorem frames_are_conserved :
  total (blocks Free depth 0 (buffers p)) + total (blocks Used depth 0 (buffers p))
  + total (blocks Absent depth 0 (buffers p)) = 2 ^ depth
  /\ total (blocks Free depth 0 (heap (core p))) + total (blocks Used depth 0 (heap (core p)))
  + total (blocks Absent depth 0 (heap (core p))) = 2 ^ depth
  /\ Permutation (blocks Used depth 0 (heap (core p))) (holding (book (core p)) ++ others p).
Proof.
  destruct V as [K _ G _ _]. split; [|split].
  - eapply units_are_conserved; eauto.
  - eapply units_are_conserved. apply K.
  - apply K.
Qed.

(** A request fails for want of memory only where neither the pool nor the heap has any that will
    do; so the retry after a refill never fails. *)
Theorem allocation_succeeds_when_it_can : forall k q,
  perform (Allocate_shared k) p = (Is_exhausted, q) ->
  let order := Nat.max k granule in
  (forall o, Nat.divide (2 ^ k) o -> o + 2 ^ k <= 2 ^ depth ->
    exists u, inside u (o, k) /\ look depth (buffers p) u <> Free)
  /\ (order <= heap_top ->
      forall o, Nat.divide (2 ^ order) o -> o + 2 ^ order <= 2 ^ depth ->
      exists u, inside u (o, order) /\ look depth (heap (core p)) u <> Free).
Proof.
  intros k q H order. pose proof V as [K R G O _]. simpl in H. unfold allocate_shared in H.
  destruct (closed p) eqn:C; [discriminate|].
  destruct (k <=? pool_top) eqn:KT; simpl in H; [|discriminate].
  destruct (take pool_top k (buffers p)) as [[o t]|] eqn:T; [discriminate|].
  assert (A : allocate pool_top depth k (buffers p) = None).
  { unfold take in T. rewrite KT in T. auto. }
  apply Nat.leb_le in KT. fold order in H.
  split; [exact (allocation_is_complete _ _ _ _ G KT A)|]. intros OT.
  destruct (refill _ _ _ _ _ _) as [result s] eqn:RF. destruct result as [b| |a].
  - destruct (refill_serves k p b s V C KT RF) as (t & o & t' & E1 & E2 & _).
    rewrite E1, E2 in H. discriminate.
  - unfold refill in RF. apply Nat.leb_le in OT. rewrite OT in RF. apply Nat.leb_le in OT.
    apply (allocation_is_complete _ _ _ _ (ok_heap _ _ _ _ _ _ _ K) OT).
    destruct (allocate heap_top depth order (heap (core p))) as [[o h]|]; auto.
    destruct (share_all _ _ _) as [[done failed] l]. destruct failed; [|discriminate].
    destruct (prove_private _ _ _). destruct (take_back _ _ _).
    destruct (give_back _ _ _ _ _ _). discriminate.
  - discriminate.
Qed.

(** An allocation that fails leaves pool, heap and book as they were; but for a region that it had
    to keep, since it could not take all of it back. *)
Theorem failed_calls_leave_no_trace : forall k x q, perform (Allocate_shared k) p = (x, q) ->
  (forall o, x <> Address o) ->
  buffers q = buffers p /\ others q = others p /\ closed q = closed p
  /\ ((heap (core q) = heap (core p) /\ book (core q) = book (core p))
      \/ exists b missing, missing <> []
         /\ book (core q) = {| place := b; lost := missing; state := Kept |} :: book (core p)).
Proof.
  intros k x q H N. pose proof V as [K R G O _]. simpl in H. unfold allocate_shared in H.
  destruct (closed p) eqn:C; [injection H as <- <-; repeat split; auto|].
  destruct (k <=? pool_top) eqn:KT; simpl in H;
    [|injection H as <- <-; repeat split; auto].
  apply Nat.leb_le in KT.
  destruct (take pool_top k (buffers p)) as [[o t]|] eqn:T.
  { injection H as <- <-. destruct (N o). reflexivity. }
  destruct (refill _ _ _ _ _ _) as [result s] eqn:RF.
  destruct (refill_spec _ _ _ _ _ _ _ _ _ K R (Nat.le_max_r k granule) RF) as (_ & _ & E).
  destruct result as [b| |a].
  - destruct (refill_serves k p b s V C KT RF) as (t & o & t' & E1 & E2 & _).
    rewrite E1, E2 in H. injection H as <- <-. destruct (N o). reflexivity.
  - injection H as <- <-. subst. simpl. repeat split; auto.
  - injection H as <- <-. simpl. repeat split; auto.
    destruct E as [[E1 E2]|(b & missing & _ & E1 & E2)]; [left; auto|right; eauto].
Qed.

(** Memory is shared only where the pool could not serve. *)
Theorem refill_only_on_miss : forall k o t, take pool_top k (buffers p) = Some (o, t) ->
  core (snd (perform (Allocate_shared k) p)) = core p.
Proof.
  intros k o t T. simpl. unfold allocate_shared. destruct (closed p); auto.
  destruct (k <=? pool_top); auto. rewrite T. reflexivity.
Qed.

(** The report of a teardown counts every granule that was lost, whenever that was. *)
Theorem losses_are_reported : forall rep q, closed p = false ->
  perform Unshare_all p = (Reported rep, q) ->
  quarantined rep = list_sum (map (fun r => length (lost r)) (book (core q))).
Proof.
  intros rep q C H. simpl in H. destruct (end_sharing false p) as [rep' q'] eqn:E.
  injection H as <- <-. apply (end_sharing_holds _ _ _ _ V E); auto.
Qed.

End Reached.
End Pool.
