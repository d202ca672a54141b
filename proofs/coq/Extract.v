(** The model as OCaml, for the oracle.

    Numbers become machine integers of 63 bits, and their arithmetic the machine's; the oracle
    refuses arenas that come near the limits. Nothing else is replaced. *)

From Coq Require Import Arith Extraction ExtrOcamlBasic ExtrOcamlNatInt.
From Proofs Require Import Buddy Log Sharer Pool.

Extract Inlined Constant Nat.max => "Stdlib.max".
Extract Inlined Constant Nat.ltb => "(<)".
(** All powers of the model are powers of two. *)
Extract Inlined Constant Nat.pow => "(fun b e -> assert (b = 2); 1 lsl e)".

Extraction "model.ml" perform start reach.
