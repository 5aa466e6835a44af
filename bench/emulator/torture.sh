#!/usr/bin/env bash
# GCC's execute torture tests on our processor and on QEMU: the same verdict, the same number of instructions.
#   bench/emulator/torture.sh [LEVELS] [PATTERN]     defaults: "-O2 -Os", all programs
# UPDRAFT_TORTURE_EVERY=N takes every Nth program only, as ./check does.
# Programs that need what a bare board has not (files, signals, more memory) do not link or fail alike on both.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1
. tools/find-jdk.sh
. tools/packages.sh
. tools/build.sh
levels=${1:--O2 -Os}
pattern=${2:-*}
cpu=${UPDRAFT_TORTURE_CPU:--mcpu=cortex-m4}
every=${UPDRAFT_TORTURE_EVERY:-1}
engines=${UPDRAFT_TORTURE_ENGINES:-interpreter eager}
work=${UPDRAFT_WORK:-$root/target/torture}

updraft_find_jdk || exit 2
updraft_need "compiling torture tests" arm-none-eabi-gcc gcc-arm-none-eabi libnewlib-arm-none-eabi || exit 2
updraft_need "comparing with QEMU" qemu-system-arm qemu-system-arm || exit 2
updraft_need "building QEMU's counter" gcc gcc libc6-dev || exit 2
[ -d emulator/target/test-classes ] || updraft_mvn -pl emulator test-compile || exit 2
sources=$(tools/third-party gcc-12 | sed -n 's/^gcc-12=//p') || exit 2
mkdir -p "$work"
if [ ! -f "$work/unpacked" ]; then
  tar -C "$work" --wildcards --strip-components=4 -xJf "$sources"/gcc-*-dfsg.tar.xz '*/gcc/testsuite/gcc.c-torture/execute/*' && touch "$work/unpacked" || exit 2
fi
gcc -O2 -shared -fPIC -o "$work/count.so" bench/emulator/qemu-count.c || exit 2

firmware=$root/emulator/src/test/firmware
export work firmware cpu

build_and_ask_qemu() { # LEVEL SOURCE
  local level=$1 name out=$work/$1/$(basename "$2" .c) verdict
  mkdir -p "$work/$level"
  [ -f "$out.verdict" ] && return
  arm-none-eabi-gcc $cpu -mthumb "$level" -w -fno-diagnostics-color -nostartfiles -T "$firmware/board.ld" --specs=nano.specs \
    -o "$out.elf" "$firmware/startup.c" "$2" -lm >/dev/null 2>&1 || { echo "no-build" >"$out.verdict"; return; }
  arm-none-eabi-objcopy -O binary "$out.elf" "$out.bin"
  timeout 20 qemu-system-arm -M mps2-an386 -nographic -semihosting -kernel "$out.elf" -plugin "$work/count.so" </dev/null >/dev/null 2>"$out.said"
  verdict=$?
  echo "exit-$verdict $(sed -n 's/^instructions //p' "$out.said")" >"$out.verdict"
  rm -f "$out.elf" "$out.said"
}
export -f build_and_ask_qemu

failed=0
for level in $levels; do
  sources=$(find "$work/execute" -maxdepth 1 -name "$pattern.c" | sort | awk -v n="$every" 'NR % n == 0')
  echo "$sources" | xargs -P 2 -n 1 bash -c 'build_and_ask_qemu "$0" "$1"' "$level"
  binaries=$(for source in $sources; do ls "$work/$level/$(basename "$source" .c).bin" 2>/dev/null; done)
  for engine in $engines; do
    "$JAVA_HOME/bin/java" -cp emulator/target/classes:emulator/target/test-classes dev.updraft.emulator.core.BatchRun "$engine" $binaries >"$work/$level.$engine"
    alike=0 different=0 counts=0
    while read -r name end count state; do
      read -r verdict theirs <"$work/$level/${name%.bin}.verdict"
      case $end in # both ran for ever, or both locked up after a stack overflow: QEMU ends then with 124 and 1
        the_given_number_of_cycles*) end=exit-124 count=$theirs ;;
        lockup*) end=exit-1 count=$theirs ;;
      esac
      if [ "$end" != "$verdict" ]; then
        different=$((different + 1))
        echo "$level $engine $name: ours $end, QEMU $verdict"
      else
        alike=$((alike + 1))
        [ "$count" = "$theirs" ] && counts=$((counts + 1)) || echo "$level $engine $name: $end, ours $count instructions, QEMU $theirs"
      fi
    done <"$work/$level.$engine"
    echo "$level $engine: $alike programs end alike ($(grep -c ' exit-0 ' "$work/$level.$engine") of them pass), $different differ; $counts took the same number of instructions"
    failed=$((failed + different))
  done
  set -- $engines
  if [ $# -eq 2 ]; then
    if cmp <(grep -v the_given_number "$work/$level.$1") <(grep -v the_given_number "$work/$level.$2"); then
      echo "$level: both engines end with the same memory and registers after the same instructions"
    else
      failed=$((failed + 1))
    fi
  fi
done
[ "$failed" -eq 0 ]
