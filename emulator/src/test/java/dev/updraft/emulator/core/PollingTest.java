package dev.updraft.emulator.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.memory.Device;
import dev.updraft.emulator.memory.LittleEndian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loops that only wait are known from those that compute, and cost nothing without changing what happens when. */
class PollingTest {
    private static final int START = 0x100;
    private static final int STATUS = 0x4000_0000;
    private static final int RESTART = 0x4000_1000;

    @ParameterizedTest
    @CsvSource({
        "b .,                                   true,  E7FE",
        "ldr r0 [r1]; cmp r0 #0; beq,           true,  6808 2800 D0FC",
        "ldr r0 [r1]; lsls r0 r0 #24; bpl,      true,  6808 0600 D5FC",
        "ldrb r0 [r1 #4]; cbnz is no backward branch, false, 7908 B900",
        "ldr r1 [r1]; cmp r1 #0; beq (a list),  false, 6809 2900 D0FC",
        "adds r0 #1; cmp r0 r2; bne,            false, 3001 4290 D1FC",
        "subs r0 #1; bne,                       false, 3801 D1FD",
        "ldr r0 [r1]; adds r2 r2 r0; bne,       false, 6808 1812 D1FC",
        "str r0 [r1]; b,                        false, 6008 E7FD",
        "ldr r0 [r1]; adcs r0 r2; bne,          false, 6808 4150 D1FC",
    })
    void waitingLoops(String what, boolean waits, String halfwords) {
        BareBoard board = board(halfwords);
        assertThat(new CodeCache(board.bus, CpuModel.CORTEX_M4).at(START).polls)
                .as(what)
                .isEqualTo(waits);
    }

    /** A device whose status changes when a timer fires. */
    private static final class Slow implements Device {
        private final Clock.Timer timer;
        private final boolean steady;
        int reads;
        private int status;

        Slow(Clock clock, boolean steady) {
            this.steady = steady;
            timer = clock.timer("slow", () -> status = 1);
        }

        @Override
        public int read(int offset, int width) {
            reads++;
            return status;
        }

        @Override
        public void write(int offset, int width, int value) {}

        @Override
        public boolean steady(int offset) {
            return steady;
        }
    }

    @Test
    void aWaitForASteadyRegisterEndsAtTheSameCycleWithoutThousandsOfReads() {
        String wait = "6808 2800 D0FC E7FE"; // ldr r0, [r1]; cmp r0, #0; beq; b .
        BareBoard skipping = board(wait);
        BareBoard reading = board(wait);
        Slow steady = device(skipping, true);
        Slow unsteady = device(reading, false);
        for (int cycles : new int[] {10, 1_000, 98_990, 7, 50_000}) {
            assertThat(skipping.cpu.run(cycles)).isEqualTo(reading.cpu.run(cycles));
            assertThat(skipping.cpu.register(15)).isEqualTo(reading.cpu.register(15));
            assertThat(skipping.cpu.register(0)).isEqualTo(reading.cpu.register(0));
            assertThat(skipping.cpu.xpsr()).isEqualTo(reading.cpu.xpsr());
            assertThat(skipping.cpu.retired()).isEqualTo(reading.cpu.retired());
            assertThat(skipping.clock.now()).isEqualTo(reading.clock.now());
        }
        assertThat(skipping.cpu.register(0)).isOne();
        assertThat(steady.reads).isLessThan(20);
        assertThat(unsteady.reads).isGreaterThan(20_000);
    }

    /** A register that starts a timer when it is written, as a watchdog's. */
    private static final class Restart implements Device {
        private final Clock.Timer timer;
        private final boolean idempotent;
        private final int duration;
        int writes;
        int fired;

        Restart(Clock clock, boolean idempotent, int duration) {
            this.idempotent = idempotent;
            this.duration = duration;
            timer = clock.timer("restart", () -> fired++);
        }

        @Override
        public int read(int offset, int width) {
            return fired;
        }

        @Override
        public void write(int offset, int width, int value) {
            writes++;
            timer.start(duration);
        }

        @Override
        public boolean idempotent(int offset, int width, int value) {
            return idempotent;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "in two blocks,                        1000,  true,  6808 2800 D101 6011 E7FA E7FE",
        "with a call,                          1000,  true,  6808 2800 D102 F000 F802 E7F9 E7FE 6011 4770",
        "a watchdog that bites within a pass,  4,     false, 6808 2800 D101 6011 E7FA E7FE",
        "a watchdog that bites between passes, 5,     false, 6808 2800 D101 6011 E7FA E7FE",
        "a counter besides,                    1000,  false, 6808 2800 D102 6011 3301 E7F9 E7FE",
        "a counter in memory,                  1000,  false, 6808 2800 D104 6011 6823 3301 6023 E7F7 E7FE",
    })
    void aWaitThatFeedsAWatchdogIsTheSameWhetherItsPassesAreMadeOrNot(
            String what, int duration, boolean skipped, String halfwords) {
        BareBoard skipping = board(halfwords);
        BareBoard making = board(halfwords);
        Slow steady = device(skipping, true);
        Slow alsoSteady = device(making, true);
        Restart fed = restart(skipping, true, duration);
        Restart fedEachTime = restart(making, false, duration);
        for (int cycles : new int[] {3, 10, 1_000, 50_000, 26_000, 7, 50_000}) {
            assertThat(skipping.cpu.run(cycles)).isEqualTo(making.cpu.run(cycles));
            for (int register = 0; register < 16; register++) {
                assertThat(skipping.cpu.register(register)).as("r" + register).isEqualTo(making.cpu.register(register));
            }
            assertThat(skipping.cpu.xpsr()).isEqualTo(making.cpu.xpsr());
            assertThat(skipping.cpu.retired()).isEqualTo(making.cpu.retired());
            assertThat(skipping.clock.save().deadlines())
                    .isEqualTo(making.clock.save().deadlines());
            assertThat(skipping.clock.now()).isEqualTo(making.clock.now());
            assertThat(skipping.ram).isEqualTo(making.ram);
            assertThat(fed.fired).isEqualTo(fedEachTime.fired);
        }
        assertThat(skipping.cpu.register(0)).isOne();
        assertThat(alsoSteady.reads).isGreaterThan(5_000);
        if (skipped) {
            assertThat(steady.reads).isLessThan(60);
            assertThat(fed.writes).isLessThan(60);
            assertThat(fed.fired).isOne(); // when nobody fed it any more
        } else {
            assertThat(steady.reads).isEqualTo(alsoSteady.reads);
            assertThat(fed.writes).isEqualTo(fedEachTime.writes);
        }
    }

    private static Restart restart(BareBoard board, boolean idempotent, int duration) {
        Restart device = new Restart(board.clock, idempotent, duration);
        board.bus.addDevice("restart", RESTART, 0x400, device);
        board.cpu.setRegister(2, RESTART);
        board.cpu.setRegister(4, BareBoard.RAM);
        return device;
    }

    private static Slow device(BareBoard board, boolean steady) {
        Slow device = new Slow(board.clock, steady);
        board.bus.addDevice("slow", STATUS, 0x400, device);
        board.cpu.setRegister(1, STATUS);
        device.timer.start(77_777);
        return device;
    }

    private static BareBoard board(String halfwords) {
        byte[] image = new byte[0x200];
        LittleEndian.put(image, 0, 4, BareBoard.RAM + 0x1000);
        LittleEndian.put(image, 4, 4, START + 1);
        int at = START;
        for (String halfword : halfwords.trim().split(" ")) {
            LittleEndian.put(image, at, 2, Integer.parseInt(halfword, 16));
            at += 2;
        }
        return new BareBoard().load(image);
    }
}
