#!/usr/bin/env bash
# Random programs in lockstep on libunicorn and on our processor: at the end of each, registers, flags, floating-point state and memory are
# the same. A case is one program from one random state; the integer and single-precision instructions run on the interpreter and, for a
# tenth of the cases, also translated.
#   bench/emulator/lockstep.sh [CASES] [SEED]     defaults: 10 million cases, seed 1000
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1
. tools/find-jdk.sh
. tools/packages.sh
. tools/build.sh
cases=${1:-10000000}
seed=${2:-1000}
slice=500000
updraft_find_jdk || exit 2
updraft_install "an independent processor to compare with" libunicorn2 || exit 2
[ -d emulator/target/test-classes ] || updraft_mvn -pl emulator test-compile || exit 2
failed=0

run() { # WHICH CASES ENGINE: in slices, each with its own seed
  local left=$2 now
  while [ "$left" -gt 0 ]; do
    now=$((left < slice ? left : slice))
    "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx512m -cp emulator/target/classes:emulator/target/test-classes \
      dev.updraft.emulator.core.LockstepRun "$1" "$seed" "$now" "$3" || failed=1
    seed=$((seed + 1))
    left=$((left - now))
  done
}

run integer $((cases * 45 / 100)) interpret
run float $((cases * 35 / 100)) interpret
run double $((cases * 10 / 100)) interpret
run integer $((cases * 6 / 100)) translate
run float $((cases * 4 / 100)) translate
exit "$failed"
