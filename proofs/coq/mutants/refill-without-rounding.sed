# Pool.v: a refill asks for one granule whatever it is for
s/hypervisor \(Nat\.max k granule\) \(core p\) in$/hypervisor granule (core p) in/
