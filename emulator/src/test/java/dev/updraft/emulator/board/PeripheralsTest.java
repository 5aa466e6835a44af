package dev.updraft.emulator.board;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeripheralsTest {
    private static final int FLASH = 0x0800_0000;

    @Test
    void whatFirmwareWaitsForComes() {
        try (Board board = Boards.create("stm32f407").build()) {
            board.program(FLASH, Firmware.compile("peripherals.c"));
            board.powerOn();
            board.run(() -> board.console().text().endsWith("done\n"), 10_000_000);

            assertThat(board.console().text().lines())
                    .containsExactly(
                            "TIM2 counted about 10000 us: 00000001",
                            "TIM6 stands: 00000000",
                            "pending: 00000001",
                            "EXTI9_5 pending: 00000001",
                            "EXTI.PR: 00000000",
                            "I2C start: 00000001",
                            "nobody acknowledges: 00000400",
                            "conversion: 00000002",
                            "level: 000007FF",
                            "the next day: 00000000",
                            "on a Monday: 00263130",
                            "SysTick once: 00000001",
                            "and again: 00000001",
                            "reserved: 00000000",
                            "done");
            assertThat(board.notes()).anyMatch(note -> note.contains("PWR.+0x20") && note.contains("reserved"));
        }
    }

    @Test
    void aLockedUpCoreIsResetByItsWatchdog() {
        try (Board board = Boards.create("stm32f407").build()) {
            board.program(FLASH, Firmware.compile("lockup.c"));
            board.powerOn();
            Outcome outcome = board.runFor(5_000_000);

            assertThat(outcome).isInstanceOf(Outcome.TimeUp.class);
            assertThat(board.console().text().lines().filter("start"::equals).count())
                    .isBetween(4L, 6L);
            assertThat(board.notes()).anyMatch(note -> note.contains("lockup") && note.contains("watchdog resets"));
        }
    }

    @Test
    void whatIsNotModelledStopsTheBoardOrIsNoted() {
        byte[] program =
                Firmware.compile("peripherals.c", "-DI2C1=MISSING", "-DMISSING(offset)=REG(0x50050000+(offset))");
        for (boolean note : new boolean[] {false, true}) {
            BoardBuilder builder = Boards.create("stm32f407");
            try (Board board = (note ? builder.noteUnmodelled() : builder).build()) {
                board.program(FLASH, program);
                board.powerOn();
                Outcome outcome = board.run(() -> board.console().text().endsWith("done\n"), 10_000_000);
                if (note) {
                    assertThat(board.console().text()).contains("I2C start: 00000000");
                    assertThat(board.notes()).anyMatch(each -> each.contains("DCMI is not modelled"));
                } else {
                    assertThat(outcome).isInstanceOf(Outcome.Stopped.class);
                    assertThat(outcome.message()).contains("DCMI is not modelled");
                }
            }
        }
    }
}
