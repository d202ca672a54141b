(** The log of everything that a sharer does at its ports, and what a sound log says of every
    moment: of whom the host can reach, and of who owns what.

    A log is a list of events, the newest first, so what was true at a moment is a statement about
    the tail that begins there. Granules are named by their offset in units. *)

From Coq Require Import Arith Lia List Bool.
From Proofs Require Import Buddy.
Import ListNotations.

Inductive hypercall := Share | Unshare.

(** What a hypervisor does with a call: what it answers, and whether the call took effect. An answer
    of 0 is taken at its word; every other answer may hide an effect. *)
Inductive reply := Succeeds | Fails | Fails_but_takes_effect.

Definition answers_zero (r : reply) : bool := match r with Succeeds => true | _ => false end.
Definition takes_effect (r : reply) : bool := match r with Fails => false | _ => true end.

Inductive event :=
| Called (h : hypercall) (a : nat) (r : reply)
(** The sharer took a region from the heap, or gave it back. *)
| Took (b : block)
| Gave (b : block)
(** The sharer was dropped and could not take this granule back. *)
| Abandoned (a : nat).

(** Whether the host can reach a granule: the truth, which no guest sees. *)
Fixpoint reach (log : list event) (a : nat) : bool :=
  match log with
  | [] => false
  | Called h b r :: log =>
    if (a =? b) && takes_effect r then match h with Share => true | Unshare => false end
    else reach log a
  | _ :: log => reach log a
  end.

(** What the answers say of a granule. *)
Inductive standing :=
| Private
| Shared
(** A SHARE failed; then an UNSHARE, to find out, failed too; then the probe's SHARE answered 0. *)
| Doubtful | Unsettled | Probed
(** It could not be taken back. *)
| Lost
(** A call was made that no granule of this standing allows. *)
| Wrong.

(** The calls that a granule allows: SHARE and UNSHARE in turn, and after a failed SHARE the probe;
    after a failed UNSHARE, but for the one that begins the probe, none. *)
Definition next (s : standing) (h : hypercall) (good : bool) : standing :=
  match s, h, good with
  | Private, Share, true => Shared
  | Private, Share, false => Doubtful
  | Shared, Unshare, true => Private
  | Shared, Unshare, false => Lost
  | Doubtful, Unshare, true => Private
  | Doubtful, Unshare, false => Unsettled
  | Unsettled, Share, true => Probed
  | Unsettled, Share, false => Lost
  | Probed, Unshare, true => Private
  | Probed, Unshare, false => Lost
  | _, _, _ => Wrong
  end.

Fixpoint standing_of (log : list event) (a : nat) : standing :=
  match log with
  | [] => Private
  | Called h b r :: log =>
    if a =? b then next (standing_of log a) h (answers_zero r) else standing_of log a
  | _ :: log => standing_of log a
  end.

(** Whether the sharer has this region of the heap. *)
Fixpoint owns (log : list event) (b : block) : Prop :=
  match log with
  | [] => False
  | Took c :: log => b = c \/ owns log b
  | Gave c :: log => b <> c /\ owns log b
  | _ :: log => owns log b
  end.

(** What each event must find: every call one that its granule allows, in a region that the sharer
    has; every region that is taken private and nobody's; every one that is given back private. *)
Fixpoint sound (log : list event) : Prop :=
  match log with
  | [] => True
  | e :: past =>
    sound past /\
    match e with
    | Called h a r =>
      next (standing_of past a) h (answers_zero r) <> Wrong
      /\ exists b, owns past b /\ inside a b
    | Took b =>
      (forall c, owns past c -> apart b c) /\ (forall a, inside a b -> standing_of past a = Private)
    | Gave b => owns past b /\ (forall a, inside a b -> standing_of past a = Private)
    | Abandoned a => standing_of past a = Lost
    end
  end.

(** ** What a sound log says *)

Lemma sound_tail : forall newer older, sound (newer ++ older) -> sound older.
Proof. induction newer as [|e newer IH]; simpl; auto. intros older [H _]; auto. Qed.

(** Only an UNSHARE that answered 0 makes a granule private; so a private one is out of reach. *)
Lemma private_is_out_of_reach : forall log a, standing_of log a = Private -> reach log a = false.
Proof.
  induction log as [|[h b r|b|b|b] log IH]; simpl; auto.
  intros a. destruct (a =? b) eqn:E; simpl; auto.
  destruct (standing_of log a), h, r; simpl; intros H; try discriminate; auto.
Qed.

Lemma shared_is_in_reach : forall log a, standing_of log a = Shared -> reach log a = true.
Proof.
  induction log as [|[h b r|b|b|b] log IH]; simpl; auto; try discriminate.
  intros a. destruct (a =? b) eqn:E; simpl; auto.
  destruct (standing_of log a), h, r; simpl; intros H; try discriminate; auto.
Qed.

Lemma never_wrong : forall log a, sound log -> standing_of log a <> Wrong.
Proof.
  induction log as [|[h b r|b|b|b] log IH]; simpl; intros a; [discriminate| | | |].
  1: intros [S [N _]]; destruct (a =? b) eqn:E; auto; apply Nat.eqb_eq in E; subst; auto.
  all: intros [S _]; auto.
Qed.

(** What is not private lies in a region that the sharer has. *)
Lemma only_owned_is_not_private : forall log a, sound log -> standing_of log a <> Private ->
  exists b, owns log b /\ inside a b.
Proof.
  induction log as [|[h c r|c|c|c] log IH]; simpl; intros a.
  - intros _ N. congruence.
  - intros [S [_ O]] N. destruct (a =? c) eqn:E; auto. apply Nat.eqb_eq in E. subst. auto.
  - intros [S _] N. destruct (IH a S N) as (b & O & I). eauto.
  - intros [S [O P]] N. destruct (IH a S N) as (b & O' & I). exists b. split; [split|]; auto.
    intros ->. auto.
  - intros [S _]. auto.
Qed.

(** A lost granule is never the subject of a call again, and its region never leaves the sharer. *)
Lemma lost_stays_lost : forall newer older a, sound (newer ++ older) ->
  standing_of older a = Lost ->
  standing_of (newer ++ older) a = Lost
  /\ (forall h r, ~ In (Called h a r) newer)
  /\ (forall b, inside a b -> ~ In (Gave b) newer /\ ~ In (Took b) newer).
Proof.
  induction newer as [|e newer IH]; simpl; intros older a S L.
  - repeat split; auto.
  - destruct S as [S E]. destruct (IH _ _ S L) as (L' & C & G).
    destruct e as [h b r|b|b|b]; repeat split; auto.
    + destruct (a =? b) eqn:Q; auto. apply Nat.eqb_eq in Q. subst.
      destruct E as [N _]. rewrite L' in N. destruct h; simpl in N; congruence.
    + intros h' r' [I|I]; [|eapply C; eauto]. injection I as -> -> ->. destruct E as [N _].
      rewrite L' in N. destruct h'; simpl in N; congruence.
    + intros [I|I]; [discriminate|]. apply (proj1 (G _ H)); auto.
    + intros [I|I]; [discriminate|]. apply (proj2 (G _ H)); auto.
    + intros h r [I|I]; [discriminate|eapply C; eauto].
    + intros [I|I]; [discriminate|]. apply (proj1 (G _ H)); auto.
    + intros [I|I]; [|apply (proj2 (G _ H)); auto]. injection I as ->. destruct E as [_ P].
      specialize (P _ H). congruence.
    + intros h r [I|I]; [discriminate|eapply C; eauto].
    + intros [I|I]; [|apply (proj1 (G _ H)); auto]. injection I as ->. destruct E as [_ P].
      specialize (P _ H). congruence.
    + intros [I|I]; [discriminate|]. apply (proj2 (G _ H)); auto.
    + intros h r [I|I]; [discriminate|eapply C; eauto].
    + intros [I|I]; [discriminate|]. apply (proj1 (G _ H)); auto.
    + intros [I|I]; [discriminate|]. apply (proj2 (G _ H)); auto.
Qed.
