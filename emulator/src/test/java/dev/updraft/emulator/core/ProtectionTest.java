package dev.updraft.emulator.core;

import static dev.updraft.emulator.core.CpuTest.board;
import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.memory.LittleEndian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the processor refuses, and how it says so; each with the section of the Armv7-M ARM. */
class ProtectionTest {
    private static final int LOOP = 0xE7FE; // b .
    private static final int LOAD = 0x6808; // ldr r0, [r1]
    private static final int STORE = 0x6008; // str r0, [r1]
    private static final int CFSR = 0xE000_ED28;
    private static final int HFSR = 0xE000_ED2C;
    private static final int MMFAR = 0xE000_ED34;
    private static final int DATA = BareBoard.RAM + 0x4_0000;

    private static final int NO_ACCESS = 0;
    private static final int FULL = 3;
    private static final int READ_ONLY = 6;
    private static final int PRIVILEGED = 1;

    /** Enables faults and a region of 2 to the power of {@code bits} bytes. */
    private static void region(BareBoard board, int number, int address, int bits, int access, boolean never) {
        board.bus.write(0xE000ED24, 4, 7 << 16); // SHCSR
        board.bus.write(0xE000ED9C, 4, address | 16 | number);
        board.bus.write(0xE000EDA0, 4, (never ? 1 << 28 : 0) | access << 24 | bits - 1 << 1 | 1);
        board.bus.write(0xE000ED94, 4, 5); // PRIVDEFENA, ENABLE
    }

    private static int exception(BareBoard board) {
        return board.cpu.xpsr() & 0x1FF;
    }

    private static int status(BareBoard board) {
        return board.bus.read(CFSR, 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {STORE, 0xE9C1_0000 /* strd r0, r0, [r1] */})
    void aWriteToAReadOnlyRegionIsAMemManageFault(int store) { // B3.5.4, B3.2.15
        BareBoard board = store == STORE ? board(STORE, LOOP) : board(store >>> 16, store & 0xFFFF, LOOP);
        region(board, 0, DATA, 8, READ_ONLY, true);
        board.cpu.setRegister(1, DATA + 0x10);
        board.cpu.run(10);
        assertThat(exception(board)).isEqualTo(Nvic.MEM_MANAGE);
        assertThat(status(board)).isEqualTo(0x82);
        assertThat(board.bus.read(MMFAR, 4)).isEqualTo(DATA + 0x10);
        assertThat(board.cpu.lastFault()).isEqualTo("write to 0x20040010, which the MPU does not allow");
    }

    @Test
    void withoutMemManageEnabledItEscalates() { // B1.5.14
        BareBoard board = board(LOAD, LOOP);
        region(board, 0, DATA, 8, NO_ACCESS, true);
        board.bus.write(0xE000ED24, 4, 0);
        board.cpu.setRegister(1, DATA);
        board.cpu.run(10);
        assertThat(exception(board)).isEqualTo(Nvic.HARD_FAULT);
        assertThat(board.bus.read(HFSR, 4)).isEqualTo(1 << 30);
    }

    @Test
    void theRegionWithTheHighestNumberCountsAndSubregionsCanBeLeftOut() { // B3.5.3
        BareBoard board = board(LOAD, 0x6810 /* ldr r0, [r2] */, 0x6818 /* ldr r0, [r3] */, LOOP);
        region(board, 1, DATA, 12, NO_ACCESS, true);
        region(board, 2, DATA, 8, FULL, true);
        board.bus.write(0xE000ED98, 4, 1);
        board.bus.write(0xE000EDA0, 4, 1 << 15 | 11 << 1 | 1); // the last eighth of region 1 is not part of it
        board.cpu.setRegister(1, DATA + 0xFC);
        board.cpu.setRegister(2, DATA + 0xE00);
        board.cpu.setRegister(3, DATA + 0x100);
        board.cpu.run(2);
        assertThat(exception(board)).isZero();
        board.cpu.run(1);
        assertThat(exception(board)).isEqualTo(Nvic.MEM_MANAGE);
        assertThat(board.bus.read(MMFAR, 4)).isEqualTo(DATA + 0x100);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unprivilegedCodeNeedsARegion(boolean translating) { // B3.5.1: no background for it
        BareBoard board = board(LOAD, 0xF380, 0x8814 /* msr control, r0 */, 0x6810 /* ldr r0, [r2] */, 0x6818, LOOP);
        board.cpu.setTranslating(translating);
        board.cpu.setHot(1);
        region(board, 0, 0, 20, READ_ONLY, false);
        region(board, 1, DATA, 8, FULL, true);
        region(board, 2, DATA + 0x100, 8, PRIVILEGED, true);
        region(board, 3, BareBoard.RAM, 12, FULL, true); // the stack
        LittleEndian.put(board.ram, DATA + 0x100 - BareBoard.RAM, 4, 1); // nPRIV
        board.cpu.setRegister(1, DATA + 0x100);
        board.cpu.setRegister(2, DATA);
        board.cpu.setRegister(3, DATA + 0x100);
        board.cpu.run(3);
        assertThat(exception(board)).isZero();
        board.cpu.run(1);
        assertThat(status(board)).isEqualTo(0x82);
        assertThat(exception(board)).isEqualTo(Nvic.MEM_MANAGE);
    }

    @Test
    void aStackThatMayNotBeWrittenHasItsOwnStatus() { // B1.5.11, MMFSR.MSTKERR
        BareBoard board = board(0xDF00 /* svc */, LOOP);
        region(board, 0, BareBoard.RAM, 12, READ_ONLY, true);
        board.bus.write(0xE000ED1C, 4, 0x80 << 24); // SVCall is less urgent than MemManage
        board.cpu.run(10);
        assertThat(exception(board)).isEqualTo(Nvic.MEM_MANAGE);
        assertThat(status(board)).isEqualTo(0x10);
    }

    @Test
    void codeIsNotFetchedFromWhereItMayNotBeExecuted() { // B3.5.1
        BareBoard board = board(0x4708 /* bx r1 */);
        LittleEndian.put(board.ram, DATA - BareBoard.RAM, 2, LOOP);
        region(board, 0, DATA, 8, FULL, true);
        board.cpu.setRegister(1, DATA | 1);
        board.cpu.run(10);
        assertThat(exception(board)).isEqualTo(Nvic.MEM_MANAGE);
        assertThat(status(board)).isEqualTo(1);
    }

    @Test
    void straightCodeStopsAtTheRegionThatMayNotBeExecuted() {
        BareBoard board = board();
        for (int at = 0x100; at < 0x300; at += 2) {
            LittleEndian.put(board.flash, at, 2, 0x3001); // adds r0, #1
        }
        region(board, 0, 0x200, 8, FULL, true);
        board.cpu.run(1000);
        assertThat(board.cpu.register(0)).isEqualTo(128);
        assertThat(status(board)).isEqualTo(1);
    }

    @Test
    void withoutHfnmienaTheMpuIsOffInAHardFault() { // B3.5.5, MPU_CTRL
        BareBoard board = board(0xDE00 /* udf */);
        LittleEndian.put(board.flash, 0x80, 2, LOAD);
        LittleEndian.put(board.flash, 0x82, 2, LOOP);
        region(board, 0, DATA, 8, NO_ACCESS, true);
        board.bus.write(0xE000ED24, 4, 0);
        board.cpu.setRegister(1, DATA);
        board.cpu.run(10);
        assertThat(exception(board)).isEqualTo(Nvic.HARD_FAULT);
        assertThat(board.cpu.register(15)).isEqualTo(0x82);
    }

    @Test
    void unprivilegedCodeMayNotTouchTheSystemControlSpace() { // B3.1, table B3-1
        BareBoard board = board(0xF380, 0x8814 /* msr control, r0 */, LOAD, LOOP);
        board.bus.write(0xE000ED24, 4, 7 << 16);
        board.cpu.setRegister(0, 1);
        board.cpu.setRegister(1, 0xE000_ED08);
        board.cpu.run(10);
        assertThat(exception(board)).isEqualTo(Nvic.BUS_FAULT);
        assertThat(status(board)).isEqualTo(0x8200);
    }

    @Test
    void aVectorThatCannotBeReadIsAHardFault() { // B1.5.14, HFSR.VECTTBL
        BareBoard board = board(LOOP);
        int table = BareBoard.RAM + board.ram.length - 0x80;
        for (int i = 1; i < 32; i++) {
            LittleEndian.put(board.ram, board.ram.length - 0x80 + 4 * i, 4, 0x81);
        }
        board.bus.write(0xE000ED08, 4, table);
        board.bus.write(0xE000E100, 4, 1 << 20);
        board.cpu.nvic().raise(20); // vector 36 lies behind the RAM
        board.cpu.run(10);
        assertThat(exception(board)).isEqualTo(Nvic.HARD_FAULT);
        assertThat(board.bus.read(HFSR, 4)).isEqualTo(2);
    }

    @Test
    void lazyStackingThatFailsHasItsOwnStatus() { // B1.5.7, BFSR.LSPERR
        BareBoard board = board(0xEE30, 0x0A00 /* vadd.f32 s0, s0, s0 */, LOOP);
        board.bus.write(0xE000ED24, 4, 7 << 16);
        board.bus.write(0xE000ED88, 4, 0xF << 20);
        board.bus.write(0xE000EF38, 4, 0x7000_0000); // FPCAR
        board.bus.write(0xE000EF34, 4, 0xC000_0001); // LSPACT
        board.cpu.run(10);
        assertThat(exception(board)).isEqualTo(Nvic.BUS_FAULT);
        assertThat(status(board)).isEqualTo(1 << 13);
    }

    @Test
    void anInterruptThatOnlyBecomesPendingIsAnEventWhenSevonpendSaysSo() { // B1.5.18
        for (boolean sevonpend : new boolean[] {false, true}) {
            BareBoard board = board(0xBF20 /* wfe */, 0xBF20, LOOP);
            board.bus.write(0xE000ED10, 4, sevonpend ? 16 : 0);
            board.clock.timer("later", () -> board.cpu.nvic().raise(3)).start(100);
            board.cpu.run(1000);
            assertThat(board.cpu.retired()).isEqualTo(sevonpend ? 2 : 1);
        }
    }

    @Test
    void everyBitOfAMegabyteHasAWordOfItsOwn() { // Cortex-M4 TRM 3.7
        BareBoard board = board(STORE, 0x6810 /* ldr r0, [r2] */, 0x681C /* ldr r4, [r3] */, LOOP);
        LittleEndian.put(board.ram, 0x204, 4, 0x0001_0000);
        board.cpu.setRegister(0, 0xFFFF_FFFF);
        board.cpu.setRegister(1, 0x2200_0000 + 0x207 * 32 + 5 * 4);
        board.cpu.setRegister(2, 0x2200_0000 + 0x206 * 32);
        board.cpu.setRegister(3, 0x2200_0000 + 0x206 * 32 + 4);
        board.cpu.run(3);
        assertThat(LittleEndian.get(board.ram, 0x204, 4)).isEqualTo(0x2001_0000);
        assertThat(board.cpu.register(0)).isEqualTo(1);
        assertThat(board.cpu.register(4)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0xF240_0001 /* movw */, 0xBF08 /* it */, 0xB108 /* cbz */, 0xFBB0_F0F1 /* udiv */})
    void armv6mHasFewerInstructions(int encoding) { // Armv6-M ARM A5
        int[] code = encoding >>> 16 == 0
                ? new int[] {encoding & 0xFFFF, LOOP}
                : new int[] {encoding >>> 16, encoding & 0xFFFF, LOOP};
        BareBoard small = board(CpuModel.CORTEX_M0, code);
        small.cpu.run(10);
        assertThat(exception(small)).isEqualTo(Nvic.HARD_FAULT);
        BareBoard large = board(CpuModel.CORTEX_M4, code);
        large.cpu.run(10);
        assertThat(exception(large)).isZero();
    }

    @Test
    void armv6mHasNoUnalignedAccesses() { // Armv6-M ARM A3.2
        BareBoard board = board(CpuModel.CORTEX_M0, LOAD, LOOP);
        board.cpu.setRegister(1, DATA + 2);
        board.cpu.run(10);
        assertThat(exception(board)).isEqualTo(Nvic.HARD_FAULT);
    }

    @Test
    void fixedPointBecomesFloatingPointToNearestWhateverTheMode() { // A7.7.231; libunicorn 2.0.1 rounds as FPSCR says
        BareBoard board = board(0xEEBA, 0x0AEF /* vcvt.f32.s32 s0, s0, #1 */, LOOP);
        board.bus.write(0xE000ED88, 4, 0xF << 20);
        board.cpu.registers().control |= 4;
        board.cpu.setFloatingPoint(32, 1 << 22); // towards plus infinity
        board.cpu.setFloatingPoint(0, 0x0100_0001);
        board.cpu.run(1);
        assertThat(board.cpu.floatingPoint(0)).isEqualTo(0x4B00_0000);
    }

    @Test
    void theFourthVersionOfTheFpuHasNeitherDoublesNorSelection() { // A6.4: MVFR0, MVFR2
        int[][] instructions = {{0xEE31, 0x0B02}, {0xFE00, 0x0A81}, {0xEEB6, 0x0A40}}; // vadd.f64, vseleq, vrintr
        for (int[] code : instructions) {
            for (CpuModel model : new CpuModel[] {CpuModel.CORTEX_M4, CpuModel.CORTEX_M7}) {
                BareBoard board = board(model, code[0], code[1], LOOP);
                board.bus.write(0xE000ED88, 4, 0xF << 20);
                board.cpu.run(10);
                assertThat(exception(board) == 0).isEqualTo(model == CpuModel.CORTEX_M7);
            }
        }
    }
}
