# Sharer.v: teardown leaves out what was kept before
/^Definition settle/,/^  end\.$/s/^  \| Settled => \(r, heap, l, nothing\)$/  | Settled => (r, heap, l, nothing) | Kept => (r, heap, l, nothing)/;/^Definition settle/,/^  end\.$/{/^  \| Kept =>$/,/reporting 0 0/d;}
