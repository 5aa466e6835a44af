#!/usr/bin/env bash
# Million guest instructions a second of processor time: our interpreter and translator, QEMU free-running and QEMU -icount, on the same
# binaries. Best of N for each. The instruction count is QEMU's own (qemu-count.c) and must be ours too.
#   bench/emulator/speed.sh [N]     default 5
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1
. tools/find-jdk.sh
. tools/packages.sh
. tools/build.sh
repeat=${1:-5}
updraft_find_jdk || exit 2
updraft_need "compiling the workloads" arm-none-eabi-gcc gcc-arm-none-eabi libnewlib-arm-none-eabi || exit 2
updraft_need "comparing with QEMU" qemu-system-arm qemu-system-arm || exit 2
updraft_need "building QEMU's counter" gcc gcc libc6-dev || exit 2
[ -d emulator/target/test-classes ] || updraft_mvn -pl emulator test-compile || exit 2
work=$root/target/speed
mkdir -p "$work"
gcc -O2 -shared -fPIC -o "$work/count.so" bench/emulator/qemu-count.c || exit 2
firmware=$root/emulator/src/test/firmware
run=("$JAVA_HOME/bin/java" -cp emulator/target/classes:emulator/target/test-classes)

qemu() { # ARGUMENTS...: best rate of N runs
  local i best=0 rate
  for i in $(seq "$repeat"); do
    rate=$({ TIMEFORMAT='%U'; time qemu-system-arm -M mps2-an386 -nographic -semihosting -kernel "$elf" "$@" </dev/null >/dev/null 2>&1; } 2>&1 |
      awk -v n="$count" '{ printf "%d", n / 1e6 / $1 }')
    [ "$rate" -gt "$best" ] && best=$rate
  done
  echo "$best"
}

best() { sort -n | tail -n 1; }

printf '%-6s %14s %12s %12s %12s %12s\n' "" instructions interpreter translator qemu "qemu -icount"
for workload in "mix 20000" "sha 512"; do
  set -- $workload
  elf=$work/$1.elf
  (cd "$firmware" && arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O2 -DROUNDS="$2" -nostartfiles -T board.ld startup.c "$1.c" -o "$elf") || exit 1
  arm-none-eabi-objcopy -O binary "$elf" "$work/$1.bin"
  count=$(qemu-system-arm -M mps2-an386 -nographic -semihosting -kernel "$elf" -plugin "$work/count.so" </dev/null 2>&1 >/dev/null | sed -n 's/^instructions //p')
  ours=$("${run[@]}" dev.updraft.emulator.core.BatchRun translator "$work/$1.bin" | awk '{ print $3 }')
  [ "$ours" = "$count" ] || { echo "$1: ours $ours instructions, QEMU $count" >&2; exit 1; }
  interpreted=$("${run[@]}" dev.updraft.emulator.core.SpeedRun interpreter 2 "$work/$1.bin" | best)
  translated=$("${run[@]}" dev.updraft.emulator.core.SpeedRun translator "$repeat" "$work/$1.bin" | best)
  printf '%-6s %14s %12s %12s %12s %12s\n' "$1" "$count" "$interpreted" "$translated" "$(qemu)" "$(qemu -icount shift=0)"
done
