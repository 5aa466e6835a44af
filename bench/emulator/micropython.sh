#!/usr/bin/env bash
# Foreign firmware, unchanged: MicroPython's ports bare-arm (prints on UART4) and minimal (a prompt on USART1), built from Debian's source,
# run on the emulated STM32F407.
#   bench/emulator/micropython.sh
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1
. tools/find-jdk.sh
. tools/packages.sh
. tools/build.sh
work=$root/target/micropython
updraft_find_jdk || exit 2
updraft_need "building MicroPython" arm-none-eabi-gcc gcc-arm-none-eabi libnewlib-arm-none-eabi || exit 2
updraft_need "comparing with QEMU" qemu-system-arm qemu-system-arm || exit 2
updraft_install "building MicroPython" make gcc libc6-dev python3 xz-utils || exit 2
[ -d emulator/target/test-classes ] || updraft_mvn -pl emulator test-compile || exit 2
sources=$(tools/third-party micropython | sed -n 's/^micropython=//p') || exit 2
mkdir -p "$work"
[ -f "$work/unpacked" ] || { cp -r "$sources/." "$work" && touch "$work/unpacked"; } || exit 2
make -s -C "$work/ports/bare-arm" CROSS_COMPILE=arm-none-eabi- build/firmware.elf >"$work/log" 2>&1 &&
  make -s -C "$work/mpy-cross" >>"$work/log" 2>&1 &&
  make -s -C "$work/ports/minimal" CROSS=1 build/firmware.elf >>"$work/log" 2>&1 || { tail -n 5 "$work/log" >&2; exit 2; }
for port in bare-arm minimal; do
  arm-none-eabi-objcopy -O binary "$work/ports/$port/build/firmware.elf" "$work/$port.bin"
done
# QEMU has no end of its own there; what it prints comes at once.
timeout 5 qemu-system-arm -M netduinoplus2 -nographic -monitor none -kernel "$work/ports/bare-arm/build/firmware.elf" \
  -serial null -serial null -serial null -serial stdio </dev/null >"$work/qemu"
exec "$JAVA_HOME/bin/java" -cp emulator/target/classes:emulator/target/test-classes dev.updraft.emulator.board.MicroPythonRun "$work/bare-arm.bin" "$work/minimal.bin" "$work/qemu"
