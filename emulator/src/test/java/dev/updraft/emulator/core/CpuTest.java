package dev.updraft.emulator.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.memory.Device;
import dev.updraft.emulator.memory.LittleEndian;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What devices and boards rely on; instructions are written as halfwords, each with its name. */
class CpuTest {
    private static final int LOOP = 0xE7FE; // b .
    private static final int NOP = 0xBF00;

    /** A board with a stack, vectors that all point at a loop at 0x80, and this code at 0x100. */
    static BareBoard board(int... halfwords) {
        return board(CpuModel.CORTEX_M4, halfwords);
    }

    static BareBoard board(CpuModel model, int... halfwords) {
        byte[] image = new byte[0x400];
        LittleEndian.put(image, 0, 4, BareBoard.RAM + 0x1000);
        for (int i = 1; i < 32; i++) {
            LittleEndian.put(image, 4 * i, 4, i == 1 ? 0x101 : 0x81);
        }
        LittleEndian.put(image, 0x80, 2, LOOP);
        for (int i = 0; i < halfwords.length; i++) {
            LittleEndian.put(image, 0x100 + 2 * i, 2, halfwords[i]);
        }
        return new BareBoard(model).load(image);
    }

    private static int exception(BareBoard board) {
        return board.cpu.xpsr() & 0x1FF;
    }

    @Test
    void aRunTakesExactlyTheGivenCycles() {
        BareBoard board = board(NOP, NOP, NOP, 0xE7FB /* b 0x100 */);
        for (int cycles : new int[] {1, 2, 3, 5, 1000, 1}) {
            long before = board.clock.now();
            assertThat(board.cpu.run(cycles)).isInstanceOf(StopReason.Budget.class);
            assertThat(board.clock.now() - before).isEqualTo(cycles);
        }
        assertThat(board.cpu.retired()).isEqualTo(1012);
    }

    @Test
    void runningInSmallStepsIsTheSameAsRunningAtOnce() {
        byte[] program = BareBoard.compile("-mcpu=cortex-m4 -O2", "hello.c");
        BareBoard atOnce = new BareBoard().load(program);
        BareBoard steps = new BareBoard().load(program);
        atOnce.cpu.run(9_973);
        for (int left = 9_973; left > 0; left -= 7) {
            steps.cpu.run(Math.min(7, left));
        }
        assertThat(steps.cpu.retired()).isEqualTo(atOnce.cpu.retired());
        for (int i = 0; i < 16; i++) {
            assertThat(steps.cpu.register(i)).isEqualTo(atOnce.cpu.register(i));
        }
        assertThat(steps.cpu.xpsr()).isEqualTo(atOnce.cpu.xpsr());
        assertThat(steps.ram).isEqualTo(atOnce.ram);
    }

    @Test
    void aSnapshotGoesOnAsTheOriginalDid() {
        byte[] program = BareBoard.compile("-mcpu=cortex-m4 -O2 -DROUNDS=3", "interrupted.c");
        BareBoard board = new BareBoard().load(program);
        board.cpu.run(123_457);
        Cpu.Snapshot cpu = board.cpu.save();
        Clock.Snapshot clock = board.clock.save();
        BareBoard fork = new BareBoard().load(program);
        System.arraycopy(board.ram, 0, fork.ram, 0, board.ram.length);
        fork.clock.restore(clock);
        fork.cpu.restore(cpu);
        assertThat(board.runToExit(100_000_000)).isZero();
        assertThat(fork.runToExit(100_000_000)).isZero();
        assertThat(fork.printed()).isEqualTo(board.printed());
        assertThat(fork.clock.now()).isEqualTo(board.clock.now());
        assertThat(fork.ram).isEqualTo(board.ram);
    }

    @Test
    void aTimerFiresAtItsCycleAndAnInterruptIsTakenThere() {
        BareBoard board = board(LOOP);
        enable(board, 3);
        List<Long> fired = new ArrayList<>();
        Clock.Timer timer = board.clock.timer("test", () -> {
            fired.add(board.clock.now());
            board.cpu.nvic().raise(3);
        });
        timer.start(1234);
        board.cpu.run(1233);
        assertThat(fired).isEmpty();
        assertThat(exception(board)).isZero();
        board.cpu.run(2);
        assertThat(fired).containsExactly(1234L);
        assertThat(exception(board)).isEqualTo(Nvic.IRQ0 + 3);
    }

    private static void enable(BareBoard board, int irq) {
        board.bus.write(0xE000E100, 4, 1 << irq);
    }

    @Test
    void aLineThatStaysHighInterruptsAgain() {
        BareBoard board = board(LOOP);
        LittleEndian.put(board.flash, 0x80, 2, 0x4770); // bx lr: the handler returns at once
        enable(board, 0);
        board.cpu.nvic().raise(0);
        board.cpu.run(10);
        assertThat(exception(board)).isNotZero();
        board.cpu.nvic().lower(0);
        board.cpu.run(10);
        assertThat(exception(board)).isZero();
    }

    @Test
    void aStallPassesTimeWithoutInstructionsWhileTimersGoOn() {
        BareBoard board = board(0x6008 /* str r0, [r1] */, NOP, LOOP);
        List<Long> fired = new ArrayList<>();
        board.clock.timer("during", () -> fired.add(board.clock.now())).start(500);
        board.bus.addDevice("slow", 0x4000_0000, 4, new Device() {
            @Override
            public int read(int offset, int width) {
                return 0;
            }

            @Override
            public void write(int offset, int width, int value) {
                board.clock.stall(1000);
            }
        });
        board.cpu.setRegister(1, 0x4000_0000);
        board.cpu.run(1002);
        assertThat(fired).containsExactly(500L);
        assertThat(board.cpu.retired()).isEqualTo(2);
        assertThat(board.clock.now()).isEqualTo(1002);
    }

    @Test
    void sleepSkipsToTheNextTimerAndEndsWhenNothingIsLeft() {
        BareBoard board = board(0xBF30 /* wfi */, LOOP);
        enable(board, 1);
        board.clock.timer("wake", () -> board.cpu.nvic().raise(1)).start(1_000_000);
        board.cpu.run(1_000_001);
        assertThat(exception(board)).isEqualTo(Nvic.IRQ0 + 1);
        assertThat(board.cpu.retired()).isEqualTo(2);
        BareBoard forever = board(0xBF30, LOOP);
        assertThat(forever.cpu.run(Long.MAX_VALUE)).isInstanceOf(StopReason.Asleep.class);
    }

    @Test
    void anInstructionThatIsNotKnownStopsWithItsAddressAndEncoding() {
        StopReason reason = board(NOP, 0xB600 /* unallocated */).cpu.run(10);
        assertThat(reason).isEqualTo(new StopReason.UnknownInstruction(0x102, 0xB600));
        assertThat(reason.message()).isEqualTo("unknown instruction 0xb600 at 0x00000102");
    }

    @Test
    void aFaultInTheHardFaultHandlerLocksUp() { // B1.5.15
        BareBoard board = board(0xDE00 /* udf */);
        LittleEndian.put(board.flash, 0x80, 2, 0xDE01); // udf in the handler
        assertThat(board.cpu.run(100))
                .isInstanceOfSatisfying(
                        StopReason.Lockup.class,
                        lockup -> assertThat(lockup.message()).contains("undefined instruction 0xde01 at 0x80"));
    }

    @Test
    void aFaultOnUnmappedMemoryNamesAddressAndAccess() {
        BareBoard board = board(0x6808 /* ldr r0, [r1] */);
        board.cpu.setRegister(1, 0x7000_0000);
        board.cpu.run(10);
        assertThat(exception(board)).isEqualTo(Nvic.HARD_FAULT);
        assertThat(board.cpu.lastFault()).isEqualTo("read of 4 bytes at 0x70000000, where nothing answers");
    }

    @Test
    void busFaultsCanBeIgnoredUnderFaultmask() { // B3.2.8, CCR.BFHFNMIGN: how firmware probes memory
        BareBoard board = board(0xB671 /* cpsid f */, 0x6808 /* ldr r0, [r1] */, LOOP);
        board.bus.write(0xE000ED14, 4, 1 << 9 | 1 << 8);
        board.cpu.setRegister(1, 0x7000_0004);
        board.cpu.run(10);
        assertThat(exception(board)).isZero();
        assertThat(board.cpu.register(15)).isEqualTo(0x104);
        assertThat(board.bus.read(0xE000ED28, 4)).isEqualTo(0x8200);
        assertThat(board.bus.read(0xE000ED38, 4)).isEqualTo(0x7000_0004);
    }

    @Test
    void guardedFlashAsksTheControllerAndTheRestDoesNot() {
        BareBoard board = board(0x6808 /* ldr r0, [r1] */, 0x6810 /* ldr r0, [r2] */, LOOP);
        board.flashRegion.guard(0x1000, 0x1010);
        board.cpu.setRegister(1, 0x0FFC);
        board.cpu.setRegister(2, 0x100C);
        board.cpu.run(1);
        assertThat(exception(board)).isZero();
        board.cpu.run(2);
        assertThat(exception(board)).isEqualTo(Nvic.HARD_FAULT);
        assertThat(board.cpu.lastFault()).isEqualTo("guarded");
    }

    @Test
    void rewrittenCodeRunsAsRewritten() {
        BareBoard board = board(0x2001 /* movs r0, #1 */, 0xE7FD /* b 0x100 */);
        board.cpu.run(1000);
        assertThat(board.cpu.register(0)).isEqualTo(1);
        LittleEndian.put(board.flash, 0x100, 2, 0x2002); // movs r0, #2
        board.flashRegion.changed(0x100, 2);
        board.cpu.run(10);
        assertThat(board.cpu.register(0)).isEqualTo(2);
    }

    @Test
    void codeInRamThatIsOverwrittenRunsAsRewritten() {
        BareBoard board = board(0x4708 /* bx r1 */);
        LittleEndian.put(board.ram, 0, 4, 0xE7FD_2001); // movs r0, #1; b .-2
        board.cpu.setRegister(1, BareBoard.RAM | 1);
        board.cpu.run(1000);
        LittleEndian.put(board.ram, 0, 2, 0x2003);
        board.cpu.run(10);
        assertThat(board.cpu.register(0)).isEqualTo(3);
    }

    @Test
    void theCycleCounterCounts() { // C1.8
        BareBoard board = board(NOP, NOP, NOP, NOP, NOP, LOOP);
        board.bus.write(0xE0001000, 4, 1);
        board.cpu.run(5);
        assertThat(board.bus.read(0xE0001004, 4)).isEqualTo(5);
    }
}
