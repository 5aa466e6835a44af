package dev.updraft.emulator.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.memory.Bus;
import java.security.MessageDigest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bootloader feeds the watchdog while the flash is busy. The emulator passes over most of that, and nobody can tell: a board whose
 * every instruction is listened to makes every pass.
 */
class FedWaitTest {
    private static final int FLASH = 0x0800_0000;
    private static final int SECTOR = 0x0012_0000;
    private static final int FLASH_REGISTERS = 0x5200_2000;
    private static final int WATCHDOG = 0x5800_4800;

    /** Stack pointer, start, {@code for (;;) {}}, and from 0x10 on {@code while (FLASH->SR2 & 5) IWDG->KR = 0xAAAA; for (;;) {}}. */
    private static final int[] PROGRAM = {
        0x1000, 0x2000, 0x0009, 0x0800, 0xE7FE, 0xBF00, 0xBF00, 0xBF00, // 0x00
        0x6903, 0xF013, 0x0F05, 0xD100, 0xE7F6, 0x4B02, 0xF64A, 0x22AA, // 0x10
        0x601A, 0xE7F5, 0x4800, 0x5800 // 0x20; the literal at 0x24
    };

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30, 400})
    void aWaitForAnEraseIsTheSameWhetherItsPassesAreMadeOrNot(int reload) throws Exception {
        Board passingOver = erasing(reload);
        Board making = erasing(reload);
        making.cpu().debug().onExecution((from, end, instructions) -> {}, false);
        for (int micros : new int[] {1, 7, 2_000, 33_333, 5_000}) {
            passingOver.runFor(micros);
            making.runFor(micros);
            assertThat(state(passingOver)).as("%d us", micros).isEqualTo(state(making));
        }
        assertThat(passingOver.isFlashBusy()).isTrue();
        long retired = passingOver.cpu().retired();
        passingOver.stopAtReset(true);
        assertThat(passingOver.runFor(10_000_000)).isInstanceOf(Outcome.Reset.class); // fed no more behind the erase
        assertThat(passingOver.isFlashBusy()).isFalse();
        assertThat(passingOver.flash().bytes()[SECTOR]).isEqualTo((byte) 0xFF);
        assertThat(passingOver.cpu().retired()).isGreaterThan(retired + 10_000_000);
    }

    private static Board erasing(int reload) {
        Board board = Boards.create("stm32h743").seed(3).spiNor(0).build();
        byte[] program = new byte[PROGRAM.length * 2];
        for (int i = 0; i < PROGRAM.length; i++) {
            program[2 * i] = (byte) PROGRAM[i];
            program[2 * i + 1] = (byte) (PROGRAM[i] >> 8);
        }
        board.program(FLASH, program);
        board.program(FLASH + SECTOR, new byte[64]);
        board.powerOn();
        Bus bus = board.cpu().bus();
        bus.write(WATCHDOG, 4, 0xCCCC);
        bus.write(WATCHDOG, 4, 0x5555);
        bus.write(WATCHDOG + 8, 4, reload);
        bus.write(WATCHDOG, 4, 0xAAAA);
        bus.write(FLASH_REGISTERS + 0x104, 4, 0x45670123);
        bus.write(FLASH_REGISTERS + 0x104, 4, 0xCDEF89AB);
        bus.write(FLASH_REGISTERS + 0x10C, 4, 0x34 | 1 << 8); // SER of sector 1, words of 64 bits
        bus.write(FLASH_REGISTERS + 0x10C, 4, 0xB4 | 1 << 8); // START
        board.cpu().setRegister(0, FLASH_REGISTERS + 0x100);
        board.cpu().setRegister(15, FLASH + 0x10);
        return board;
    }

    private static byte[] state(Board board) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        board.digestState(digest);
        return digest.digest();
    }
}
