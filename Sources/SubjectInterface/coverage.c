// What a library that is instrumented for libFuzzer calls, for a process without libFuzzer: nothing
// is counted there. libFuzzer's own definitions take the place of these.
#include <stdint.h>

#define IGNORES(name, ...) \
  __attribute__((weak, used, retain)) void __sanitizer_cov_##name(__VA_ARGS__) {}

IGNORES(8bit_counters_init, uint8_t *from, uint8_t *to)
IGNORES(pcs_init, const uintptr_t *from, const uintptr_t *to)
IGNORES(trace_pc_guard, uint32_t *guard)
IGNORES(trace_pc_guard_init, uint32_t *from, uint32_t *to)
IGNORES(trace_pc_indir, uintptr_t callee)
IGNORES(trace_cmp1, uint8_t a, uint8_t b)
IGNORES(trace_cmp2, uint16_t a, uint16_t b)
IGNORES(trace_cmp4, uint32_t a, uint32_t b)
IGNORES(trace_cmp8, uint64_t a, uint64_t b)
IGNORES(trace_const_cmp1, uint8_t a, uint8_t b)
IGNORES(trace_const_cmp2, uint16_t a, uint16_t b)
IGNORES(trace_const_cmp4, uint32_t a, uint32_t b)
IGNORES(trace_const_cmp8, uint64_t a, uint64_t b)
IGNORES(trace_switch, uint64_t value, uint64_t *cases)
IGNORES(trace_div4, uint32_t value)
IGNORES(trace_div8, uint64_t value)
IGNORES(trace_gep, uintptr_t index)

__attribute__((weak, used, retain, tls_model("initial-exec"))) _Thread_local uintptr_t __sancov_lowest_stack;
