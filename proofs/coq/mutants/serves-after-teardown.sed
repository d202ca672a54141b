# Pool.v: a closed pool allocates
/^Definition allocate_shared/,/^    end\.$/s/if closed p then \(Is_closed, p\)/if false then (Is_closed, p)/
