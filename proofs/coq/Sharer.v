(** The sharer, for any number of granules and any hypervisor: what [MemorySharer.swift] does, call
    by call, and the invariant that every one of its operations keeps.

    The hypervisor is any function of all that happened so far. So every hypercall may fail at any
    point, with or without effect, and what it does may follow from anything. *)

From Coq Require Import Arith Lia List Bool Permutation FinFun.
From Proofs Require Import Buddy Log.
Import ListNotations.

Local Arguments Nat.pow : simpl never.

(** Where a region is: shared or being shared; private again but for its lost granules, and kept
    from the heap; or ended and reported. *)
Inductive status := Sharing | Kept | Settled.

Record region := { place : block; lost : list nat; state : status }.

(** What an operation did, in granules and regions. *)
Record report := { unshared : nat; quarantined : nat; returned : nat; kept : nat }.

Definition nothing := {| unshared := 0; quarantined := 0; returned := 0; kept := 0 |}.

Definition plus (a b : report) : report :=
  {| unshared := unshared a + unshared b; quarantined := quarantined a + quarantined b;
     returned := returned a + returned b; kept := kept a + kept b |}.

Definition log := list event.

Section Sharer.
(** The order of the window, the order of a granule, and the heap's largest order. *)
Variables depth granule top : nat.
Variable hypervisor : log -> hypercall -> nat -> reply.

(** ** The model *)

(** The granules of a region, ascending. *)
Definition granules (b : block) : list nat :=
  map (fun i => fst b + i * 2 ^ granule) (seq 0 (2 ^ (snd b - granule))).

Definition ask (h : hypercall) (a : nat) (l : log) : bool * log :=
  let r := hypervisor l h a in (answers_zero r, Called h a r :: l).

(** Shares granules until one fails: those that were shared, and the one that failed. *)
Fixpoint share_all (todo : list nat) (l : log) : list nat * option nat * log :=
  match todo with
  | [] => ([], None, l)
  | a :: todo =>
    let (good, l) := ask Share a l in
    if good then let '(done, failed, l) := share_all todo l in (a :: done, failed, l)
    else ([], Some a, l)
  end.

(** After a failed SHARE: whether the granule is proved private. *)
Definition prove_private (a : nat) (l : log) : bool * log :=
  let (good, l) := ask Unshare a l in
  if good then (true, l)
  else
    let (good, l) := ask Share a l in
    if good then ask Unshare a l else (false, l).

(** Unshares granules; answers those that cannot be. *)
Fixpoint take_back (todo : list nat) (l : log) : list nat * log :=
  match todo with
  | [] => ([], l)
  | a :: todo =>
    let (good, l) := ask Unshare a l in
    let (failed, l) := take_back todo l in
    (if good then failed else a :: failed, l)
  end.

(** Gives a region without lost granules back to the heap; none where the heap does not get it. *)
Definition give_back (b : block) (missing : list nat) (heap : tree) (l : log)
  : option tree * log :=
  match missing with
  | [] =>
    match deallocate top depth (snd b) (fst b) heap with
    | Some heap => (Some heap, Gave b :: l)
    | None => (None, l)
    end
  | _ => (None, l)
  end.

Record sharer := { heap : tree; book : list region; events : log }.

Inductive refilling := Taken (b : block) | No_memory | Hypercall_failed (a : nat).

(** Takes a region from the heap and shares all of it, or leaves nothing shared that can be taken
    back. *)
Definition refill (order : nat) (s : sharer) : refilling * sharer :=
  match (if order <=? top then allocate top depth order (heap s) else None) with
  | None => (No_memory, s)
  | Some (o, heap) =>
    let b := (o, order) in
    let '(done, failed, l) := share_all (granules b) (Took b :: events s) in
    match failed with
    | None =>
      (Taken b,
       {| heap := heap; events := l;
          book := {| place := b; lost := []; state := Sharing |} :: book s |})
    | Some a =>
      let (proved, l) := prove_private a l in
      let (failed, l) := take_back done l in
      let missing := failed ++ if proved then [] else [a] in
      let (given, l) := give_back b missing heap l in
      (Hypercall_failed a,
       match given with
       | Some heap => {| heap := heap; events := l; book := book s |}
       | None =>
         {| heap := heap; events := l;
            book := {| place := b; lost := missing; state := Kept |} :: book s |}
       end)
    end
  end.

(** Undoes the last refill, whose region nobody has used: [withdrawLastRegion]. *)
Definition withdraw (s : sharer) : sharer :=
  match book s with
  | [] => s
  | r :: older =>
    let (failed, l) := take_back (granules (place r)) (events s) in
    let (given, l) := give_back (place r) failed (heap s) l in
    match given with
    | Some heap => {| heap := heap; events := l; book := older |}
    | None =>
      {| heap := heap s; events := l;
         book := {| place := place r; lost := failed; state := Kept |} :: older |}
    end
  end.

(** Ends a region: private and in the heap again, or kept; either way reported. *)
Definition settle (r : region) (heap : tree) (l : log) : region * tree * log * report :=
  let reporting n given missing kept :=
    {| unshared := n; quarantined := length missing; returned := given; kept := kept |} in
  match state r with
  | Settled => (r, heap, l, nothing)
  | Kept =>
    ({| place := place r; lost := lost r; state := Settled |}, heap, l,
     reporting 0 0 (lost r) 1)
  | Sharing =>
    let (failed, l) := take_back (granules (place r)) l in
    let (given, l) := give_back (place r) failed heap l in
    let n := length (granules (place r)) - length failed in
    let after := {| place := place r; lost := failed; state := Settled |} in
    match given with
    | Some heap => (after, heap, l, reporting n 1 failed 0)
    | None => (after, heap, l, reporting n 0 failed 1)
    end
  end.

(** Ends all regions, the youngest first. With [dropping] nobody is left to report to, and what
    could not be taken back is handed to the hypervisor. *)
Fixpoint sweep (dropping : bool) (todo : list region) (heap : tree) (l : log)
  : list region * tree * log * report :=
  match todo with
  | [] => ([], heap, l, nothing)
  | r :: todo =>
    let '(r', heap, l, done) := settle r heap l in
    let l :=
      match dropping, state r with
      | true, Sharing | true, Kept => rev (map Abandoned (lost r')) ++ l
      | _, _ => l
      end in
    let '(rest, heap, l, more) := sweep dropping todo heap l in
    (r' :: rest, heap, l, plus done more)
  end.

Definition unshare_all (dropping : bool) (s : sharer) : report * sharer :=
  let '(book, heap, l, report) := sweep dropping (book s) (heap s) (events s) in
  (report, {| heap := heap; book := book; events := l |}).

(** ** The invariant *)

(** Whether the heap still counts a region as handed out. *)
Definition held (r : region) : bool :=
  match state r, lost r with Settled, [] => false | _, _ => true end.

Definition holding (rs : list region) : list block := map place (filter held rs).

Definition region_ok (l : log) (r : region) : Prop :=
  match state r with
  | Sharing => lost r = [] /\ forall a, In a (granules (place r)) -> standing_of l a = Shared
  | _ =>
    incl (lost r) (granules (place r))
    /\ (forall a, In a (lost r) -> standing_of l a = Lost)
    /\ (held r = true ->
        forall a, In a (granules (place r)) -> ~ In a (lost r) -> standing_of l a = Private)
  end.

(** The invariant of heap, book and log; [others] are the blocks that the rest of the guest has. *)
Record ok (heap : tree) (rs : list region) (others : list block) (l : log) : Prop := {
  ok_heap : good top depth heap;
  ok_blocks : Permutation (blocks Used depth 0 heap) (holding rs ++ others);
  ok_sound : sound l;
  ok_owns : forall b, owns l b <-> In b (holding rs);
  ok_standing : forall a, standing_of l a <> Private ->
    exists r, In r rs /\ held r = true /\ In a (granules (place r));
  ok_regions : forall r, In r rs -> region_ok l r
}.

(** A region is kept for what it lost, and for nothing else. *)
Definition kept_for_a_reason (rs : list region) : Prop :=
  forall r, In r rs -> state r = Kept -> lost r <> [].

(** ** Granules *)

Lemma granule_inside : forall a b, In a (granules b) -> inside a b.
Proof.
  intros a b I. apply in_map_iff in I. destruct I as (i & <- & I). apply in_seq in I.
  unfold inside. pose proof (pow_pos (snd b)). pose proof (pow_pos granule).
  destruct (le_lt_dec granule (snd b)) as [G|G].
  - assert (E : 2 ^ snd b = 2 ^ (snd b - granule) * 2 ^ granule)
      by (rewrite <- Nat.pow_add_r; f_equal; lia).
    assert (S i * 2 ^ granule <= 2 ^ (snd b - granule) * 2 ^ granule)
      by (apply Nat.mul_le_mono_r; lia).
    simpl in *. lia.
  - replace (snd b - granule) with 0 in I by lia. change (2 ^ 0) with 1 in I.
    assert (i = 0) by lia. subst. simpl. lia.
Qed.

Lemma granules_distinct : forall b, NoDup (granules b).
Proof.
  intros b. apply Injective_map_NoDup; [|apply seq_NoDup].
  intros i j E. pose proof (pow_pos granule).
  assert (i * 2 ^ granule = j * 2 ^ granule) by lia. apply Nat.mul_cancel_r in H0; lia.
Qed.

(** Every unit of a region lies in one of its granules. *)
Lemma granule_of : forall u b, granule <= snd b -> inside u b ->
  exists a, In a (granules b) /\ a <= u < a + 2 ^ granule.
Proof.
  intros u b G I. unfold inside in I. pose proof (pow_pos granule).
  assert (E : 2 ^ snd b = 2 ^ granule * 2 ^ (snd b - granule))
    by (rewrite <- Nat.pow_add_r; f_equal; lia).
  pose proof (Nat.div_mod (u - fst b) (2 ^ granule) ltac:(lia)) as D.
  pose proof (Nat.mod_upper_bound (u - fst b) (2 ^ granule) ltac:(lia)) as M.
  exists (fst b + (u - fst b) / 2 ^ granule * 2 ^ granule). split; [|lia].
  apply in_map_iff. exists ((u - fst b) / 2 ^ granule). split; auto. apply in_seq.
  split; [lia|]. simpl. apply Nat.div_lt_upper_bound; lia.
Qed.

Lemma apart_symmetric : forall b c, apart b c -> apart c b.
Proof. unfold apart; tauto. Qed.

Lemma apart_granules : forall b c a, apart b c -> In a (granules b) -> ~ inside a c.
Proof.
  intros b c a A I J. apply granule_inside in I. unfold inside, apart in *. lia.
Qed.

(** ** Calls *)

(** What a run of calls on granules of one region changes, and what not. *)
Definition calls_on (touched : list nat) (l l' : log) : Prop :=
  sound l' /\ (forall c, owns l' c <-> owns l c)
  /\ (forall a, ~ In a touched -> standing_of l' a = standing_of l a).

Lemma calls_none : forall l, sound l -> calls_on [] l l.
Proof. intros; split; [|split]; auto; tauto. Qed.

Lemma calls_then : forall x y l l' l'',
  calls_on x l l' -> calls_on y l' l'' -> calls_on (x ++ y) l l''.
Proof.
  intros x y l l' l'' (S & O & U) (S' & O' & U'). split; [|split]; auto.
  - intros c. rewrite O'. apply O.
  - intros a N. rewrite in_app_iff in N. rewrite U', U; tauto.
Qed.

Lemma ask_spec : forall h a l b good l' s, sound l -> owns l b -> inside a b ->
  standing_of l a = s -> (forall g, next s h g <> Wrong) -> ask h a l = (good, l') ->
  calls_on [a] l l' /\ standing_of l' a = next s h good.
Proof.
  unfold ask. intros h a l b good l' s S O I <- N A. injection A as <- <-.
  split; [split; [|split]|].
  - simpl. split; auto. split; eauto.
  - reflexivity.
  - intros c C. simpl. destruct (c =? a) eqn:E; auto. apply Nat.eqb_eq in E.
    exfalso. apply C. simpl. auto.
  - simpl. rewrite Nat.eqb_refl. reflexivity.
Qed.

Lemma share_all_spec : forall b todo l done failed l', sound l -> owns l b ->
  (forall a, In a todo -> inside a b /\ standing_of l a = Private) -> NoDup todo ->
  share_all todo l = (done, failed, l') ->
  calls_on todo l l' /\ (forall a, In a done -> standing_of l' a = Shared)
  /\ match failed with
     | None => done = todo
     | Some a => standing_of l' a = Doubtful /\ ~ In a done /\ exists rest, todo = done ++ a :: rest
         /\ forall c, In c rest -> standing_of l' c = Private
     end.
Proof.
  induction todo as [|a todo IH]; intros l done failed l' S O T N H; cbn [share_all] in H.
  - injection H as <- <- <-. split; [apply calls_none; auto|split; simpl; tauto].
  - destruct (ask Share a l) as [good l1] eqn:A. inversion N as [|? ? NI N']; subst.
    destruct (T a (or_introl eq_refl)) as [I P].
    destruct (ask_spec Share a l b good l1 Private) as [(S1 & O1 & U1) E1]; auto.
    { intros []; discriminate. }
    destruct good.
    + destruct (share_all todo l1) as [[done1 failed1] l2] eqn:R. injection H as <- <- <-.
      destruct (IH l1 done1 failed1 l2) as ((S2 & O2 & U2) & D & F); auto.
      { apply O1; auto. }
      { intros c C. destruct (T c (or_intror C)) as [IC PC]. split; auto. rewrite U1; auto.
        simpl. intros [->|[]]. auto. }
      split; [split; [|split]|split]; auto.
      * intros c. rewrite O2. apply O1.
      * intros c C. simpl in C. rewrite U2, U1; simpl; tauto.
      * intros c [<-|C]; auto. rewrite U2; auto.
      * destruct failed1 as [f|].
        -- destruct F as (F1 & F2 & rest & F3 & F4). split; auto. split.
           ++ intros [->|X]; auto. apply NI. rewrite F3. apply in_or_app. simpl. auto.
           ++ exists rest. simpl. rewrite F3. auto.
        -- subst. reflexivity.
    + injection H as <- <- <-. split; [split; [|split]|split]; auto.
      * intros c C. simpl in C. apply U1. simpl. tauto.
      * intros c [].
      * split; auto. split; auto. exists todo. split; auto. intros c C.
        rewrite U1; [apply T; simpl; auto|]. simpl. intros [->|[]]. auto.
Qed.

Lemma prove_private_spec : forall b a l proved l', sound l -> owns l b -> inside a b ->
  standing_of l a = Doubtful -> prove_private a l = (proved, l') ->
  calls_on [a] l l' /\ standing_of l' a = if proved then Private else Lost.
Proof.
  unfold prove_private. intros b a l proved l' S O I D H.
  destruct (ask Unshare a l) as [g1 l1] eqn:A1.
  destruct (ask_spec Unshare a l b g1 l1 Doubtful) as [C1 E1]; auto.
  { intros []; discriminate. }
  destruct g1; [injection H as <- <-; auto|]. simpl in E1.
  destruct (ask Share a l1) as [g2 l2] eqn:A2. pose proof C1 as (S1 & O1 & _).
  destruct (ask_spec Share a l1 b g2 l2 Unsettled) as [C2 E2]; auto.
  { apply O1; auto. }
  { intros []; discriminate. }
  pose proof (calls_then _ _ _ _ _ C1 C2) as C. pose proof C2 as (S2 & O2 & _).
  assert (W : forall l3, calls_on [a] l2 l3 -> calls_on [a] l l3).
  { intros l3 C3. destruct (calls_then _ _ _ _ _ C C3) as (X & Y & Z). split; [|split]; auto.
    intros c N. apply Z. simpl in *. tauto. }
  destruct g2; simpl in E2.
  - assert (OB : owns l2 b) by (apply O2, O1; auto).
    assert (N : forall g, next Probed Unshare g <> Wrong) by (intros []; discriminate).
    destruct (ask_spec Unshare a l2 b proved l' Probed S2 OB I E2 N H) as [C3 E3].
    split; auto.
  - injection H as <- <-. split; auto. destruct C as (X & Y & Z). split; [|split]; auto.
    intros c N. apply Z. simpl in *. tauto.
Qed.

Lemma take_back_spec : forall b todo l failed l', sound l -> owns l b ->
  (forall a, In a todo -> inside a b /\ standing_of l a = Shared) -> NoDup todo ->
  take_back todo l = (failed, l') ->
  calls_on todo l l' /\ incl failed todo
  /\ (forall a, In a failed -> standing_of l' a = Lost)
  /\ (forall a, In a todo -> ~ In a failed -> standing_of l' a = Private).
Proof.
  induction todo as [|a todo IH]; intros l failed l' S O T N H; cbn [take_back] in H.
  - injection H as <- <-. split; [apply calls_none; auto|].
    split; [|split]; simpl; try tauto. intros c [].
  - destruct (ask Unshare a l) as [good l1] eqn:A.
    destruct (take_back todo l1) as [failed1 l2] eqn:R. injection H as <- <-.
    inversion N as [|? ? NI N']; subst. destruct (T a (or_introl eq_refl)) as [I P].
    destruct (ask_spec Unshare a l b good l1 Shared) as [(S1 & O1 & U1) E1]; auto.
    { intros []; discriminate. }
    destruct (IH l1 failed1 l2) as ((S2 & O2 & U2) & F1 & F2 & F3); auto.
    { apply O1; auto. }
    { intros c C. destruct (T c (or_intror C)) as [IC PC]. split; auto. rewrite U1; auto.
      simpl. intros [->|[]]. auto. }
    assert (EA : standing_of l2 a = next Shared Unshare good) by (rewrite U2; auto).
    assert (NF : ~ In a failed1) by (intros X; apply F1 in X; auto).
    split; [split; [|split]|split; [|split]]; auto.
    + intros c. rewrite O2. apply O1.
    + intros c C. simpl in C. rewrite U2, U1; simpl; tauto.
    + destruct good; intros c C; [right; auto|destruct C as [<-|C]; [left|right]; auto].
    + intros c C. destruct good; auto. destruct C as [<-|C]; auto.
    + intros c [<-|C] X; destruct good; simpl in EA, X; auto; try tauto.
Qed.

(** ** Regions and the heap *)

Lemma holding_app : forall x y, holding (x ++ y) = holding x ++ holding y.
Proof. intros. unfold holding. rewrite filter_app, map_app. reflexivity. Qed.

Lemma holding_in : forall r rs, In r rs -> held r = true -> In (place r) (holding rs).
Proof. intros. apply in_map, filter_In. auto. Qed.

Lemma in_holding : forall b rs, In b (holding rs) ->
  exists r, In r rs /\ held r = true /\ place r = b.
Proof.
  intros b rs I. apply in_map_iff in I. destruct I as (r & E & I). apply filter_In in I.
  exists r. tauto.
Qed.

Lemma lost_is_held : forall l r a, region_ok l r -> In a (lost r) -> held r = true.
Proof.
  intros l r a _ I. unfold held. destruct (state r), (lost r); auto.
Qed.

(** A region's standing is its own granules' business. *)
Lemma region_frame : forall l l' r, (forall a, In a (granules (place r)) ->
  standing_of l' a = standing_of l a) -> region_ok l r -> region_ok l' r.
Proof.
  intros l l' r E H. unfold region_ok in *. destruct (state r).
  - destruct H as [H1 H2]. split; auto. intros a I. rewrite E; auto.
  - destruct H as (H1 & H2 & H3). repeat apply conj; auto.
    + intros a I. rewrite E; auto.
    + intros Hh a I N. rewrite E; auto.
  - destruct H as (H1 & H2 & H3). repeat apply conj; auto.
    + intros a I. rewrite E; auto.
    + intros Hh a I N. rewrite E; auto.
Qed.

(** What the heap counts as handed out lies apart. *)
Lemma held_apart : forall heap rs others l, ok heap rs others l ->
  NoDup (holding rs) /\
  (forall b c, In b (holding rs) -> In c (holding rs) -> b = c \/ apart b c).
Proof.
  intros heap rs others l K.
  destruct (blocks_apart top Used depth 0 heap (ok_heap _ _ _ _ K)) as [N A].
  pose proof (ok_blocks _ _ _ _ K) as P. split.
  - apply (Permutation_NoDup P) in N. revert N. generalize (holding rs). clear.
    induction l as [|b l IH]; simpl; intros N; constructor; inversion N; subst; auto.
    intros I. apply H1. apply in_or_app. auto.
  - intros b c B C. apply A; rewrite P; apply in_or_app; auto.
Qed.

Lemma book_with : forall pre r post, held r = true ->
  Permutation (holding (pre ++ r :: post)) (place r :: holding (pre ++ post)).
Proof.
  intros pre r post H. rewrite !holding_app. unfold holding at 2. simpl. rewrite H. simpl.
  symmetry. apply Permutation_middle.
Qed.

Lemma others_apart : forall heap pre r post others l, ok heap (pre ++ r :: post) others l ->
  held r = true ->
  (forall c, In c (holding (pre ++ post)) -> c <> place r /\ apart c (place r)).
Proof.
  intros heap pre r post others l K H c C. destruct (held_apart _ _ _ _ K) as [N A].
  pose proof (book_with pre r post H) as E.
  assert (NE : c <> place r).
  { intros ->. apply (Permutation_NoDup E) in N. inversion N. auto. }
  assert (IC : In c (holding (pre ++ r :: post))) by (rewrite E; simpl; auto).
  assert (IR : In (place r) (holding (pre ++ r :: post))) by (rewrite E; simpl; auto).
  split; auto. destruct (A _ _ IC IR); auto. contradiction.
Qed.

(** Calls on the granules of one region leave the rest of the book as it was. *)
Lemma rest_unaffected : forall heap pre r post others l l1,
  ok heap (pre ++ r :: post) others l -> held r = true -> calls_on (granules (place r)) l l1 ->
  (forall r', In r' (pre ++ post) -> region_ok l1 r')
  /\ (forall a, standing_of l1 a <> Private -> ~ In a (granules (place r)) ->
      exists r', In r' (pre ++ post) /\ held r' = true /\ In a (granules (place r'))).
Proof.
  intros heap pre r post others l l1 K H (S1 & O1 & U1).
  pose proof (others_apart _ _ _ _ _ _ K H) as OA.
  split.
  - intros r' I. assert (I' : In r' (pre ++ r :: post)) by (rewrite in_app_iff in *; simpl; tauto).
    pose proof (ok_regions _ _ _ _ K r' I') as R.
    destruct (held r') eqn:HR.
    + apply (region_frame l); auto. intros a A. apply U1. intros A'.
      destruct (OA (place r')) as [_ AP]; [apply holding_in; auto|].
      eapply apart_granules; eauto. apply granule_inside; auto.
    + pose proof HR as NH. unfold held in HR. unfold region_ok.
      destruct (state r'); try discriminate. destruct (lost r'); try discriminate.
      split; [intros a []|split; [intros a []|congruence]].
  - intros a A N. rewrite U1 in A by auto.
    destruct (ok_standing _ _ _ _ K a A) as (r' & I & HR & IR). exists r'. repeat split; auto.
    rewrite in_app_iff in *. simpl in I. destruct I as [I|[<-|I]]; tauto.
Qed.

(** ** Settling a region *)

Lemma give_back_spec : forall b missing heap l given l',
  give_back b missing heap l = (given, l') ->
  match given with
  | Some heap' => missing = [] /\ deallocate top depth (snd b) (fst b) heap = Some heap'
      /\ l' = Gave b :: l
  | None => l' = l /\ (missing = [] -> deallocate top depth (snd b) (fst b) heap = None)
  end.
Proof.
  unfold give_back. intros b missing heap l given l' H. destruct missing.
  - destruct (deallocate _ _ _ _ _) eqn:D; injection H as <- <-; auto.
  - injection H as <- <-. split; auto. discriminate.
Qed.

(** A region of the book whose granules are all lost or private again ends, and the rest of the
    book does not notice. *)
Lemma ending : forall heap pre r post others l l1 missing given l2,
  ok heap (pre ++ r :: post) others l -> held r = true ->
  calls_on (granules (place r)) l l1 -> incl missing (granules (place r)) ->
  (forall a, In a missing -> standing_of l1 a = Lost) ->
  (forall a, In a (granules (place r)) -> ~ In a missing -> standing_of l1 a = Private) ->
  give_back (place r) missing heap l1 = (given, l2) ->
  forall s, s <> Sharing ->
  match given with
  | Some heap' =>
    missing = []
    /\ ok heap' (pre ++ {| place := place r; lost := []; state := Settled |} :: post) others l2
    /\ ok heap' (pre ++ post) others l2
  | None => missing <> []
    /\ ok heap (pre ++ {| place := place r; lost := missing; state := s |} :: post) others l2
  end.
Proof.
  intros heap pre r post others l l1 missing given l2 K H C M L P G s NS.
  pose proof (others_apart _ _ _ _ _ _ K H) as OA.
  pose proof (book_with pre r post H) as E.
  destruct (rest_unaffected _ _ _ _ _ _ _ K H C) as [FR FS]. destruct C as (S1 & O1 & U1).
  pose proof (give_back_spec _ _ _ _ _ _ G) as GS. destruct given as [heap'|].
  - destruct GS as (-> & D & ->).
    assert (IB : In (place r) (blocks Used depth 0 heap)).
    { rewrite (ok_blocks _ _ _ _ K), E. simpl. auto. }
    assert (T : snd (place r) <= top) by (eapply blocks_order; eauto; apply (ok_heap _ _ _ _ K)).
    destruct (free_is_sound _ _ _ _ _ _ (ok_heap _ _ _ _ K) T D) as (GH & _ & _ & PB).
    assert (PR : forall a, inside a (place r) -> standing_of l1 a = Private).
    { intros a IA. destruct (in_dec Nat.eq_dec a (granules (place r))) as [A|A]; [auto|].
      destruct (standing_of l1 a) eqn:Q; auto; exfalso;
        (destruct (FS a) as (r' & I & HR & IR); [congruence|auto|];
         destruct (OA (place r')) as [_ AP]; [apply holding_in; auto|];
         eapply (apart_granules (place r') (place r)); eauto). }
    assert (OK : ok heap' (pre ++ post) others (Gave (place r) :: l1)).
    { constructor; auto.
      - rewrite (ok_blocks _ _ _ _ K), E in PB. simpl in PB.
        replace (fst (place r), snd (place r)) with (place r) in PB by (destruct (place r); auto).
        apply Permutation_cons_inv in PB. symmetry. auto.
      - simpl. split; auto. split; auto. apply O1, (ok_owns _ _ _ _ K). rewrite E. simpl. auto.
      - intros b. simpl. rewrite O1, (ok_owns _ _ _ _ K), E. simpl. 
        split; [intuition congruence|]. intros I. destruct (OA b I). tauto.
      - intros a A. simpl in A. apply FS; auto. }
    split; auto. split; auto. destruct OK as [K1 K2 K3 K4 K5 K6].
    assert (HO : holding (pre ++ {| place := place r; lost := []; state := Settled |} :: post)
      = holding (pre ++ post)) by (rewrite !holding_app; reflexivity).
    constructor; auto; try (rewrite HO; auto).
    + intros a A. destruct (K5 a A) as (r' & I & X). exists r'. split; auto.
      rewrite in_app_iff in *. simpl. tauto.
    + intros r' I. rewrite in_app_iff in I. simpl in I. destruct I as [I|[<-|I]];
        try (apply K6; rewrite in_app_iff; tauto).
      unfold region_ok; simpl.
      split; [intros a []|split; [intros a []|discriminate]].
  - destruct GS as (-> & D).
    assert (NM : missing <> []).
    { intros X. specialize (D X).
      assert (IB : In (place r) (blocks Used depth 0 heap)).
      { rewrite (ok_blocks _ _ _ _ K), E. simpl. auto. }
      destruct (deallocate_complete top depth 0 heap (fst (place r)) (snd (place r)))
        as [t' X']; [apply (ok_heap _ _ _ _ K)| |congruence].
      simpl. destruct (place r); auto. }
    split; auto.
    set (r1 := {| place := place r; lost := missing; state := s |}).
    assert (H1 : held r1 = true).
    { unfold held, r1; simpl. destruct s, missing; auto; congruence. }
    assert (HO : holding (pre ++ r1 :: post) = holding (pre ++ r :: post)).
    { rewrite !holding_app. unfold holding at 2 4. cbn [filter]. rewrite H1, H. reflexivity. }
    constructor; auto; try (rewrite HO); try apply K; auto.
    + intros b. rewrite O1. apply K.
    + intros a A. destruct (in_dec Nat.eq_dec a (granules (place r))) as [I|I].
      * exists r1. rewrite in_app_iff. simpl. auto.
      * destruct (FS a A I) as (r' & I' & X). exists r'. split; auto.
        rewrite in_app_iff in *. simpl. tauto.
    + intros r' I. rewrite in_app_iff in I. simpl in I. destruct I as [I|[<-|I]];
        try (apply FR; rewrite in_app_iff; tauto).
      unfold region_ok, r1; simpl. destruct s; try congruence; repeat apply conj; auto.
Qed.

Lemma settle_spec : forall pre r post heap others l r' heap' l' rep,
  ok heap (pre ++ r :: post) others l -> kept_for_a_reason (pre ++ r :: post) ->
  settle r heap l = (r', heap', l', rep) ->
  ok heap' (pre ++ r' :: post) others l' /\ state r' = Settled /\ place r' = place r
  /\ (state r <> Settled -> quarantined rep = length (lost r'))
  /\ (state r <> Sharing -> lost r' = lost r).
Proof.
  intros pre r post heap others l r' heap' l' rep K R H. unfold settle in H.
  assert (I : In r (pre ++ r :: post)) by (rewrite in_app_iff; simpl; auto).
  destruct (state r) eqn:S.
  - assert (HR : held r = true) by (unfold held; rewrite S; auto).
    destruct (take_back (granules (place r)) l) as [failed l1] eqn:T.
    destruct (give_back (place r) failed heap l1) as [given l2] eqn:G.
    pose proof (ok_regions _ _ _ _ K r I) as RO. unfold region_ok in RO. rewrite S in RO.
    destruct RO as [_ RO].
    destruct (take_back_spec (place r) (granules (place r)) l failed l1)
      as (C & F1 & F2 & F3); auto.
    { apply K. }
    { apply (ok_owns _ _ _ _ K). apply holding_in; auto. }
    { intros a A. split; auto. apply granule_inside; auto. }
    { apply granules_distinct. }
    pose proof (ending _ _ _ _ _ _ _ _ _ _ K HR C F1 F2 F3 G Settled) as E.
    destruct given; injection H as <- <- <- <-; simpl.
    + destruct E as (-> & E & _); [discriminate|]. repeat split; auto; congruence || apply E.
    + destruct E as (_ & E); [discriminate|]. repeat split; auto; congruence || apply E.
  - injection H as <- <- <- <-. simpl.
    assert (HE : held {| place := place r; lost := lost r; state := Settled |} = held r).
    { unfold held. simpl. rewrite S. specialize (R r I S). destruct (lost r); auto; congruence. }
    assert (HO : holding (pre ++ {| place := place r; lost := lost r; state := Settled |} :: post)
      = holding (pre ++ r :: post)).
    { rewrite !holding_app. unfold holding at 2 4. cbn [filter]. rewrite HE.
      destruct (held r); reflexivity. }
    destruct K as [K1 K2 K3 K4 K5 K6].
    split; [constructor; auto; try (rewrite HO; auto)|repeat split; auto; congruence].
    + intros a A. destruct (K5 a A) as (r1 & I1 & H1 & A1). rewrite in_app_iff in I1.
      destruct I1 as [I1|[<-|I1]]; try (exists r1; rewrite in_app_iff; simpl; tauto).
      eexists. rewrite in_app_iff. simpl. split; [right; left; reflexivity|]. rewrite HE. auto.
    + intros r1 I1. rewrite in_app_iff in I1. destruct I1 as [I1|[<-|I1]];
        try (apply K6; rewrite in_app_iff; simpl; tauto).
      specialize (K6 r I). unfold region_ok in *. rewrite S in K6. simpl. rewrite HE. auto.
  - injection H as <- <- <- <-. repeat split; auto; congruence || apply K.
Qed.

(** ** Sweeping all regions *)

Lemma abandoning : forall granules heap rs others l, ok heap rs others l ->
  (forall a, In a granules -> standing_of l a = Lost) ->
  ok heap rs others (rev (map Abandoned granules) ++ l).
Proof.
  intros gs. induction gs as [|a gs IH] using rev_ind; intros heap rs others l K L; auto.
  rewrite map_app, rev_app_distr. simpl.
  assert (K' : ok heap rs others (rev (map Abandoned gs) ++ l)).
  { apply IH; auto. intros c C. apply L. apply in_or_app. auto. }
  assert (E : forall c, standing_of (rev (map Abandoned gs) ++ l) c = standing_of l c).
  { clear. induction gs as [|a gs IH] using rev_ind; auto. intros c.
    rewrite map_app, rev_app_distr. simpl. auto. }
  destruct K' as [K1 K2 K3 K4 K5 K6]. constructor; auto.
  simpl. split; auto. rewrite E. apply L. apply in_or_app. simpl. auto.
Qed.

Lemma sweep_spec : forall dropping todo pre heap others l todo' heap' l' rep,
  ok heap (pre ++ todo) others l -> kept_for_a_reason (pre ++ todo) ->
  sweep dropping todo heap l = (todo', heap', l', rep) ->
  ok heap' (pre ++ todo') others l' /\ (forall r, In r todo' -> state r = Settled)
  /\ map place todo' = map place todo
  /\ ((forall r, In r todo -> state r <> Settled) ->
      quarantined rep = list_sum (map (fun r => length (lost r)) todo'))
  /\ ((forall r, In r todo -> state r = Settled) -> todo' = todo /\ heap' = heap /\ l' = l
      /\ rep = nothing).
Proof.
  intros dropping. induction todo as [|r todo IH];
    intros pre heap others l todo' heap' l' rep K R H; cbn [sweep] in H.
  - injection H as <- <- <- <-. repeat split; auto; try apply K; simpl; tauto.
  - destruct (settle r heap l) as [[[r1 heap1] l1] rep1] eqn:S.
    match type of H with context [sweep dropping todo heap1 ?x] =>
      remember x as l2 eqn:EL in H end.
    destruct (sweep dropping todo heap1 l2) as [[[todo1 heap2] l3] rep2] eqn:W.
    injection H as <- <- <- <-.
    destruct (settle_spec _ _ _ _ _ _ _ _ _ _ K R S) as (K1 & S1 & P1 & Q1 & L1).
    assert (K2 : ok heap1 (pre ++ r1 :: todo) others l2).
    { rewrite EL. destruct dropping; auto. destruct (state r); auto; apply abandoning; auto;
        intros a A;
        pose proof (ok_regions _ _ _ _ K1 r1 ltac:(rewrite in_app_iff; simpl; auto)) as X;
        unfold region_ok in X; rewrite S1 in X; apply X; auto. }
    assert (R2 : kept_for_a_reason ((pre ++ [r1]) ++ todo)).
    { intros r2 I E. rewrite <- app_assoc in I. simpl in I. rewrite in_app_iff in I.
      destruct I as [I|[<-|I]]; try congruence; apply R; auto; rewrite in_app_iff; simpl; auto. }
    replace (pre ++ r1 :: todo) with ((pre ++ [r1]) ++ todo) in K2
      by (rewrite <- app_assoc; reflexivity).
    destruct (IH _ _ _ _ _ _ _ _ K2 R2 W) as (K3 & S3 & P3 & Q3 & N3).
    rewrite <- app_assoc in K3. simpl in K3.
    repeat apply conj; auto.
    + intros r2 [<-|I]; auto.
    + simpl. congruence.
    + intros NS. simpl. rewrite Q1, Q3; auto; intros; apply NS; simpl; auto.
    + intros AS. assert (E : state r = Settled) by (apply AS; simpl; auto).
      unfold settle in S. rewrite E in S. injection S as <- <- <- <-.
      assert (l2 = l) by (rewrite EL, E; destruct dropping; auto).
      destruct N3 as (-> & -> & -> & ->); [intros; apply AS; simpl; auto|]. subst. auto.
Qed.

(** ** Refilling *)

Theorem refill_spec : forall order s others res s', ok (heap s) (book s) others (events s) ->
  kept_for_a_reason (book s) -> granule <= order -> refill order s = (res, s') ->
  ok (heap s') (book s') others (events s') /\ kept_for_a_reason (book s')
  /\ match res with
     | Taken b =>
       snd b = order /\ fst b + 2 ^ order <= 2 ^ depth /\ Nat.divide (2 ^ order) (fst b)
       /\ book s' = {| place := b; lost := []; state := Sharing |} :: book s
     | No_memory => s' = s
     | Hypercall_failed a =>
       (book s' = book s /\ heap s' = heap s)
       \/ exists b missing, snd b = order /\ missing <> []
          /\ book s' = {| place := b; lost := missing; state := Kept |} :: book s
     end.
Proof.
  intros order s others res s' K R GO H. unfold refill in H.
  destruct (order <=? top) eqn:T; [apply Nat.leb_le in T|].
  2: { injection H as <- <-. auto. }
  destruct (allocate top depth order (heap s)) as [[o heap1]|] eqn:A.
  2: { injection H as <- <-. auto. }
  destruct (allocation_is_sound _ _ _ _ _ _ (ok_heap _ _ _ _ K) T A)
    as (G1 & B1 & D1 & _ & _ & P1).
  set (b := (o, order)) in *.
  set (r0 := {| place := b; lost := []; state := Kept |}).
  assert (AP : forall c, In c (holding (book s)) -> apart b c).
  { intros c C. destruct (blocks_apart top Used depth 0 heap1 G1) as [N1 A1].
    pose proof (Permutation_NoDup P1 N1) as N2. inversion N2; subst.
    assert (IC : In c (blocks Used depth 0 (heap s))).
    { rewrite (ok_blocks _ _ _ _ K). apply in_or_app. auto. }
    destruct (A1 b c) as [<-|]; auto; try contradiction; rewrite P1; simpl; auto. }
  assert (PR : forall a, inside a b -> standing_of (events s) a = Private).
  { intros a I. destruct (standing_of (events s) a) eqn:Q; auto; exfalso;
      (destruct (ok_standing _ _ _ _ K a) as (r & IR & HR & AR); [congruence|];
       apply (apart_granules (place r) b a); auto; apply apart_symmetric, AP, holding_in; auto). }
  assert (K0 : ok heap1 ([] ++ r0 :: book s) others (Took b :: events s)).
  { constructor; simpl; auto.
    - rewrite P1. constructor. apply K.
    - split; [apply K|]. split; auto. intros c C. apply AP. apply (ok_owns _ _ _ _ K). auto.
    - intros c. unfold holding. simpl. rewrite (ok_owns _ _ _ _ K). fold (holding (book s)).
      intuition.
    - intros a N. destruct (ok_standing _ _ _ _ K a N) as (r & I & X). exists r. auto.
    - intros r [<-|I]; [|apply (region_frame (events s)); auto; apply K; auto].
      unfold region_ok, r0. simpl. split; [intros a []|split; [intros a []|]].
      intros _ a I _. apply PR, granule_inside. auto. }
  assert (H0 : held r0 = true) by reflexivity.
  assert (OB : owns (Took b :: events s) b) by (simpl; auto).
  destruct (share_all (granules b) (Took b :: events s)) as [[done failed] l1] eqn:SH.
  assert (TD : forall a, In a (granules b) ->
    inside a b /\ standing_of (Took b :: events s) a = Private).
  { intros a I. split; [apply granule_inside; auto|]. simpl. apply PR, granule_inside. auto. }
  destruct (share_all_spec b (granules b) _ _ _ _ (ok_sound _ _ _ _ K0) OB TD
    (granules_distinct b) SH) as (C1 & DS & F).
  destruct (rest_unaffected _ _ _ _ _ _ l1 K0 H0 C1) as [FR FS].
  destruct failed as [a|].
  - destruct F as (FD & FN & rest & FE & FP).
    destruct (prove_private a l1) as [proved l2] eqn:PP.
    destruct (take_back done l2) as [failed l3] eqn:TB.
    destruct (give_back b (failed ++ if proved then [] else [a]) heap1 l3) as [given l4] eqn:GB.
    injection H as <- <-. pose proof C1 as (S1 & O1 & U1).
    assert (IA : In a (granules b)) by (rewrite FE; apply in_or_app; simpl; auto).
    assert (ND : NoDup (done ++ a :: rest)) by (rewrite <- FE; apply granules_distinct).
    assert (NR : ~ In a rest /\ forall c, In c done -> ~ In c rest).
    { clear -ND. split.
      - apply NoDup_remove_2 in ND. intros X. apply ND, in_or_app. auto.
      - induction done as [|d done IH]; simpl; [tauto|]. inversion ND; subst.
        intros c [<-|C] X; [apply H1, in_or_app; simpl; auto|eapply IH; eauto]. }
    destruct NR as [NR DR].
    destruct (prove_private_spec b a l1 proved l2) as (C2 & E2); auto.
    { apply O1; auto. }
    { apply granule_inside; auto. }
    pose proof C2 as (S2 & O2 & U2).
    destruct (take_back_spec b done l2 failed l3) as (C3 & F1 & F2 & F3); auto.
    { apply O2, O1; auto. }
    { intros c C. split; [apply granule_inside; rewrite FE; apply in_or_app; auto|].
      rewrite U2; [auto|]. simpl. intros [->|[]]. auto. }
    { clear -ND. induction done; inversion ND; subst; constructor; auto.
      intros X. apply H1, in_or_app. auto. }
    pose proof C3 as (S3 & O3 & U3).
    assert (C : calls_on (granules b) (Took b :: events s) l3).
    { split; [|split]; auto.
      - intros c. rewrite O3, O2. apply O1.
      - intros c N.
        assert (~ In c done) by (intros X; apply N; rewrite FE; apply in_or_app; auto).
        assert (~ In c [a]) by (intros [<-|[]]; auto).
        rewrite U3, U2, U1; auto. }
    set (missing := failed ++ if proved then [] else [a]) in *.
    assert (MI : forall c, In c missing <-> In c failed \/ (proved = false /\ c = a)).
    { intros c. unfold missing. rewrite in_app_iff.
      destruct proved; simpl; intuition congruence. }
    assert (M1 : incl missing (granules b)).
    { intros c I. apply MI in I. destruct I as [I|[_ ->]]; auto.
      rewrite FE. apply in_or_app. auto. }
    assert (M2 : forall c, In c missing -> standing_of l3 c = Lost).
    { intros c I. apply MI in I. destruct I as [I|[-> ->]]; auto. rewrite U3; auto. }
    assert (M3 : forall c, In c (granules b) -> ~ In c missing -> standing_of l3 c = Private).
    { intros c I N. rewrite MI in N. rewrite FE in I. apply in_app_or in I.
      destruct I as [I|[<-|I]].
      - apply F3; tauto.
      - rewrite U3 by auto. rewrite E2. destruct proved; auto. tauto.
      - rewrite U3, U2; auto.
        + intros [->|[]]; auto.
        + intros X. apply (DR c); auto. }
    assert (E' := ending heap1 [] r0 (book s) others _ l3 missing given l4 K0 H0 C M1 M2 M3 GB
      Kept ltac:(discriminate)).
    destruct given as [heap2|]; simpl.
    + destruct E' as (EM & _ & E). split; [auto|split; [auto|left; split; auto]].
      pose proof (give_back_spec _ _ _ _ _ _ GB) as (_ & D & _).
      pose proof (free_undoes_allocate _ _ _ _ _ _ (ok_heap _ _ _ _ K) T A) as FU.
      simpl in D. congruence.
    + destruct E' as (EM & E). split; [auto|split; [|right; exists b, missing; auto]].
      intros r [<-|I] X; auto.
  - subst done. injection H as <- <-. simpl. pose proof C1 as (S1 & O1 & U1).
    split; [|split; [|repeat split; auto]].
    + destruct K0 as [Q1 Q2 Q3 Q4 Q5 Q6]. constructor; auto.
      * intros c. rewrite O1. apply Q4.
      * intros a N. destruct (in_dec Nat.eq_dec a (granules b)) as [I|I].
        -- eexists. split; [left; reflexivity|]. simpl. auto.
        -- destruct (FS a N I) as (r & IR & X). exists r. simpl. auto.
      * intros r [<-|I]; [|apply FR; auto]. unfold region_ok. simpl. auto.
    + intros r [<-|I] X; [discriminate|auto].
Qed.

End Sharer.
