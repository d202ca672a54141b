(** The buddy allocator, for every size: a window of [2^n] units, of which some were added, and a
    largest order that blocks merge to.

    [BuddyAllocator.swift] keeps the same blocks in 64-ary kernels; here they are a binary tree. A
    unit is the smaller of minimum block and granule, and an offset counts units from the start of
    the window, which is a multiple of the window's size. A block is (offset, order). *)

From Coq Require Import Arith Lia List Bool Permutation.
Import ListNotations.

Local Arguments Nat.leb : simpl never.
Local Arguments Nat.ltb : simpl never.
Local Arguments Nat.eqb : simpl never.
Local Arguments Nat.pow : simpl never.

(** ** The model *)

(** What a unit of the window is. *)
Inductive kind := Free | Used | Absent.

Inductive tree := Leaf (x : kind) | Node (l r : tree).

Definition block := (nat * nat)%type.

Definition kind_eq_dec (x y : kind) : {x = y} + {x <> y}.
Proof. decide equality. Defined.

Section Model.
(** The largest order. *)
Variable top : nat.

(** Two halves as a tree of order [n]: free buddies merge up to the top order and no further. *)
Definition join (n : nat) (l r : tree) : tree :=
  match l, r with
  | Leaf Free, Leaf Free => if n <=? top then Leaf Free else Node l r
  | Leaf Absent, Leaf Absent => Leaf Absent
  | _, _ => Node l r
  end.

(** The halves of a tree; a leaf has some where it is of the wanted kind and not used: no used
    block is ever split. *)
Definition halves (x : kind) (t : tree) : option (tree * tree) :=
  match t with
  | Node l r => Some (l, r)
  | Leaf Used => None
  | Leaf y => if kind_eq_dec x y then Some (Leaf y, Leaf y) else None
  end.

Definition is_leaf (x : kind) (t : tree) : bool :=
  match t with Leaf y => if kind_eq_dec x y then true else false | Node _ _ => false end.

(** Puts [new] in the place of the block of order [k] at offset [o], all of which is [x]. *)
Fixpoint replace (x : kind) (new : tree) (n k o : nat) (t : tree) : option tree :=
  if n =? k then if (o =? 0) && is_leaf x t then Some new else None
  else
    match n with
    | 0 => None
    | S m =>
      match halves x t with
      | None => None
      | Some (l, r) =>
        if o <? 2 ^ m
        then option_map (fun l' => join n l' r) (replace x new m k o l)
        else option_map (fun r' => join n l r') (replace x new m k (o - 2 ^ m) r)
      end
    end.

(** The blocks of one kind, in ascending order. *)
Fixpoint blocks (x : kind) (n base : nat) (t : tree) {struct t} : list block :=
  match t with
  | Leaf y => if kind_eq_dec x y then [(base, n)] else []
  | Node l r =>
    match n with 0 => [] | S m => blocks x m base l ++ blocks x m (base + 2 ^ m) r end
  end.

(** Whether one block is to be taken rather than another: the smaller order, then the lower. *)
Definition precedes (b c : block) : bool :=
  (snd b <? snd c) || ((snd b =? snd c) && (fst b <=? fst c)).

(** The block to take for order [k] from a list of free ones. *)
Fixpoint pick (k : nat) (free : list block) : option block :=
  match free with
  | [] => None
  | b :: rest =>
    match pick k rest with
    | None => if k <=? snd b then Some b else None
    | Some c => if (k <=? snd b) && precedes b c then Some b else Some c
    end
  end.

Definition allocate (n k : nat) (t : tree) : option (nat * tree) :=
  match pick k (blocks Free n 0 t) with
  | None => None
  | Some (o, _) => option_map (fun t' => (o, t')) (replace Free (Leaf Used) n k o t)
  end.

Definition deallocate (n k o : nat) (t : tree) : option tree :=
  replace Used (Leaf Free) n k o t.

(** Free memory of order [k], in blocks of the top order where it is larger. *)
Fixpoint fresh (k : nat) : tree :=
  if k <=? top then Leaf Free
  else match k with 0 => Leaf Free | S m => Node (fresh m) (fresh m) end.

(** Adds a block that nobody has added before. *)
Definition add (n k o : nat) (t : tree) : option tree := replace Absent (fresh k) n k o t.

(** A window of which the units from [lo] up to [hi] were added, all free. *)
Fixpoint cover (n lo hi : nat) : tree :=
  if (hi =? 0) || (2 ^ n <=? lo) then Leaf Absent
  else if (lo =? 0) && (2 ^ n <=? hi) then fresh n
  else
    match n with
    | 0 => Leaf Absent
    | S m => join n (cover m lo hi) (cover m (lo - 2 ^ m) (hi - 2 ^ m))
    end.

(** The order of the used block that starts at an offset. *)
Definition order_at (n o : nat) (t : tree) : option nat :=
  option_map snd (find (fun b => fst b =? o) (blocks Used n 0 t)).

(** ** What a tree means *)

(** What the unit at an offset is. *)
Fixpoint look (n : nat) (t : tree) (u : nat) {struct t} : kind :=
  match t with
  | Leaf x => x
  | Node l r =>
    match n with
    | 0 => Used
    | S m => if u <? 2 ^ m then look m l u else look m r (u - 2 ^ m)
    end
  end.

(** The invariant: no block above the top order, no two free buddies that could have merged, and
    nothing divided of which nothing was added. *)
Fixpoint good (n : nat) (t : tree) {struct t} : Prop :=
  match t with
  | Leaf Absent => True
  | Leaf _ => n <= top
  | Node l r =>
    match n with
    | 0 => False
    | S m =>
      good m l /\ good m r /\ (l = Leaf Free -> r = Leaf Free -> top < n)
      /\ (l = Leaf Absent -> r = Leaf Absent -> False)
    end
  end.

Definition inside (u : nat) (b : block) : Prop := fst b <= u < fst b + 2 ^ snd b.
Definition apart (b c : block) : Prop :=
  fst b + 2 ^ snd b <= fst c \/ fst c + 2 ^ snd c <= fst b.
Definition size (b : block) : nat := 2 ^ snd b.
Definition total (l : list block) : nat := fold_right (fun b sum => size b + sum) 0 l.

(** ** Powers of two *)

Lemma pow_pos : forall n, 0 < 2 ^ n.
Proof. intros; apply Nat.neq_0_lt_0, Nat.pow_nonzero; lia. Qed.

Lemma pow_S : forall n, 2 ^ S n = 2 ^ n + 2 ^ n.
Proof. intros; rewrite Nat.pow_succ_r'; lia. Qed.

Lemma pow_le : forall k n, k <= n -> 2 ^ k <= 2 ^ n.
Proof. intros; apply Nat.pow_le_mono_r; lia. Qed.

Lemma pow_lt : forall k n, k < n -> 2 ^ k < 2 ^ n.
Proof. intros; apply Nat.pow_lt_mono_r; lia. Qed.

Lemma pow_divide : forall k n, k <= n -> Nat.divide (2 ^ k) (2 ^ n).
Proof.
  intros k n H. exists (2 ^ (n - k)). rewrite <- Nat.pow_add_r. f_equal; lia.
Qed.

(** An aligned block of a lower order lies in one half. *)
Lemma half : forall k m o, k <= m -> Nat.divide (2 ^ k) o -> o < 2 ^ m -> o + 2 ^ k <= 2 ^ m.
Proof.
  intros k m o H [q Q] L. destruct (pow_divide k m H) as [p P].
  assert (q < p) by (apply (Nat.mul_lt_mono_pos_r (2 ^ k)); [apply pow_pos|lia]).
  assert (S q * 2 ^ k <= p * 2 ^ k) by (apply Nat.mul_le_mono_r; lia). simpl in *. lia.
Qed.

Lemma divide_minus : forall k m o,
  k <= m -> Nat.divide (2 ^ k) o -> Nat.divide (2 ^ k) (o - 2 ^ m).
Proof. intros; apply Nat.divide_sub_r; auto using pow_divide. Qed.

(** ** Leaves and halves *)

Lemma is_leaf_true : forall x t, is_leaf x t = true <-> t = Leaf x.
Proof.
  intros x [y|l r]; simpl; [destruct (kind_eq_dec x y); split; congruence|split; discriminate].
Qed.

Lemma join_good : forall m l r, good m l -> good m r -> good (S m) (join (S m) l r).
Proof.
  intros m l r L R. unfold join.
  assert (N : (l = Leaf Free -> r = Leaf Free -> top < S m) ->
    (l = Leaf Absent -> r = Leaf Absent -> False) -> good (S m) (Node l r)) by (simpl; auto).
  destruct l as [[]|], r as [[]|]; try (apply N; congruence); try exact I.
  destruct (S m <=? top) eqn:E; [apply Nat.leb_le in E; exact E|].
  apply Nat.leb_gt in E. apply N; congruence || auto.
Qed.

Lemma join_look : forall m l r u,
  look (S m) (join (S m) l r) u = if u <? 2 ^ m then look m l u else look m r (u - 2 ^ m).
Proof.
  intros; unfold join.
  destruct l as [[]|], r as [[]|]; try destruct (S m <=? top); simpl; auto;
    destruct (u <? 2 ^ m); auto.
Qed.

(** Only free and absent blocks are merged. *)
Lemma join_blocks_used : forall m base l r,
  blocks Used (S m) base (join (S m) l r)
  = blocks Used m base l ++ blocks Used m (base + 2 ^ m) r.
Proof.
  intros; unfold join.
  destruct l as [[]|], r as [[]|]; try destruct (S m <=? top); simpl; auto.
Qed.

Lemma halves_spec : forall x m t l r, good (S m) t -> halves x t = Some (l, r) ->
  (t = Node l r \/ (t = Leaf x /\ x <> Used /\ l = Leaf x /\ r = Leaf x)).
Proof.
  intros x m [y|a b] l r G H; simpl in H; [|inversion H; auto].
  destruct y; try discriminate;
    (destruct (kind_eq_dec x _); inversion H; subst; right; repeat split; congruence).
Qed.

Lemma halves_good : forall x m t l r, good (S m) t -> halves x t = Some (l, r) ->
  good m l /\ good m r.
Proof.
  intros x m t l r G H. destruct (halves_spec _ _ _ _ _ G H) as [->|(-> & U & -> & ->)].
  - simpl in G; tauto.
  - destruct x; simpl in *; try congruence; split; auto; lia.
Qed.

Lemma halves_look : forall x m t l r u, good (S m) t -> halves x t = Some (l, r) ->
  look (S m) t u = if u <? 2 ^ m then look m l u else look m r (u - 2 ^ m).
Proof.
  intros x m t l r u G H. destruct (halves_spec _ _ _ _ _ G H) as [->|(-> & U & -> & ->)].
  - reflexivity.
  - simpl. destruct (u <? 2 ^ m); reflexivity.
Qed.

Lemma halves_blocks_used : forall x m t l r base, good (S m) t -> halves x t = Some (l, r) ->
  blocks Used (S m) base t = blocks Used m base l ++ blocks Used m (base + 2 ^ m) r.
Proof.
  intros x m t l r base G H. destruct (halves_spec _ _ _ _ _ G H) as [->|(-> & U & -> & ->)].
  - reflexivity.
  - destruct x; try congruence; reflexivity.
Qed.

(** Halves that are joined again are what they were. *)
Lemma halves_join : forall x m t l r, good (S m) t -> halves x t = Some (l, r) ->
  join (S m) l r = t.
Proof.
  intros x m t l r G H. destruct (halves_spec _ _ _ _ _ G H) as [->|(-> & U & -> & ->)].
  - simpl in G. destruct G as (_ & _ & F & A). unfold join.
    destruct l as [[]|], r as [[]|]; auto; [|exfalso; auto].
    destruct (S m <=? top) eqn:E; auto. apply Nat.leb_le in E.
    specialize (F eq_refl eq_refl). lia.
  - destruct x; try congruence; simpl in *; auto.
    replace (S m <=? top) with true by (symmetry; apply Nat.leb_le; lia). reflexivity.
Qed.

(** ** A tree that is all of one kind is a leaf *)

Lemma uniform : forall x n t, x <> Used -> good n t -> (x = Free -> n <= top) ->
  (forall u, u < 2 ^ n -> look n t u = x) -> t = Leaf x.
Proof.
  induction n; intros t NU G T L.
  - destruct t; [|contradiction]. specialize (L 0 (pow_pos 0)). simpl in L. congruence.
  - destruct t as [y|l r].
    + specialize (L 0 (pow_pos (S n))). simpl in L. congruence.
    + pose proof (pow_pos n) as P. simpl in G. destruct G as (G1 & G2 & F & A).
      assert (T' : x = Free -> n <= top) by (intros E; specialize (T E); lia).
      assert (l = Leaf x).
      { apply IHn; auto. intros u U. rewrite <- (L u) by (rewrite pow_S; lia). simpl.
        replace (u <? 2 ^ n) with true by (symmetry; apply Nat.ltb_lt; lia). reflexivity. }
      assert (r = Leaf x).
      { apply IHn; auto. intros u U. rewrite <- (L (2 ^ n + u)) by (rewrite pow_S; lia). simpl.
        replace (2 ^ n + u <? 2 ^ n) with false by (symmetry; apply Nat.ltb_ge; lia).
        f_equal; lia. }
      subst. destruct x; try congruence.
      * specialize (T eq_refl). specialize (F eq_refl eq_refl). lia.
      * exfalso; auto.
Qed.

(** ** Replacing a block: everything about it at once *)

Lemma replace_spec : forall x new k n o t t', good n t -> good k new ->
  replace x new n k o t = Some t' ->
  good n t' /\ k <= n /\ o + 2 ^ k <= 2 ^ n /\ Nat.divide (2 ^ k) o
  /\ (forall u, o <= u < o + 2 ^ k -> look n t u = x)
  /\ (forall u, o <= u < o + 2 ^ k -> look n t' u = look k new (u - o))
  /\ (forall u, u < 2 ^ n -> ~ (o <= u < o + 2 ^ k) -> look n t' u = look n t u)
  /\ (forall base, exists rest,
       Permutation (blocks Used n base t) (blocks Used k (base + o) (Leaf x) ++ rest)
       /\ Permutation (blocks Used n base t') (blocks Used k (base + o) new ++ rest)).
Proof.
  intros x new k. induction n; intros o t t' G GN R; cbn [replace] in R.
  all: destruct (_ =? k) eqn:E in R;
    [apply Nat.eqb_eq in E; subst k;
     destruct ((o =? 0) && is_leaf x t) eqn:B; [|discriminate];
     apply andb_true_iff in B; destruct B as [B1 B2]; apply Nat.eqb_eq in B1;
     apply is_leaf_true in B2; subst; injection R as <-;
     repeat apply conj; auto; try lia; try apply Nat.divide_0_r; try (intros; f_equal; lia);
     intros base; exists []; rewrite !app_nil_r, Nat.add_0_r; split; apply Permutation_refl|].
  - discriminate.
  - apply Nat.eqb_neq in E. pose proof (pow_pos n) as P. pose proof (pow_pos k) as PK.
    destruct (halves x t) as [[l r]|] eqn:H; [|discriminate].
    destruct (halves_good _ _ _ _ _ G H) as [GL GR].
    assert (LK := fun u => halves_look x n t l r u G H).
    destruct (o <? 2 ^ n) eqn:O.
    + apply Nat.ltb_lt in O. destruct (replace x new n k o l) as [l'|] eqn:I; [|discriminate].
      injection R as <-. destruct (IHn _ _ _ GL GN I) as (A1 & A2 & A3 & A4 & A5 & A6 & A7 & A8).
      rewrite pow_S. repeat apply conj; auto using join_good; try lia.
      * intros u U. rewrite LK. replace (u <? 2 ^ n) with true by (symmetry; apply Nat.ltb_lt; lia).
        auto.
      * intros u U. rewrite join_look.
        replace (u <? 2 ^ n) with true by (symmetry; apply Nat.ltb_lt; lia). auto.
      * intros u U N. rewrite join_look, LK. destruct (u <? 2 ^ n) eqn:V; auto.
        apply Nat.ltb_lt in V. auto.
      * intros base. destruct (A8 base) as (rest & P1 & P2).
        exists (rest ++ blocks Used n (base + 2 ^ n) r).
        rewrite join_blocks_used, (halves_blocks_used x n t l r base G H), !app_assoc.
        split; apply Permutation_app_tail; auto.
    + apply Nat.ltb_ge in O.
      destruct (replace x new n k (o - 2 ^ n) r) as [r'|] eqn:I; [|discriminate].
      injection R as <-. destruct (IHn _ _ _ GR GN I) as (A1 & A2 & A3 & A4 & A5 & A6 & A7 & A8).
      rewrite pow_S. repeat apply conj; auto using join_good; try lia.
      * replace o with (2 ^ n + (o - 2 ^ n)) by lia.
        apply Nat.divide_add_r; auto using pow_divide.
      * intros u U. rewrite LK.
        replace (u <? 2 ^ n) with false by (symmetry; apply Nat.ltb_ge; lia). apply A5; lia.
      * intros u U. rewrite join_look.
        replace (u <? 2 ^ n) with false by (symmetry; apply Nat.ltb_ge; lia).
        rewrite A6 by lia. f_equal; lia.
      * intros u U N. rewrite join_look, LK. destruct (u <? 2 ^ n) eqn:V; auto.
        apply Nat.ltb_ge in V. apply A7; lia.
      * intros base. destruct (A8 (base + 2 ^ n)) as (rest & P1 & P2).
        replace (base + 2 ^ n + (o - 2 ^ n)) with (base + o) in * by lia.
        exists (blocks Used n base l ++ rest).
        rewrite join_blocks_used, (halves_blocks_used x n t l r base G H).
        split; (eapply Permutation_trans;
          [apply Permutation_app_head; eassumption|]);
          rewrite !app_assoc; apply Permutation_app_tail, Permutation_app_comm.
Qed.

(** Replacing succeeds on every aligned block that is free, or absent, throughout. *)
Lemma replace_complete : forall x new k n o t, x <> Used -> good n t -> k <= n ->
  (x = Free -> k <= top) -> Nat.divide (2 ^ k) o -> o + 2 ^ k <= 2 ^ n ->
  (forall u, o <= u < o + 2 ^ k -> look n t u = x) -> exists t', replace x new n k o t = Some t'.
Proof.
  intros x new k. induction n; intros o t NU G KN T D B L; cbn [replace].
  all: destruct (_ =? k) eqn:E;
    [apply Nat.eqb_eq in E; subst k; assert (o = 0) by lia; subst o;
     assert (t = Leaf x) by (eapply uniform; eauto; intros; apply L; lia); subst;
     replace (is_leaf x (Leaf x)) with true by (symmetry; apply is_leaf_true; auto);
     exists new; reflexivity | apply Nat.eqb_neq in E].
  - lia.
  - pose proof (pow_pos n) as PN. pose proof (pow_pos k) as PK.
    assert (HV : exists l r, halves x t = Some (l, r)).
    { destruct t as [y|l r]; [|simpl; eauto]. specialize (L o ltac:(lia)). simpl in L. subst y.
      destruct x; try congruence; simpl; eauto. }
    destruct HV as (l & r & H). rewrite H. destruct (halves_good _ _ _ _ _ G H) as [GL GR].
    assert (LK := fun u => halves_look x n t l r u G H). rewrite pow_S in B.
    destruct (o <? 2 ^ n) eqn:O.
    + apply Nat.ltb_lt in O. assert (o + 2 ^ k <= 2 ^ n) by (apply half; auto; lia).
      destruct (IHn o l) as [l' I]; auto; try lia.
      { intros u U. rewrite <- (L u) by lia. rewrite LK.
        replace (u <? 2 ^ n) with true by (symmetry; apply Nat.ltb_lt; lia). reflexivity. }
      rewrite I. simpl. eauto.
    + apply Nat.ltb_ge in O.
      destruct (IHn (o - 2 ^ n) r) as [r' I]; auto; try lia.
      { apply divide_minus; auto; lia. }
      { intros u U. rewrite <- (L (u + 2 ^ n)) by lia. rewrite LK.
        replace (u + 2 ^ n <? 2 ^ n) with false by (symmetry; apply Nat.ltb_ge; lia).
        f_equal; lia. }
      rewrite I. simpl. eauto.
Qed.

(** Putting back what was there undoes a replacement. *)
Lemma replace_back : forall x y k n o t t', good n t -> good k (Leaf y) ->
  replace x (Leaf y) n k o t = Some t' -> replace y (Leaf x) n k o t' = Some t.
Proof.
  intros x y k. induction n; intros o t t' G GY R; pose proof R as R0; cbn [replace] in *.
  all: destruct (_ =? k) eqn:E in *;
    [destruct ((o =? 0) && is_leaf x t) eqn:B; [|discriminate];
     apply andb_true_iff in B; destruct B as [B1 B2];
     apply is_leaf_true in B2; subst; injection R as <-; rewrite B1; simpl;
     destruct (kind_eq_dec y y); congruence|].
  - discriminate.
  - destruct (halves x t) as [[l r]|] eqn:H; [|discriminate].
    destruct (halves_good _ _ _ _ _ G H) as [GL GR]. pose proof (pow_pos k).
    destruct (o <? 2 ^ n) eqn:O.
    + destruct (replace x (Leaf y) n k o l) as [l'|] eqn:I; [|discriminate]. injection R as <-.
      destruct (replace_spec _ _ _ _ _ _ _ GL GY I) as (_ & _ & _ & _ & _ & A & _).
      specialize (A o ltac:(lia)). simpl in A.
      assert (HJ : halves y (join (S n) l' r) = Some (l', r)).
      { unfold join. destruct l' as [[]|], r as [[]|]; simpl in *; subst; auto.
        destruct (S n <=? top); auto. }
      rewrite HJ, (IHn _ _ _ GL GY I). simpl. f_equal. eapply halves_join; eauto.
    + destruct (replace x (Leaf y) n k (o - 2 ^ n) r) as [r'|] eqn:I; [|discriminate].
      injection R as <-.
      destruct (replace_spec _ _ _ _ _ _ _ GR GY I) as (_ & _ & _ & _ & _ & A & _).
      specialize (A (o - 2 ^ n) ltac:(lia)). simpl in A.
      assert (HJ : halves y (join (S n) l r') = Some (l, r')).
      { unfold join. destruct l as [[]|], r' as [[]|]; simpl in *; subst; auto.
        destruct (S n <=? top); auto. }
      rewrite HJ, (IHn _ _ _ GR GY I). simpl. f_equal. eapply halves_join; eauto.
Qed.

(** ** Blocks *)

Lemma blocks_within : forall x n base t b, good n t -> In b (blocks x n base t) ->
  base <= fst b /\ fst b + 2 ^ snd b <= base + 2 ^ n /\ snd b <= n
  /\ Nat.divide (2 ^ snd b) (fst b - base)
  /\ (forall u, inside u b -> look n t (u - base) = x).
Proof.
  assert (leaf : forall x y n base b, In b (blocks x n base (Leaf y)) ->
    base <= fst b /\ fst b + 2 ^ snd b <= base + 2 ^ n /\ snd b <= n
    /\ Nat.divide (2 ^ snd b) (fst b - base)
    /\ (forall u, inside u b -> look n (Leaf y) (u - base) = x)).
  { intros x y n base b H. simpl in H.
    destruct (kind_eq_dec x y); [destruct H as [<-|[]]|destruct H]. simpl. subst.
    repeat apply conj; auto; try lia. replace (base - base) with 0 by lia.
    apply Nat.divide_0_r. }
  induction n; intros base t b G H; (destruct t as [y|l r]; [apply leaf; auto|]).
  - destruct G.
  - simpl in G. destruct G as (G1 & G2 & _). simpl in H. rewrite pow_S.
    pose proof (pow_pos (snd b)). apply in_app_or in H. destruct H as [H|H].
    + apply IHn in H; auto. destruct H as (A1 & A2 & A3 & A4 & A5).
      repeat apply conj; auto; try lia. intros u U. simpl.
      replace (u - base <? 2 ^ n) with true
        by (symmetry; apply Nat.ltb_lt; unfold inside in U; lia).
      auto.
    + apply IHn in H; auto. destruct H as (A1 & A2 & A3 & A4 & A5).
      repeat apply conj; auto; try lia.
      * replace (fst b - base) with (2 ^ n + (fst b - (base + 2 ^ n))) by lia.
        apply Nat.divide_add_r; auto using pow_divide.
      * intros u U. simpl.
        replace (u - base <? 2 ^ n) with false
          by (symmetry; apply Nat.ltb_ge; unfold inside in U; lia).
        replace (u - base - 2 ^ n) with (u - (base + 2 ^ n)) by lia. auto.
Qed.

Lemma blocks_order : forall n base t b, good n t -> In b (blocks Used n base t) -> snd b <= top.
Proof.
  assert (leaf : forall x n base b, good n (Leaf x) -> In b (blocks Used n base (Leaf x)) ->
    snd b <= top).
  { intros x n base b G H. destruct x; simpl in H; [destruct H| |destruct H].
    destruct H as [<-|[]]. exact G. }
  induction n; intros base t b G H; (destruct t as [y|l r]; [eapply leaf; eauto|]).
  - destruct G.
  - simpl in G. destruct G as (G1 & G2 & _). simpl in H. apply in_app_or in H.
    destruct H; eauto.
Qed.

(** Every unit of a kind lies in a block of that kind. *)
Lemma blocks_cover : forall x n base t u, good n t -> u < 2 ^ n -> look n t u = x ->
  exists b, In b (blocks x n base t) /\ inside (base + u) b.
Proof.
  assert (leaf : forall x n base u, u < 2 ^ n ->
    exists b, In b (blocks x n base (Leaf x)) /\ inside (base + u) b).
  { intros x n base u U. exists (base, n). simpl. destruct (kind_eq_dec x x); [|congruence].
    unfold inside; simpl; split; auto; lia. }
  induction n; intros base t u G U L; (destruct t as [y|l r]; [simpl in L; subst; auto|]).
  - destruct G.
  - simpl in G. destruct G as (G1 & G2 & _). simpl in L. rewrite pow_S in U.
    destruct (u <? 2 ^ n) eqn:V.
    + apply Nat.ltb_lt in V. destruct (IHn base l u) as (b & I & J); auto.
      exists b. simpl. split; auto. apply in_or_app; auto.
    + apply Nat.ltb_ge in V.
      destruct (IHn (base + 2 ^ n) r (u - 2 ^ n)) as (b & I & J); auto; try lia.
      exists b. simpl. split; [apply in_or_app; auto|].
      replace (base + u) with (base + 2 ^ n + (u - 2 ^ n)) by lia. auto.
Qed.

Lemma blocks_apart : forall x n base t, good n t ->
  NoDup (blocks x n base t) /\
  (forall b c, In b (blocks x n base t) -> In c (blocks x n base t) -> b = c \/ apart b c).
Proof.
  assert (leaf : forall x y n base, NoDup (blocks x n base (Leaf y)) /\
    (forall b c, In b (blocks x n base (Leaf y)) -> In c (blocks x n base (Leaf y)) ->
      b = c \/ apart b c)).
  { intros. simpl. destruct (kind_eq_dec x y); split; simpl; try tauto; try constructor; auto;
      try constructor; intuition congruence. }
  induction n; intros base t G; (destruct t as [y|l r]; [apply leaf|]).
  - destruct G.
  - simpl in G. destruct G as (G1 & G2 & _).
    destruct (IHn base l G1) as [N1 A1]. destruct (IHn (base + 2 ^ n) r G2) as [N2 A2].
    assert (LR : forall b c, In b (blocks x n base l) -> In c (blocks x n (base + 2 ^ n) r) ->
      fst b + 2 ^ snd b <= fst c).
    { intros b c B C. apply blocks_within in B; auto. apply blocks_within in C; auto. lia. }
    simpl. split.
    + clear IHn. induction (blocks x n base l) as [|b bs IH]; auto. simpl.
      inversion N1; subst. constructor.
      * intros I. apply in_app_or in I. destruct I as [I|I]; [auto|].
        specialize (LR b b (or_introl eq_refl) I). pose proof (pow_pos (snd b)). lia.
      * apply IH; auto; intros; [apply A1 | apply LR]; simpl; auto.
    + intros b c B C. apply in_app_or in B. apply in_app_or in C. unfold apart.
      destruct B as [B|B], C as [C|C].
      * destruct (A1 _ _ B C); auto.
      * right. left. auto.
      * right. right. auto.
      * destruct (A2 _ _ B C); auto.
Qed.

(** Freeing succeeds on every used block. *)
Lemma deallocate_complete : forall n base t o k,
  good n t -> In (base + o, k) (blocks Used n base t) ->
  exists t', deallocate n k o t = Some t'.
Proof.
  unfold deallocate. induction n; intros base t o k G H; (destruct t as [y|l r]; [|]).
  all: try (cbn [blocks] in H; destruct (kind_eq_dec Used y); [|destruct H];
    destruct H as [H|[]]; injection H as H1 H2; subst; assert (o = 0) by lia; subst;
    cbn [replace]; rewrite Nat.eqb_refl; simpl; eauto).
  - destruct G.
  - pose proof G as G0. simpl in G. destruct G as (G1 & G2 & _). cbn [blocks] in H.
    pose proof (pow_pos n). pose proof (pow_pos k).
    apply in_app_or in H. destruct H as [H|H].
    + pose proof (blocks_within _ _ _ _ _ G1 H) as (A1 & A2 & A3 & _). simpl in *.
      cbn [replace]. destruct (S n =? k) eqn:E; [apply Nat.eqb_eq in E; lia|]. simpl.
      replace (o <? 2 ^ n) with true by (symmetry; apply Nat.ltb_lt; lia).
      destruct (IHn _ _ _ _ G1 H) as [l' I]. rewrite I. simpl. eauto.
    + pose proof (blocks_within _ _ _ _ _ G2 H) as (A1 & A2 & A3 & _). simpl in *.
      cbn [replace]. destruct (S n =? k) eqn:E; [apply Nat.eqb_eq in E; lia|]. simpl.
      replace (o <? 2 ^ n) with false by (symmetry; apply Nat.ltb_ge; lia).
      destruct (IHn (base + 2 ^ n) r (o - 2 ^ n) k G2) as [r' I].
      { replace (base + 2 ^ n + (o - 2 ^ n)) with (base + o) by lia. auto. }
      rewrite I. simpl. eauto.
Qed.

(** ** Picking *)

Lemma precedes_spec : forall b c, precedes b c = true <->
  snd b < snd c \/ (snd b = snd c /\ fst b <= fst c).
Proof.
  intros; unfold precedes. rewrite orb_true_iff, andb_true_iff, Nat.ltb_lt, Nat.eqb_eq, Nat.leb_le.
  tauto.
Qed.

Lemma pick_some : forall k l b, pick k l = Some b ->
  In b l /\ k <= snd b /\ (forall c, In c l -> k <= snd c -> precedes b c = true).
Proof.
  induction l as [|d l IH]; intros b H; [discriminate|]. simpl in H.
  destruct (pick k l) as [c|] eqn:P.
  - destruct (IH c eq_refl) as (I & K & M). destruct (k <=? snd d) eqn:D; simpl in H.
    + destruct (precedes d c) eqn:Q; injection H as <-.
      * apply Nat.leb_le in D. repeat split; simpl; auto. intros e [<-|E] KE.
        -- apply precedes_spec; lia.
        -- specialize (M e E KE). rewrite precedes_spec in *. lia.
      * repeat split; simpl; auto. intros e [<-|E] KE; auto.
        destruct (precedes c d) eqn:R; auto. exfalso.
        assert (~ (precedes d c = true)) by congruence.
        assert (~ (precedes c d = true)) by congruence.
        rewrite precedes_spec in *. lia.
    + injection H as <-. apply Nat.leb_gt in D. repeat split; simpl; auto.
      intros e [<-|E] KE; auto. lia.
  - destruct (k <=? snd d) eqn:D; [|discriminate]. injection H as <-. apply Nat.leb_le in D.
    repeat split; simpl; auto. intros e [<-|E] KE; [apply precedes_spec; lia|].
    exfalso. clear IH. revert P E KE. clear. induction l as [|f l IH]; simpl; [tauto|].
    intros P [->|E] KE; destruct (pick k l) eqn:Q.
    + destruct ((k <=? snd e) && precedes e b); discriminate.
    + apply Nat.leb_le in KE. rewrite KE in P. discriminate.
    + destruct ((k <=? snd f) && precedes f b); discriminate.
    + auto.
Qed.

Lemma pick_none : forall k l b, pick k l = None -> In b l -> snd b < k.
Proof.
  induction l as [|d l IH]; simpl; [tauto|]. intros b P [->|I]; destruct (pick k l) eqn:Q.
  - destruct ((k <=? snd b) && precedes b b0); discriminate.
  - destruct (k <=? snd b) eqn:E; [discriminate|]. apply Nat.leb_gt in E. auto.
  - destruct ((k <=? snd d) && precedes d b0); discriminate.
  - auto.
Qed.

(** An aligned run of free units lies in a free block that is large enough. *)
Lemma run_in_block : forall n k base t o, good n t -> k <= top -> k <= n ->
  Nat.divide (2 ^ k) o -> o + 2 ^ k <= 2 ^ n ->
  (forall u, o <= u < o + 2 ^ k -> look n t u = Free) ->
  exists b, In b (blocks Free n base t) /\ k <= snd b.
Proof.
  induction n; intros k base t o G T KN D B L.
  - assert (k = 0) by lia; subst. change (2 ^ 0) with 1 in *. assert (o = 0) by lia; subst.
    destruct t; [|destruct G]. specialize (L 0 ltac:(lia)). simpl in L; subst. simpl.
    exists (base, 0); auto.
  - destruct t as [y|l r].
    + pose proof (pow_pos k). specialize (L o ltac:(lia)). simpl in L. subst y. simpl.
      exists (base, S n). simpl. auto.
    + destruct (Nat.eq_dec k (S n)) as [->|NE].
      { assert (o = 0) by lia; subst. assert (E : Node l r = Leaf Free); [|discriminate].
        eapply uniform; eauto; [discriminate|]. intros; apply L; lia. }
      simpl in G. destruct G as (G1 & G2 & _). rewrite pow_S in B. pose proof (pow_pos k).
      destruct (le_lt_dec (2 ^ n) o) as [H1|H1].
      * destruct (IHn k (base + 2 ^ n) r (o - 2 ^ n)) as (b & I & K); auto; try lia.
        -- apply divide_minus; auto; lia.
        -- intros u U. rewrite <- (L (2 ^ n + u)) by lia. simpl.
           replace (2 ^ n + u <? 2 ^ n) with false by (symmetry; apply Nat.ltb_ge; lia).
           f_equal; lia.
        -- exists b. simpl. split; auto. apply in_or_app; auto.
      * assert (o + 2 ^ k <= 2 ^ n) by (apply half; auto; lia).
        destruct (IHn k base l o) as (b & I & K); auto; try lia.
        -- intros u U. rewrite <- (L u) by lia. simpl.
           replace (u <? 2 ^ n) with true by (symmetry; apply Nat.ltb_lt; lia). reflexivity.
        -- exists b. simpl. split; auto. apply in_or_app; auto.
Qed.

(** ** Fresh memory *)

Lemma fresh_spec : forall k, good k (fresh k)
  /\ (forall u, look k (fresh k) u = Free) /\ (forall base, blocks Used k base (fresh k) = []).
Proof.
  assert (leaf : forall k, k <= top -> good k (Leaf Free) /\ (forall u, look k (Leaf Free) u = Free)
    /\ (forall base, blocks Used k base (Leaf Free) = [])).
  { intros; simpl; auto. }
  induction k; cbn [fresh].
  - destruct (0 <=? top) eqn:E; apply leaf; lia.
  - destruct (S k <=? top) eqn:E; [apply Nat.leb_le in E; auto|]. apply Nat.leb_gt in E.
    destruct IHk as (G & L & B).
    assert (NA : fresh k <> Leaf Absent).
    { intros A. specialize (L 0). rewrite A in L. destruct k; discriminate. }
    repeat apply conj; simpl; auto.
    + intros u. destruct (u <? 2 ^ k); auto.
    + intros base. rewrite !B. reflexivity.
Qed.

Lemma cover_spec : forall n lo hi, good n (cover n lo hi)
  /\ (forall u, u < 2 ^ n -> look n (cover n lo hi) u = Free <-> lo <= u < hi)
  /\ (forall u, u < 2 ^ n -> look n (cover n lo hi) u <> Used)
  /\ (forall base, blocks Used n base (cover n lo hi) = []).
Proof.
  assert (none : forall n lo hi, hi = 0 \/ 2 ^ n <= lo -> good n (Leaf Absent)
    /\ (forall u, u < 2 ^ n -> look n (Leaf Absent) u = Free <-> lo <= u < hi)
    /\ (forall u, u < 2 ^ n -> look n (Leaf Absent) u <> Used)
    /\ (forall base, blocks Used n base (Leaf Absent) = [])).
  { intros n lo hi H. simpl. repeat apply conj; auto; try discriminate.
    intros u U. split; [discriminate|lia]. }
  induction n; intros lo hi; cbn [cover].
  all: destruct ((hi =? 0) || _) eqn:E1 in |- *;
    [apply none; apply orb_true_iff in E1; rewrite Nat.eqb_eq, Nat.leb_le in E1; lia|];
    apply orb_false_iff in E1; rewrite Nat.eqb_neq, Nat.leb_gt in E1;
    destruct ((lo =? 0) && _) eqn:E2 in |- *;
    [apply andb_true_iff in E2; rewrite Nat.eqb_eq, Nat.leb_le in E2;
     edestruct fresh_spec as (G & L & B); repeat apply conj; eauto;
     [intros u U; rewrite L; split; auto; lia | intros u U; rewrite L; discriminate]|];
    apply andb_false_iff in E2; rewrite Nat.eqb_neq, Nat.leb_gt in E2.
  - change (2 ^ 0) with 1 in *. lia.
  - pose proof (pow_pos n). destruct (IHn lo hi) as (G1 & L1 & U1 & B1).
    destruct (IHn (lo - 2 ^ n) (hi - 2 ^ n)) as (G2 & L2 & U2 & B2).
    rewrite pow_S. repeat apply conj.
    + apply join_good; auto.
    + intros u U. rewrite join_look. destruct (u <? 2 ^ n) eqn:V.
      * apply Nat.ltb_lt in V. auto.
      * apply Nat.ltb_ge in V. rewrite L2 by lia. lia.
    + intros u U. rewrite join_look. destruct (u <? 2 ^ n) eqn:V.
      * apply Nat.ltb_lt in V. auto.
      * apply Nat.ltb_ge in V. apply U2. lia.
    + intros base. rewrite join_blocks_used, B1, B2. reflexivity.
Qed.

(** ** Theorems *)

Lemma used_good : forall k, k <= top -> good k (Leaf Used).
Proof. auto. Qed.

Lemma blocks_used_leaf : forall k base, blocks Used k base (Leaf Used) = [(base, k)].
Proof. reflexivity. Qed.

(** An allocation takes an aligned block of free units, and touches nothing else. *)
Theorem allocation_is_sound : forall n k t o t', good n t -> k <= top ->
  allocate n k t = Some (o, t') ->
  good n t' /\ o + 2 ^ k <= 2 ^ n /\ Nat.divide (2 ^ k) o
  /\ (forall u, inside u (o, k) -> look n t u = Free /\ look n t' u = Used)
  /\ (forall u, u < 2 ^ n -> ~ inside u (o, k) -> look n t' u = look n t u)
  /\ Permutation (blocks Used n 0 t') ((o, k) :: blocks Used n 0 t).
Proof.
  unfold allocate, inside. simpl. intros n k t o t' G T A.
  destruct (pick k (blocks Free n 0 t)) as [[o' b]|]; [|discriminate].
  destruct (replace Free (Leaf Used) n k o' t) as [t''|] eqn:R; [|discriminate].
  simpl in A. injection A as -> ->.
  destruct (replace_spec _ _ _ _ _ _ _ G (used_good k T) R)
    as (A1 & A2 & A3 & A4 & A5 & A6 & A7 & A8).
  repeat apply conj; auto.
  - intros u U. split; auto. rewrite A6 by auto. reflexivity.
  - destruct (A8 0) as (rest & P1 & P2). simpl in P1. rewrite blocks_used_leaf in P2.
    rewrite P1, P2. apply Permutation_refl.
Qed.

(** It answers none only where no aligned run of free units is large enough. *)
Theorem allocation_is_complete : forall n k t, good n t -> k <= top -> allocate n k t = None ->
  forall o, Nat.divide (2 ^ k) o -> o + 2 ^ k <= 2 ^ n ->
  exists u, inside u (o, k) /\ look n t u <> Free.
Proof.
  intros n k t G T A o D B.
  assert (KN : k <= n).
  { destruct (le_lt_dec k n); auto. pose proof (pow_lt n k). lia. }
  assert (C : (forall u, o <= u < o + 2 ^ k -> look n t u = Free)
    \/ exists u, o <= u < o + 2 ^ k /\ look n t u <> Free).
  { clear -o. induction (2 ^ k) as [|w IH]; [left; intros; lia|].
    destruct IH as [IH|(u & U & L)]; [|right; exists u; split; auto; lia].
    destruct (kind_eq_dec (look n t (o + w)) Free) as [E|E].
    - left. intros u U. destruct (Nat.eq_dec u (o + w)) as [->|]; auto. apply IH; lia.
    - right. exists (o + w). split; auto; lia. }
  destruct C as [C|C]; [|exact C]. exfalso.
  destruct (run_in_block n k 0 t o G T KN D B C) as (b & I & K).
  unfold allocate in A. destruct (pick k (blocks Free n 0 t)) as [[o' c]|] eqn:P.
  - destruct (pick_some _ _ _ P) as (I' & K' & _). simpl in K'.
    destruct (blocks_within _ _ _ _ _ G I') as (B1 & B2 & B3 & B4 & B5). simpl in *.
    pose proof (pow_le k c K').
    destruct (replace_complete Free (Leaf Used) k n o' t) as [t' R];
      auto; try lia; try discriminate.
    + rewrite Nat.sub_0_r in B4. eapply Nat.divide_trans; [apply pow_divide|]; eauto.
    + intros u U. specialize (B5 u). rewrite Nat.sub_0_r in B5. apply B5. unfold inside. simpl. lia.
    + rewrite R in A. discriminate.
  - pose proof (pick_none _ _ _ P I). lia.
Qed.

(** Placement follows from the free blocks alone: the smallest order that will do, the lowest
    address in it. *)
Theorem placement_is_lowest_of_the_smallest : forall n k t o t', allocate n k t = Some (o, t') ->
  exists b, In (o, b) (blocks Free n 0 t) /\ k <= b
  /\ (forall o' b', In (o', b') (blocks Free n 0 t) -> k <= b' -> b < b' \/ (b = b' /\ o <= o')).
Proof.
  unfold allocate. intros n k t o t' A.
  destruct (pick k (blocks Free n 0 t)) as [[o' b]|] eqn:P; [|discriminate].
  destruct (replace Free (Leaf Used) n k o' t); [|discriminate]. simpl in A. injection A as -> _.
  destruct (pick_some _ _ _ P) as (I & K & M). exists b. repeat split; auto.
  intros o' b' I' K'. specialize (M _ I' K'). rewrite precedes_spec in M. simpl in M. lia.
Qed.

(** Freeing what was just allocated gives back exactly the state before. *)
Theorem free_undoes_allocate : forall n k t o t', good n t -> k <= top ->
  allocate n k t = Some (o, t') -> deallocate n k o t' = Some t.
Proof.
  unfold allocate, deallocate. intros n k t o t' G T A.
  destruct (pick k (blocks Free n 0 t)) as [[o' b]|]; [|discriminate].
  destruct (replace Free (Leaf Used) n k o' t) as [t''|] eqn:R; [|discriminate].
  simpl in A. injection A as -> ->. eapply replace_back; eauto.
Qed.

(** A free gives back exactly the block that it names, and touches nothing else. *)
Theorem free_is_sound : forall n k t o t', good n t -> k <= top -> deallocate n k o t = Some t' ->
  good n t'
  /\ (forall u, inside u (o, k) -> look n t u = Used /\ look n t' u = Free)
  /\ (forall u, u < 2 ^ n -> ~ inside u (o, k) -> look n t' u = look n t u)
  /\ Permutation (blocks Used n 0 t) ((o, k) :: blocks Used n 0 t').
Proof.
  unfold deallocate, inside. simpl. intros n k t o t' G T R.
  destruct (replace_spec _ _ _ _ _ _ _ G (T : good k (Leaf Free)) R)
    as (A1 & A2 & A3 & A4 & A5 & A6 & A7 & A8).
  repeat apply conj; auto.
  - intros u U. split; auto. rewrite A6 by auto. reflexivity.
  - destruct (A8 0) as (rest & P1 & P2). simpl in P2. rewrite blocks_used_leaf in P1.
    rewrite P1, P2. apply Permutation_refl.
Qed.

(** A free is refused, and changes nothing, exactly where no used block of its order starts. *)
Theorem free_takes_used_blocks_only : forall n k t o, good n t -> k <= top ->
  (exists t', deallocate n k o t = Some t') <-> In (o, k) (blocks Used n 0 t).
Proof.
  intros n k t o G T. split.
  - intros [t' D]. destruct (free_is_sound _ _ _ _ _ G T D) as (_ & _ & _ & P).
    rewrite P. left; auto.
  - intros I. apply (deallocate_complete n 0 t o k G I).
Qed.

(** Adding takes absent units only, and succeeds on every aligned run of them. *)
Theorem adding_is_sound : forall n k t o t', good n t -> add n k o t = Some t' ->
  good n t' /\ o + 2 ^ k <= 2 ^ n /\ Nat.divide (2 ^ k) o
  /\ (forall u, inside u (o, k) -> look n t u = Absent /\ look n t' u = Free)
  /\ (forall u, u < 2 ^ n -> ~ inside u (o, k) -> look n t' u = look n t u)
  /\ Permutation (blocks Used n 0 t') (blocks Used n 0 t).
Proof.
  unfold add, inside. simpl. intros n k t o t' G R. destruct (fresh_spec k) as (GF & LF & BF).
  destruct (replace_spec _ _ _ _ _ _ _ G GF R) as (A1 & A2 & A3 & A4 & A5 & A6 & A7 & A8).
  repeat apply conj; auto.
  - intros u U. split; auto. rewrite A6 by auto. apply LF.
  - destruct (A8 0) as (rest & P1 & P2). rewrite BF in P2. simpl in *.
    rewrite P1, P2. apply Permutation_refl.
Qed.

Theorem adding_is_complete : forall n k t o, good n t -> Nat.divide (2 ^ k) o ->
  o + 2 ^ k <= 2 ^ n -> (forall u, inside u (o, k) -> look n t u = Absent) ->
  exists t', add n k o t = Some t'.
Proof.
  intros n k t o G D B L. apply replace_complete; auto; try discriminate.
  destruct (le_lt_dec k n); auto. pose proof (pow_lt n k). lia.
Qed.

(** Live blocks are disjoint, and they are all that is used. *)
Theorem live_blocks_are_disjoint : forall n t, good n t ->
  NoDup (blocks Used n 0 t)
  /\ (forall b c, In b (blocks Used n 0 t) -> In c (blocks Used n 0 t) -> b = c \/ apart b c)
  /\ (forall u, u < 2 ^ n ->
      look n t u = Used <-> exists b, In b (blocks Used n 0 t) /\ inside u b).
Proof.
  intros n t G. destruct (blocks_apart Used n 0 t G) as [N A]. repeat apply conj; auto.
  intros u U. split.
  - intros L. apply (blocks_cover Used n 0 t u G U L).
  - intros (b & I & J). destruct (blocks_within _ _ _ _ _ G I) as (_ & _ & _ & _ & L).
    specialize (L u J). rewrite Nat.sub_0_r in L. auto.
Qed.

(** Free, live and absent blocks partition the window. *)
Theorem units_are_conserved : forall n t base, good n t ->
  total (blocks Free n base t) + total (blocks Used n base t) + total (blocks Absent n base t)
  = 2 ^ n.
Proof.
  assert (app : forall a b, total (a ++ b) = total a + total b).
  { induction a; simpl; intros; auto. rewrite IHa; lia. }
  assert (leaf : forall x n base, total (blocks Free n base (Leaf x))
    + total (blocks Used n base (Leaf x)) + total (blocks Absent n base (Leaf x)) = 2 ^ n).
  { intros [] n base; simpl; unfold size; simpl; lia. }
  induction n; intros t base G; (destruct t as [x|l r]; [apply leaf|]).
  - destruct G.
  - simpl in G. destruct G as (G1 & G2 & _). cbn [blocks]. rewrite !app, pow_S.
    specialize (IHn l base G1) as H1. specialize (IHn r (base + 2 ^ n) G2) as H2. lia.
Qed.

(** Live blocks and absent units determine the state: two histories that leave the same ones
    cannot be told apart, and what is free is always merged in full. *)
Theorem state_is_determined : forall n base t t', good n t -> good n t' ->
  (forall b, In b (blocks Used n base t) <-> In b (blocks Used n base t')) ->
  (forall u, u < 2 ^ n -> look n t u = Absent <-> look n t' u = Absent) -> t = t'.
Proof.
  intros n base t t' G G' U A.
  assert (L : forall u, u < 2 ^ n -> look n t u = look n t' u).
  { intros u Hu. specialize (A u Hu).
    assert (E : look n t u = Used <-> look n t' u = Used).
    { clear -G G' U Hu. split; intros E; [symmetry in U|];
      apply (blocks_cover Used n base _ u) in E; auto; destruct E as (b & I & J).
      all: apply U in I; apply blocks_within in I; auto; destruct I as (_ & _ & _ & _ & L).
      all: specialize (L _ J); replace (base + u - base) with u in L by lia; auto. }
    destruct (look n t u), (look n t' u); try reflexivity; exfalso; intuition congruence. }
  clear A. revert base t t' G G' U L. induction n; intros base t t' G G' U L.
  - destruct t; [|destruct G]. destruct t'; [|destruct G'].
    specialize (L 0 (pow_pos 0)). simpl in L. congruence.
  - assert (leaf : forall x t t', good (S n) (Leaf x) -> good (S n) t' -> t = Leaf x ->
      (forall b, In b (blocks Used (S n) base t) <-> In b (blocks Used (S n) base t')) ->
      (forall u, u < 2 ^ S n -> look (S n) t u = look (S n) t' u) -> t = t').
    { clear. intros x t t' G G' -> U L. destruct (kind_eq_dec x Used) as [->|NU].
      - destruct t' as [y|l r]; [specialize (L 0 (pow_pos _)); simpl in L; congruence|].
        exfalso. specialize (U (base, S n)). simpl in U. simpl in G'. destruct G' as (G1 & G2 & _).
        destruct U as [U _]. specialize (U (or_introl eq_refl)). apply in_app_or in U.
        destruct U as [I|I]; apply blocks_within in I; auto; simpl in I; lia.
      - symmetry. apply (uniform x (S n) t'); auto.
        + intros ->. exact G.
        + intros u Hu. rewrite <- L; auto. }
    destruct t as [x|l r]; [eapply leaf; eauto|].
    destruct t' as [x|l' r'].
    { symmetry. eapply (leaf x); eauto; intros; symmetry; auto. }
    simpl in G, G'. destruct G as (G1 & G2 & _), G' as (G1' & G2' & _). simpl in U.
    rewrite pow_S in L. pose proof (pow_pos n) as P.
    assert (W1 : forall s b, good n s -> In b (blocks Used n base s) -> fst b < base + 2 ^ n).
    { intros s b GS I. apply blocks_within in I; auto. pose proof (pow_pos (snd b)). lia. }
    assert (W2 : forall s b, good n s -> In b (blocks Used n (base + 2 ^ n) s) ->
      base + 2 ^ n <= fst b).
    { intros s b GS I. apply blocks_within in I; auto. lia. }
    f_equal.
    + apply (IHn base); auto.
      * intros b. specialize (U b). rewrite !in_app_iff in U.
        split; intros I.
        -- pose proof (W1 l b G1 I).
           destruct (proj1 U (or_introl I)) as [|J]; auto. apply W2 in J; auto; lia.
        -- pose proof (W1 l' b G1' I).
           destruct (proj2 U (or_introl I)) as [|J]; auto. apply W2 in J; auto; lia.
      * intros u Hu. specialize (L u ltac:(lia)). simpl in L.
        replace (u <? 2 ^ n) with true in L by (symmetry; apply Nat.ltb_lt; lia). auto.
    + apply (IHn (base + 2 ^ n)); auto.
      * intros b. specialize (U b). rewrite !in_app_iff in U.
        split; intros I.
        -- pose proof (W2 r b G2 I).
           destruct (proj1 U (or_intror I)) as [J|]; auto. apply W1 in J; auto; lia.
        -- pose proof (W2 r' b G2' I).
           destruct (proj2 U (or_intror I)) as [J|]; auto. apply W1 in J; auto; lia.
      * intros u Hu. specialize (L (2 ^ n + u) ltac:(lia)). simpl in L.
        replace (2 ^ n + u <? 2 ^ n) with false in L by (symmetry; apply Nat.ltb_ge; lia).
        replace (2 ^ n + u - 2 ^ n) with u in L by lia. auto.
Qed.

(** ** Any sequence of calls, valid or not *)

Inductive call := Allocate (k : nat) | Deallocate (k o : nat) | Add (k o : nat).

Definition perform (n : nat) (t : tree) (c : call) : tree :=
  match c with
  | Allocate k =>
    if k <=? top then match allocate n k t with Some (_, t') => t' | None => t end else t
  | Deallocate k o =>
    if k <=? top then match deallocate n k o t with Some t' => t' | None => t end else t
  | Add k o => match add n k o t with Some t' => t' | None => t end
  end.

(** However a window was used, the invariant holds; and when every block was given back, it is as
    if nothing had ever been allocated from what was added. *)
Theorem any_use_keeps_the_invariant : forall n lo hi calls,
  let t := fold_left (perform n) calls (cover n lo hi) in
  good n t
  /\ (blocks Used n 0 t = [] -> forall t', good n t' -> blocks Used n 0 t' = [] ->
      (forall u, u < 2 ^ n -> look n t u = Absent <-> look n t' u = Absent) -> t = t').
Proof.
  intros n lo hi calls.
  assert (step : forall t c, good n t -> good n (perform n t c)).
  { intros t [k|k o|k o] G; simpl.
    - destruct (k <=? top) eqn:K; auto. apply Nat.leb_le in K.
      destruct (allocate n k t) as [[o t']|] eqn:A; auto.
      apply (allocation_is_sound _ _ _ _ _ G K A).
    - destruct (k <=? top) eqn:K; auto. apply Nat.leb_le in K.
      destruct (deallocate n k o t) as [t'|] eqn:A; auto.
      apply (free_is_sound _ _ _ _ _ G K A).
    - destruct (add n k o t) as [t'|] eqn:A; auto. apply (adding_is_sound _ _ _ _ _ G A). }
  assert (G : good n (fold_left (perform n) calls (cover n lo hi))).
  { generalize (proj1 (cover_spec n lo hi)). generalize (cover n lo hi).
    induction calls as [|c calls IH]; simpl; auto. }
  split; auto. intros B t' G' B' A. apply (state_is_determined n 0); auto.
  rewrite B, B'. tauto.
Qed.

End Model.
