#!/usr/bin/env bash
# Fuzzes each decoder, and what the runtime reads from peers, for some seconds, with libFuzzer and the address sanitizer.
#
#   Tests/Fuzz/fuzz.sh SECONDS [TARGET…]
#
# Starts from Fixtures/fuzz and collects inputs in .build/fuzz-corpus. What makes a decoder fail is left in
# .build/fuzz-failures: put it into Fixtures/fuzz/TARGET, where the tests run it from then on, and mend the decoder.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-60}
targets=("${@:2}")
if [ ${#targets[@]} = 0 ]; then
  targets=(binary json text delimited session frames tls deframer headers timeout)
fi

.ci/setup build
swift build -c release --package-path Tests/Fuzz --scratch-path .build/fuzz -Xswiftc -sanitize=fuzzer,address \
  -Xswiftc -enable-testing
failures=0
for target in "${targets[@]}"; do
  mkdir -p ".build/fuzz-corpus/$target" .build/fuzz-failures
  echo "fuzz: $target, $seconds s"
  # An allocation of more than 64 MiB for an input of at most 8 KiB is a failure, too.
  .build/fuzz/release/fuzz "$target" -max_total_time="$seconds" -max_len=8192 -timeout=20 -malloc_limit_mb=64 \
    -print_final_stats=1 -artifact_prefix=".build/fuzz-failures/$target-" \
    ".build/fuzz-corpus/$target" "Fixtures/fuzz/$target" >".build/fuzz-$target.log" 2>&1 || failures=1
  grep -E '^stat::|SUMMARY|Test unit written' ".build/fuzz-$target.log" | sed 's/^/  /'
done
exit $failures
