# Sharer.v: a region that a failed refill keeps is not recorded
s/\{\| place := b; lost := missing; state := Kept \|\} :: book s \|\}$/book s |}/
