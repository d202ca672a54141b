# Buddy.v: a part of a used block can be freed
s/^  \| Leaf Used => None$/  | Leaf Used => if kind_eq_dec x Used then Some (Leaf Used, Leaf Used) else None/
