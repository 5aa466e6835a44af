package dev.updraft.emulator.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.emulator.flash.Tear;
import dev.updraft.emulator.memory.Bus;
import dev.updraft.emulator.memory.BusFault;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Register sequences and the flags that the reference manuals promise for them. The registers are accessed as the processor does. */
class FlashControllerTest {
    private static final int KEY1 = 0x45670123;
    private static final int KEY2 = 0xCDEF89AB;

    /** On all boards. */
    private static final int RAM = 0x2000_0000;

    /** A board whose processor spins in flash, and its bus. */
    private static final class Rig {
        final Board board;
        final Bus bus;

        Rig(String name) {
            board = Boards.create(name).seed(5).build();
            byte[] spin = new byte[12];
            spin[3] = 0x20; // stack pointer 0x20000000
            spin[4] = 9;
            spin[7] = 8; // start at 0x08000008
            spin[8] = (byte) 0xFE;
            spin[9] = (byte) 0xE7; // b .
            board.program(0x0800_0000, spin);
            board.powerOn();
            bus = board.cpu().bus();
        }

        Rig write(int address, int value) {
            bus.write(address, 4, value);
            return this;
        }

        Rig write(int address, int width, int value) {
            bus.write(address, width, value);
            return this;
        }

        int read(int address) {
            return bus.read(address, 4);
        }

        Rig settle() {
            board.runFor(1);
            board.run(() -> !board.isFlashBusy(), 3_000_000);
            assertThat(board.isFlashBusy()).isFalse();
            return this;
        }

        /** Has the processor execute a load from an address, from RAM; its vectors all lead to a loop. */
        void executeRead(int address) {
            for (int i = 0; i < 16; i++) {
                bus.write(RAM + 4 * i, 4, RAM + 0x43);
            }
            bus.write(RAM + 0x40, 4, 0xE7FE_6808); // ldr r0, [r1]; b .
            bus.write(0xE000_ED08, 4, RAM);
            board.cpu().setRegister(1, address);
            board.cpu().setRegister(13, RAM + 0x1000);
            board.cpu().setRegister(15, RAM + 0x40);
            board.runFor(10);
        }

        /** Restarts after a power cut during the next operation, with the given look. */
        Rig cutNext(Tear.Look look, Runnable operation) {
            board.cutPowerAt(board.flashOperations() + 1, Tear.looking(look, 9));
            operation.run();
            assertThat(board.runFor(1000)).isInstanceOf(Outcome.PowerCut.class);
            board.powerOn();
            return this;
        }
    }

    private record Sequence(String promise, Consumer<Rig> steps) {}

    private static Stream<DynamicTest> on(String board, Stream<Sequence> sequences) {
        return sequences.map(each -> DynamicTest.dynamicTest(each.promise, () -> each.steps.accept(new Rig(board))));
    }

    private static final int F4 = 0x4002_3C00;
    private static final int F4_SR = F4 + 0x0C;
    private static final int F4_CR = F4 + 0x10;
    private static final int F4_SECTOR5 = 0x0802_0000;
    private static final int F4_ERRORS = 0xF2;

    private static Rig unlockF4(Rig rig) {
        return rig.write(F4 + 4, KEY1).write(F4 + 4, KEY2);
    }

    private static void f4Flags(Rig rig, int flags) {
        assertThat(rig.read(F4_SR) & F4_ERRORS).isEqualTo(flags);
    }

    @TestFactory
    Stream<DynamicTest> theF407sFlashAnswersAsRm0090Says() {
        int pgserr = 1 << 7;
        int pgperr = 1 << 6;
        int wrperr = 1 << 4;
        return on(
                "stm32f407",
                Stream.of(
                        new Sequence("3.6.1 the two keys unlock CR", rig -> {
                            assertThat(rig.read(F4_CR)).isNegative();
                            assertThat(unlockF4(rig).read(F4_CR)).isZero();
                        }),
                        new Sequence("3.6.1 a wrong key is a bus error and locks CR until reset", rig -> {
                            assertThatThrownBy(() -> rig.write(F4 + 4, KEY2)).isInstanceOf(BusFault.class);
                            assertThatThrownBy(() -> rig.write(F4 + 4, KEY1)).isInstanceOf(BusFault.class);
                            rig.board.pressReset();
                            assertThat(unlockF4(rig).read(F4_CR)).isZero();
                        }),
                        new Sequence(
                                "3.9.5 a locked CR takes no writes",
                                rig -> assertThat(rig.write(F4_CR, 1).read(F4_CR))
                                        .isEqualTo(1 << 31)),
                        new Sequence(
                                "3.9.5 LOCK locks again",
                                rig -> assertThat(unlockF4(rig)
                                                .write(F4_CR, 1 << 31)
                                                .read(F4_CR))
                                        .isNegative()),
                        new Sequence("3.6.5 a write without PG is a sequence error", rig -> {
                            unlockF4(rig).write(F4_CR, 2 << 8).write(F4_SECTOR5, 0x1234);
                            f4Flags(rig, pgserr);
                            assertThat(rig.read(F4_SECTOR5)).isEqualTo(-1);
                        }),
                        new Sequence("3.6.5 a width other than PSIZE is a parallelism error", rig -> {
                            unlockF4(rig).write(F4_CR, 2 << 8 | 1).write(F4_SECTOR5, 1, 0x12);
                            f4Flags(rig, pgperr);
                        }),
                        new Sequence("3.6.5 a word is programmed and no flag is set", rig -> {
                            unlockF4(rig).write(F4_CR, 2 << 8 | 1).write(F4_SECTOR5, 0xCAFE0000);
                            rig.settle();
                            f4Flags(rig, 0);
                            assertThat(rig.read(F4_SECTOR5)).isEqualTo(0xCAFE0000);
                        }),
                        new Sequence("3.6.5 bits go from 1 to 0 only, at any time", rig -> {
                            unlockF4(rig).write(F4_CR, 2 << 8 | 1).write(F4_SECTOR5, 0x0F0F0F0F);
                            rig.settle().write(F4_SECTOR5, 0x00FF00FF).settle();
                            assertThat(rig.read(F4_SECTOR5)).isEqualTo(0x000F000F);
                        }),
                        new Sequence("3.6.5 bytes with PSIZE x8", rig -> {
                            unlockF4(rig).write(F4_CR, 1).write(F4_SECTOR5 + 1, 1, 0x42);
                            rig.settle();
                            assertThat(rig.read(F4_SECTOR5)).isEqualTo(0xFFFF42FF);
                        }),
                        new Sequence("3.6.3 SER, SNB and STRT erase one sector; EOP only with EOPIE", rig -> {
                            rig.board.program(F4_SECTOR5 - 4, new byte[8]);
                            unlockF4(rig).write(F4_CR, 2 << 8 | 5 << 3 | 2 | 1 << 16);
                            assertThat(rig.read(F4_SR)).isEqualTo(1 << 16);
                            rig.settle();
                            assertThat(rig.read(F4_SR)).isZero();
                            assertThat(rig.read(F4_SECTOR5)).isEqualTo(-1);
                            assertThat(rig.read(F4_SECTOR5 - 4)).isZero();
                            rig.write(F4_CR, 2 << 8 | 1 | 1 << 24).write(F4_SECTOR5, 0);
                            assertThat(rig.settle().read(F4_SR)).isEqualTo(1);
                            assertThat(rig.write(F4_SR, 1).read(F4_SR)).isZero();
                        }),
                        new Sequence("3.6.3 STRT without SER or MER is a sequence error", rig -> {
                            unlockF4(rig).write(F4_CR, 1 << 16);
                            f4Flags(rig, pgserr);
                        }),
                        new Sequence("3.6.3 MER and STRT erase everything", rig -> {
                            rig.board.program(0x080F_FFFC, new byte[4]);
                            unlockF4(rig).write(F4_CR, 2 << 8 | 4 | 1 << 16);
                            rig.board.run(() -> !rig.board.isFlashBusy(), 20_000_000);
                            assertThat(rig.read(0x080F_FFFC)).isEqualTo(-1);
                            assertThat(rig.read(0x0800_0000)).isEqualTo(-1);
                        }),
                        new Sequence("3.4 code that runs from flash stands still while it is busy", rig -> {
                            long before = rig.board.cpu().retired();
                            unlockF4(rig).write(F4_CR, 2 << 8 | 5 << 3 | 2 | 1 << 16);
                            rig.board.runFor(10_000);
                            assertThat(rig.board.cpu().retired() - before).isLessThan(10);
                        }),
                        new Sequence("3.9.4 OPERR comes with an error only when ERRIE is set", rig -> {
                            unlockF4(rig).write(F4_CR, 1 << 25).write(F4_SECTOR5, 0);
                            f4Flags(rig, pgserr | 2);
                        }),
                        new Sequence("3.7.3 a write-protected sector is neither programmed nor erased", rig -> {
                            rig.write(F4 + 8, 0x08192A3B).write(F4 + 8, 0x4C5D6E7F);
                            rig.write(F4 + 0x14, 0x0FFFAAEC & ~(1 << 21) | 2).settle();
                            unlockF4(rig).write(F4_CR, 2 << 8 | 1).write(F4_SECTOR5, 0);
                            f4Flags(rig, wrperr);
                            rig.write(F4_SR, F4_ERRORS).write(F4_CR, 2 << 8 | 5 << 3 | 2 | 1 << 16);
                            f4Flags(rig, wrperr);
                            assertThat(rig.read(F4_SECTOR5)).isEqualTo(-1);
                        })));
    }

    private static final int L4 = 0x4002_2000;
    private static final int L4_SR = L4 + 0x10;
    private static final int L4_CR = L4 + 0x14;
    private static final int L4_ECCR = L4 + 0x18;
    private static final int L4_PAGE = 0x0802_0000;

    private static Rig unlockL4(Rig rig) {
        return rig.write(L4 + 8, KEY1).write(L4 + 8, KEY2);
    }

    private static void programL4(Rig rig, int address, int low, int high) {
        rig.write(L4_CR, 1).write(address, low).write(address + 4, high);
    }

    @TestFactory
    Stream<DynamicTest> theL476sFlashAnswersAsRm0351Says() {
        int progerr = 1 << 3;
        int pgaerr = 1 << 5;
        int sizerr = 1 << 6;
        int pgserr = 1 << 7;
        return on(
                "stm32l476",
                Stream.of(
                        new Sequence("3.3.5 a wrong key is a bus error and locks CR until reset", rig -> {
                            assertThat(rig.read(L4_CR)).isNegative();
                            assertThatThrownBy(() -> rig.write(L4 + 8, KEY2)).isInstanceOf(BusFault.class);
                            assertThatThrownBy(() -> unlockL4(rig)).isInstanceOf(BusFault.class);
                            assertThat(rig.read(L4_CR)).isNegative();
                            rig.board.pressReset();
                            assertThat(unlockL4(rig).read(L4_CR)).isNotNegative();
                        }),
                        new Sequence("3.3.6 MER2 and STRT erase bank 2 and nothing else", rig -> {
                            rig.board.program(0x0807_FFF8, new byte[16]);
                            unlockL4(rig).write(L4_CR, 1 << 15 | 1 << 16).settle();
                            assertThat(rig.read(0x0808_0000)).isEqualTo(-1);
                            assertThat(rig.read(0x0807_FFFC)).isZero();
                        }),
                        new Sequence("3.3.7 two words make a double word", rig -> {
                            programL4(unlockL4(rig), L4_PAGE, 1, 2);
                            rig.settle();
                            assertThat(rig.read(L4_SR)).isZero();
                            assertThat(rig.read(L4_PAGE + 4)).isEqualTo(2);
                        }),
                        new Sequence(
                                "3.3.7 a double word that is not erased is refused, unless it becomes all zero",
                                rig -> {
                                    programL4(unlockL4(rig), L4_PAGE, 1, 2);
                                    rig.settle();
                                    programL4(rig, L4_PAGE, 1, 2);
                                    assertThat(rig.read(L4_SR)).isEqualTo(progerr);
                                    rig.write(L4_SR, progerr);
                                    programL4(rig, L4_PAGE, 0, 0);
                                    assertThat(rig.settle().read(L4_SR)).isZero();
                                    assertThat(rig.read(L4_PAGE)).isZero();
                                }),
                        new Sequence("3.3.7 a byte or half-word is a size error", rig -> {
                            unlockL4(rig).write(L4_CR, 1).write(L4_PAGE, 2, 0);
                            assertThat(rig.read(L4_SR)).isEqualTo(sizerr);
                        }),
                        new Sequence("3.3.7 words of two double words are an alignment error", rig -> {
                            unlockL4(rig).write(L4_CR, 1).write(L4_PAGE, 0).write(L4_PAGE + 12, 0);
                            assertThat(rig.read(L4_SR)).isEqualTo(pgaerr);
                        }),
                        new Sequence(
                                "3.3.7 a write without PG is a sequence error, and so is anything before the flags are cleared",
                                rig -> {
                                    unlockL4(rig).write(L4_PAGE, 0);
                                    assertThat(rig.read(L4_SR)).isEqualTo(pgserr);
                                    rig.write(L4_CR, 2 | 64 << 3 | 1 << 16);
                                    assertThat(rig.read(L4_SR)).isEqualTo(pgserr);
                                    rig.write(L4_SR, pgserr).write(L4_CR, 2 | 64 << 3 | 1 << 16);
                                    assertThat(rig.read(L4_SR)).isEqualTo(1 << 16);
                                }),
                        new Sequence("3.3.6 PER, PNB, BKER and STRT erase one page", rig -> {
                            rig.board.program(L4_PAGE, new byte[4096]);
                            unlockL4(rig).write(L4_CR, 2 | 64 << 3 | 1 << 16);
                            rig.settle();
                            assertThat(rig.read(L4_PAGE + 2044)).isEqualTo(-1);
                            assertThat(rig.read(L4_PAGE + 2048)).isZero();
                        }),
                        new Sequence("3.3.8 the other bank can be read while one is busy, without waiting", rig -> {
                            unlockL4(rig).write(L4_CR, 2 | 1 << 11 | 1 << 16);
                            assertThat(rig.read(L4_SR)).isEqualTo(1 << 16);
                            assertThat(rig.read(L4_PAGE)).isEqualTo(-1);
                            rig.board.runFor(1000);
                            assertThat(rig.read(L4_SR)).isEqualTo(1 << 16);
                            assertThat(rig.settle().read(L4_SR)).isZero();
                        }),
                        new Sequence("3.7.7 a torn double word sets ECCD and its address, and raises the NMI", rig -> {
                            unlockL4(rig);
                            rig.cutNext(Tear.Look.UNREADABLE, () -> programL4(rig, L4_PAGE, 1, 2));
                            rig.read(L4_PAGE);
                            assertThat(rig.read(L4_ECCR)).isEqualTo(1 << 31 | 0x20000);
                            assertThat(rig.write(L4_ECCR, 1 << 31).read(L4_ECCR) >>> 30)
                                    .isZero();
                        }),
                        new Sequence("3.3.3 the processor that reads it takes the NMI", rig -> {
                            unlockL4(rig);
                            rig.cutNext(Tear.Look.UNREADABLE, () -> programL4(rig, L4_PAGE, 1, 2));
                            rig.executeRead(L4_PAGE);
                            assertThat(rig.board.cpu().xpsr() & 0x1FF).isEqualTo(2);
                            assertThat(rig.read(L4_ECCR)).isEqualTo(1 << 31 | 0x20000);
                        }),
                        new Sequence("a torn double word may read as erased and refuse programming", rig -> {
                            unlockL4(rig);
                            rig.cutNext(Tear.Look.REFUSES, () -> programL4(rig, L4_PAGE, 1, 2));
                            assertThat(rig.read(L4_PAGE)).isEqualTo(-1);
                            assertThat(rig.read(L4_ECCR)).isZero();
                            programL4(unlockL4(rig), L4_PAGE, 1, 2);
                            assertThat(rig.read(L4_SR)).isEqualTo(progerr);
                            rig.write(L4_SR, progerr)
                                    .write(L4_CR, 2 | 64 << 3 | 1 << 16)
                                    .settle();
                            programL4(rig, L4_PAGE, 1, 2);
                            assertThat(rig.settle().read(L4_SR)).isZero();
                            assertThat(rig.read(L4_PAGE)).isEqualTo(1);
                        })));
    }

    private static final int H7 = 0x5200_2000;
    private static final int H7_CR2 = H7 + 0x10C;
    private static final int H7_SR2 = H7 + 0x110;
    private static final int H7_CCR2 = H7 + 0x114;
    private static final int H7_BANK2 = 0x0810_0000;

    private static Rig unlockH7(Rig rig) {
        return rig.write(H7 + 0x104, KEY1).write(H7 + 0x104, KEY2);
    }

    private static void programH7(Rig rig, int address) {
        rig.write(H7_CR2, 2);
        for (int i = 0; i < 8; i++) {
            rig.write(address + 4 * i, 0x1000 + i);
        }
    }

    @TestFactory
    Stream<DynamicTest> theH743sFlashAnswersAsRm0433Says() {
        int eop = 1 << 16;
        int pgserr = 1 << 18;
        int strberr = 1 << 19;
        int incerr = 1 << 21;
        int dbeccerr = 1 << 26;
        return on(
                "stm32h743",
                Stream.of(
                        new Sequence("4.3.9 eight words make a flash word", rig -> {
                            unlockH7(rig).write(H7_CR2, 2).write(H7_BANK2, 0x1000);
                            assertThat(rig.read(H7_SR2)).isEqualTo(2);
                            for (int i = 1; i < 8; i++) {
                                rig.write(H7_BANK2 + 4 * i, 0x1000 + i);
                            }
                            assertThat(rig.read(H7_SR2)).isEqualTo(5);
                            assertThat(rig.settle().read(H7_SR2)).isEqualTo(eop);
                            assertThat(rig.read(H7_BANK2 + 28)).isEqualTo(0x1007);
                        }),
                        new Sequence("4.3.9 FW forces a part of a flash word out", rig -> {
                            unlockH7(rig).write(H7_CR2, 2).write(H7_BANK2, 7).write(H7_CR2, 2 | 1 << 6);
                            rig.settle();
                            assertThat(rig.read(H7_BANK2)).isEqualTo(7);
                            assertThat(rig.read(H7_BANK2 + 4)).isEqualTo(-1);
                        }),
                        new Sequence("4.7.3 a write without PG is a sequence error and blocks the next", rig -> {
                            unlockH7(rig).write(H7_BANK2, 7);
                            assertThat(rig.read(H7_SR2)).isEqualTo(pgserr);
                            assertThat(rig.write(H7_CCR2, pgserr).read(H7_SR2)).isZero();
                        }),
                        new Sequence("4.7.5 writes to two flash words are an inconsistency error", rig -> {
                            unlockH7(rig).write(H7_CR2, 2).write(H7_BANK2, 7).write(H7_BANK2 + 32, 7);
                            assertThat(rig.read(H7_SR2)).isEqualTo(incerr);
                        }),
                        new Sequence("4.7.4 a byte written twice is a strobe error", rig -> {
                            unlockH7(rig).write(H7_CR2, 2).write(H7_BANK2, 7).write(H7_BANK2, 7);
                            assertThat(rig.read(H7_SR2) & strberr).isEqualTo(strberr);
                        }),
                        new Sequence("4.3.10 SER, SNB and START erase one sector", rig -> {
                            rig.board.program(H7_BANK2 + 0x20000, new byte[64]);
                            unlockH7(rig).write(H7_CR2, 4 | 1 << 8 | 1 << 7).settle();
                            assertThat(rig.read(H7_BANK2 + 0x20000)).isEqualTo(-1);
                        }),
                        new Sequence("4.3.10 BER and START erase one bank", rig -> {
                            rig.board.program(0x080F_FFE0, new byte[64]);
                            unlockH7(rig).write(H7_CR2, 8 | 1 << 7);
                            rig.board.run(() -> !rig.board.isFlashBusy(), 30_000_000);
                            assertThat(rig.read(H7_BANK2)).isEqualTo(-1);
                            assertThat(rig.read(0x080F_FFFC)).isZero();
                        }),
                        new Sequence("4.3.9 one bank can be read, and runs code, while the other is busy", rig -> {
                            long before = rig.board.cpu().retired();
                            unlockH7(rig).write(H7_CR2, 4 | 1 << 8 | 1 << 7);
                            rig.board.runFor(1000);
                            assertThat(rig.read(H7_SR2) & 1).isEqualTo(1);
                            assertThat(rig.board.cpu().retired() - before).isGreaterThan(10_000);
                        }),
                        new Sequence("4.5.1 a wrong key is a bus error and locks the bank until reset", rig -> {
                            assertThatThrownBy(() -> rig.write(H7 + 0x104, KEY2))
                                    .isInstanceOf(BusFault.class);
                            assertThatThrownBy(() -> unlockH7(rig)).isInstanceOf(BusFault.class);
                        }),
                        new Sequence("4.3.9 a flash word that is programmed twice has a double ECC error", rig -> {
                            programH7(unlockH7(rig), H7_BANK2);
                            rig.settle().write(H7_BANK2, 0);
                            rig.write(H7_CR2, 2 | 1 << 6).settle();
                            assertThatThrownBy(() -> rig.read(H7_BANK2)).isInstanceOf(BusFault.class);
                        }),
                        new Sequence(
                                "4.7.9 reading a torn flash word is a bus fault and sets DBECCERR and its address",
                                rig -> {
                                    unlockH7(rig);
                                    rig.cutNext(Tear.Look.UNREADABLE, () -> programH7(rig, H7_BANK2 + 64));
                                    assertThatThrownBy(() -> rig.read(H7_BANK2 + 68))
                                            .isInstanceOf(BusFault.class);
                                    assertThat(rig.read(H7_SR2)).isEqualTo(dbeccerr);
                                    assertThat(rig.read(H7 + 0x160)).isEqualTo(2);
                                    unlockH7(rig)
                                            .write(H7_CCR2, dbeccerr)
                                            .write(H7_CR2, 4 | 1 << 7)
                                            .settle();
                                    assertThat(rig.read(H7_BANK2 + 68)).isEqualTo(-1);
                                }),
                        new Sequence("4.3.12 the processor that reads it takes a precise bus fault", rig -> {
                            unlockH7(rig);
                            rig.cutNext(Tear.Look.UNREADABLE, () -> programH7(rig, H7_BANK2 + 64));
                            rig.bus.write(0xE000_ED24, 4, 1 << 17);
                            rig.executeRead(H7_BANK2 + 68);
                            assertThat(rig.board.cpu().xpsr() & 0x1FF).isEqualTo(5);
                            assertThat(rig.read(0xE000_ED28)).isEqualTo(0x8200);
                            assertThat(rig.read(0xE000_ED38)).isEqualTo(H7_BANK2 + 68);
                            assertThat(rig.read(H7_SR2)).isEqualTo(dbeccerr);
                        })));
    }

    @Test
    void aTornWordLooksOneWayAtOneBootAndMayLookAnotherWayAtTheNext() {
        Rig rig = new Rig("stm32f407");
        unlockF4(rig).write(F4_CR, 2 << 8 | 1);
        rig.cutNext(Tear.Look.OLD, () -> rig.write(F4_SECTOR5, 0x12345678));
        int changes = 0;
        int before = rig.read(F4_SECTOR5);
        assertThat(before).isEqualTo(-1);
        for (int boot = 0; boot < 12; boot++) {
            rig.board.powerOff(true);
            rig.board.powerOn();
            int now = rig.read(F4_SECTOR5);
            assertThat(now & 0x12345678)
                    .as("only bits that the program clears may be 0")
                    .isEqualTo(0x12345678);
            changes += now == before ? 0 : 1;
            before = now;
        }
        assertThat(changes).isPositive();
    }

    @Test
    void anInterruptedEraseLeavesEveryWordOfTheSectorUnstable() {
        Rig rig = new Rig("stm32f407");
        rig.board.program(F4_SECTOR5, new byte[128 * 1024]);
        unlockF4(rig);
        rig.cutNext(Tear.Look.ANY, () -> rig.write(F4_CR, 2 << 8 | 5 << 3 | 2 | 1 << 16));
        int old = 0;
        int erased = 0;
        int mixed = 0;
        int flickering = 0;
        for (int at = F4_SECTOR5; at < F4_SECTOR5 + 128 * 1024; at += 4) {
            int first = rig.read(at);
            flickering += first == rig.read(at) ? 0 : 1;
            old += first == 0 ? 1 : 0;
            erased += first == -1 ? 1 : 0;
            mixed += first != 0 && first != -1 ? 1 : 0;
        }
        assertThat(List.of(old, erased, mixed, flickering)).allMatch(count -> count > 1000);
        unlockF4(rig).write(F4_CR, 2 << 8 | 5 << 3 | 2 | 1 << 16).settle();
        assertThat(rig.board.flash().isUnstable()).isFalse();
        assertThat(rig.read(F4_SECTOR5 + 0x1000)).isEqualTo(-1);
    }

    @Test
    void aResetDuringAnEraseTearsIt() {
        Rig rig = new Rig("stm32l476");
        unlockL4(rig).write(L4_CR, 2 | 1 << 11 | 1 << 16);
        rig.board.runFor(5000);
        rig.board.pressReset();
        assertThat(rig.board.flash().isUnstable(0x80000, 0x80800)).isTrue();
        assertThat(rig.board.flash().isUnstable(0, 0x80000)).isFalse();
    }
}
