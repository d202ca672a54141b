#!/bin/bash -eu
# Builds every harness for ClusterFuzzLite and OSS-Fuzz: $OUT gets fuzz-NAME, its seeds as
# fuzz-NAME_seed_corpus.zip where corpora/NAME is there, and fuzz-NAME.dict where it has a dictionary.
# .clusterfuzzlite/check runs it without Docker.
cd "$SRC/sharecheck"
# shellcheck source=/dev/null
. precompile_swift
# A harness is a file main.swift, and has statements at the top level, unlike a library.
flags=${SWIFTFLAGS//-Xswiftc -parse-as-library/}
# The static runtime that SWIFTFLAGS ask for hides what comes from libraries, so the fuzzer's functions
# are called by way of others, which no library holds; see Sources/FuzzSupport/LibFuzzer.swift.
clang -c -O1 -fPIC -x c -o "$WORK/fuzzer.o" - <<'C'
int LLVMFuzzerRunDriver(int *, char ***, int (*)(const unsigned char *, unsigned long));
int sharecheck_LLVMFuzzerRunDriver(
    int *count, char ***arguments, int (*test)(const unsigned char *, unsigned long)) {
  return LLVMFuzzerRunDriver(count, arguments, test);
}
unsigned long LLVMFuzzerMutate(unsigned char *, unsigned long, unsigned long);
unsigned long sharecheck_LLVMFuzzerMutate(
    unsigned char *data, unsigned long size, unsigned long maximum) {
  return LLVMFuzzerMutate(data, size, maximum);
}
C
flags+=" -Xlinker $WORK/fuzzer.o"

for directory in Fuzz/fuzz-*/; do
  harness=$(basename "$directory")
  # shellcheck disable=SC2086 # The flags are words.
  swift build -c release --scratch-path "$WORK/build" $flags --product "$harness"
  cp "$WORK/build/release/$harness" "$OUT/"
  seeds=corpora/${harness#fuzz-}
  if [ -d "$seeds" ]; then
    rm -f "$OUT/${harness}_seed_corpus.zip"
    zip -q -j -r "$OUT/${harness}_seed_corpus.zip" "$seeds" -x '*.md'
  fi
  dictionary=Fuzz/dictionaries/$harness.dict
  if [ -f "$dictionary" ]; then cp "$dictionary" "$OUT/"; fi
done
