#!/usr/bin/env bash
# Million guest instructions a second of processor time, on the same binaries in the same run: our interpreter and translator (the thread
# that runs the board), QEMU free-running and QEMU -icount (user time of the process), libunicorn (no hooks). Rounds are interleaved and the
# best of each counts, because a busy machine only ever slows down. The instruction count is QEMU's own (qemu-count.c) and must be ours too.
#   bench/emulator/speed.sh [ROUNDS]     default 5
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1
. tools/find-jdk.sh
. tools/packages.sh
. tools/build.sh
rounds=${1:-5}
warm_up=14 # repetitions in one JVM; the best of them is the warm speed
updraft_find_jdk || exit 2
updraft_need "compiling the workloads" arm-none-eabi-gcc gcc-arm-none-eabi libnewlib-arm-none-eabi || exit 2
updraft_need "comparing with QEMU" qemu-system-arm qemu-system-arm || exit 2
updraft_need "building QEMU's counter" gcc gcc libc6-dev || exit 2
updraft_install "comparing with Unicorn" libunicorn-dev || exit 2
updraft_mvn -o -Dquick -pl emulator test-compile || updraft_mvn -Dquick -pl emulator test-compile || exit 2
third_party=$(tools/third-party mbedtls) || exit 2
eval "$third_party"
work=$root/target/speed
mkdir -p "$work"
gcc -O2 -shared -fPIC -o "$work/count.so" bench/emulator/qemu-count.c || exit 2
gcc -O2 -o "$work/unicorn" bench/emulator/unicorn-speed.c -lunicorn || exit 2
firmware=$root/emulator/src/test/firmware
run=("$JAVA_HOME/bin/java" -cp emulator/target/classes:emulator/target/test-classes)

qemu() { # ARGUMENTS...
  { TIMEFORMAT='%U'; time qemu-system-arm -M mps2-an386 -nographic -semihosting -kernel "$elf" "$@" </dev/null >/dev/null 2>&1; } 2>&1 |
    awk -v n="$count" '{ printf "%d\n", n / 1e6 / $1 }'
}

ours() { # ENGINE REPETITIONS
  "${run[@]}" dev.updraft.emulator.core.SpeedRun "$1" "$2" "$work/$name.bin" | sort -n | tail -n 1
}

best() { # FILE
  sort -n "$1" | tail -n 1
}

build() { # NAME ROUNDS MORE...
  local more=("${@:3}")
  (cd "$firmware" && arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O2 -DROUNDS="$2" -nostartfiles -T board.ld startup.c "$1.c" "${more[@]}" -o "$elf") &&
    arm-none-eabi-objcopy -O binary "$elf" "$work/$1.bin"
}

p256m=$mbedtls/3rdparty/p256-m/p256-m
printf '%-6s %14s %12s %12s %8s %13s %8s   %s\n' "" instructions interpreter translator qemu "qemu -icount" unicorn "translator / qemu, -icount, unicorn"
for workload in "mix 10000" "sha 256" "p256 40 -DMBEDTLS_PSA_P256M_DRIVER_ENABLED -I$p256m -I$mbedtls/include $p256m/p256-m.c"; do
  set -- $workload
  name=$1
  elf=$work/$name.elf
  build "$@" || exit 1
  count=$(qemu-system-arm -M mps2-an386 -nographic -semihosting -kernel "$elf" -plugin "$work/count.so" </dev/null 2>&1 >/dev/null | sed -n 's/^instructions //p')
  mine=$("${run[@]}" dev.updraft.emulator.core.BatchRun translator "$work/$name.bin" | awk '{ print $3 }')
  [ "$mine" = "$count" ] || { echo "$name: ours $mine instructions, QEMU $count" >&2; exit 1; }
  rm -f "$work"/*.rates
  for round in $(seq "$rounds"); do
    ours translator $warm_up >>"$work/translator.rates"
    qemu >>"$work/qemu.rates"
    qemu -icount shift=0 >>"$work/icount.rates"
    "$work/unicorn" "$work/$name.bin" "$count" >>"$work/unicorn.rates"
  done
  ours interpreter 2 >>"$work/interpreter.rates"
  printf '%-6s %14s %12s %12s %8s %13s %8s   ' "$name" "$count" "$(best "$work/interpreter.rates")" "$(best "$work/translator.rates")" \
    "$(best "$work/qemu.rates")" "$(best "$work/icount.rates")" "$(best "$work/unicorn.rates")"
  awk -v t="$(best "$work/translator.rates")" -v q="$(best "$work/qemu.rates")" -v i="$(best "$work/icount.rates")" -v u="$(best "$work/unicorn.rates")" \
    'BEGIN { printf "%.2f, %.2f, %.1f\n", t / q, t / i, t / u }'
done
