#!/usr/bin/env bash
# What an emulated board costs beside speed: first instruction, snapshot and restore, waiting, memory. Prints one line each.
#   bench/emulator/board-costs.sh
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1
. tools/find-jdk.sh
. tools/packages.sh
. tools/build.sh
updraft_find_jdk || exit 2
updraft_need "compiling the program" arm-none-eabi-gcc gcc-arm-none-eabi libnewlib-arm-none-eabi || exit 2
updraft_mvn -o -Dquick -pl emulator test-compile || updraft_mvn -Dquick -pl emulator test-compile || exit 2
work=$root/target/board-costs
mkdir -p "$work"
(cd emulator/src/test/c && arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -nostartfiles -T stm32f407.ld start.c debugged.c -o "$work/program.elf") || exit 1
arm-none-eabi-objcopy -O binary "$work/program.elf" "$work/program.bin"
exec "$JAVA_HOME/bin/java" -Xmx1g -cp emulator/target/classes:emulator/target/test-classes dev.updraft.emulator.board.BoardCosts "$work/program.bin"
