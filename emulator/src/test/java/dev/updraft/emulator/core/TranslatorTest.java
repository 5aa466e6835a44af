package dev.updraft.emulator.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.memory.LittleEndian;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Translated code does what interpreted code does: same registers, same memory, at every instruction where one looks. */
class TranslatorTest {
    private static BareBoard board(byte[] program, boolean translating) {
        BareBoard board = new BareBoard();
        board.cpu.setTranslating(translating);
        board.cpu.setHot(2); // so that nearly everything is translated
        return board.load(program);
    }

    private static void assertSame(BareBoard translated, BareBoard interpreted) {
        for (int i = 0; i < 16; i++) {
            assertThat(translated.cpu.register(i))
                    .as("r%d after %d instructions", i, interpreted.cpu.retired())
                    .isEqualTo(interpreted.cpu.register(i));
        }
        assertThat(translated.cpu.xpsr()).isEqualTo(interpreted.cpu.xpsr());
        assertThat(translated.cpu.retired()).isEqualTo(interpreted.cpu.retired());
        assertThat(Arrays.equals(translated.ram, interpreted.ram))
                .as("the same memory")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello.c", "exceptions.c", "interrupted.c", "sha.c", "mix.c"})
    void bothEnginesAreInTheSameStateWheneverOneLooks(String source) {
        byte[] program = BareBoard.compile("-mcpu=cortex-m4 -O2 -DROUNDS=2", source);
        BareBoard translated = board(program, true);
        BareBoard interpreted = board(program, false);
        Random random = new Random(source.hashCode());
        while (true) {
            int cycles = 1 + (random.nextInt(4) == 0 ? random.nextInt(20) : random.nextInt(200_000));
            StopReason one = translated.cpu.run(cycles);
            StopReason other = interpreted.cpu.run(cycles);
            assertThat(one).isEqualTo(other);
            assertSame(translated, interpreted);
            if (!(one instanceof StopReason.Budget)) {
                break;
            }
        }
        assertThat(translated.printed()).isEqualTo(interpreted.printed());
        assertThat(translated.cpu.regions().isEmpty()).isFalse();
    }

    @Test
    void interruptsAreTakenAtTheSameInstruction() {
        byte[] program = BareBoard.compile("-mcpu=cortex-m4 -O2 -DROUNDS=20", "interrupted.c");
        BareBoard translated = board(program, true);
        BareBoard interpreted = board(program, false);
        translated.runToExit(1_000_000_000);
        interpreted.runToExit(1_000_000_000);
        assertSame(translated, interpreted);
        assertThat(translated.printed()).isEqualTo(interpreted.printed());
        assertThat(translated.clock.now()).isEqualTo(interpreted.clock.now());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFunctionCanBeAnsweredForAlsoWhenItWasTranslatedBefore(boolean translating) {
        byte[] image = new byte[0x200];
        LittleEndian.put(image, 0, 4, BareBoard.RAM + 0x1000);
        LittleEndian.put(image, 4, 4, 0x101);
        int[] code = {0x2400, 0xF000, 0xF80D, 0x1824, 0xE7FB}; // MOVS r4, #0; loop: BL 0x120; ADDS r4, r4, r0; B loop
        for (int i = 0; i < code.length; i++) {
            LittleEndian.put(image, 0x100 + 2 * i, 2, code[i]);
        }
        LittleEndian.put(image, 0x120, 4, 0x4770_2001); // MOVS r0, #1; BX lr
        BareBoard board = board(image, translating);
        board.cpu.run(10_000);
        board.cpu.debug().addBreakpoint(0x102);
        assertThat(board.cpu.run(10_000)).isEqualTo(new StopReason.Halted(0x102));
        board.cpu.debug().removeBreakpoint(0x102);
        board.cpu.intercept(0x120, cpu -> cpu.returnFromCall(42));
        board.cpu.setRegister(4, 0);
        assertThat(board.cpu.run(10_000)).isEqualTo(new StopReason.Budget());
        assertThat(board.cpu.register(4) % 42).isZero();
        assertThat(board.cpu.register(4)).isBetween(42 * 2_000, 42 * 2_600);
    }

    @Test
    void reflashedCodeIsForgottenAndTheRestIsNot() {
        byte[] image = new byte[0x400];
        LittleEndian.put(image, 0, 4, BareBoard.RAM + 0x1000);
        LittleEndian.put(image, 4, 4, 0x101);
        int[] code = {
            0x2000, // 100: movs r0, #0
            0xF000, 0xF87D, // 102: bl 200
            0xF000, 0xF8FB, // 106: bl 300
            0xE7FA, // 10a: b 102
        };
        for (int i = 0; i < code.length; i++) {
            LittleEndian.put(image, 0x100 + 2 * i, 2, code[i]);
        }
        for (int function : new int[] {0x200, 0x300}) {
            for (int i = 0; i < 10; i++) {
                LittleEndian.put(image, function + 2 * i, 2, 0x3001); // adds r0, #1
            }
            LittleEndian.put(image, function + 20, 2, 0x4770); // bx lr
        }
        BareBoard board = board(image, true);
        board.cpu.run(200_000);
        int regions = board.cpu.regions().size();
        assertThat(regions).isGreaterThanOrEqualTo(2);
        LittleEndian.put(board.flash, 0x300, 2, 0x3064); // adds r0, #100
        board.flashRegion.changed(0x300, 2);
        assertThat(board.cpu.regions()).hasSizeLessThan(regions).isNotEmpty();
        board.cpu.run(200_000);
        BareBoard fresh = board(image, false);
        fresh.cpu.run(200_000);
        LittleEndian.put(fresh.flash, 0x300, 2, 0x3064);
        fresh.flashRegion.changed(0x300, 2);
        fresh.cpu.run(200_000);
        assertSame(board, fresh);
    }

    @Test
    void boardsWithTheSameCodeShareItsTranslationUntilOneOfThemChangesItsFlash() {
        byte[] image = BareBoard.compile("-mcpu=cortex-m4 -O2 -DROUNDS=60", "mix.c");
        BareBoard first = board(image, true);
        BareBoard second = board(image, true);
        first.cpu.run(2_000_000);
        second.cpu.run(2_000_000);
        assertThat(second.cpu.regions()).isNotEmpty();
        assertThat(methods(second)).isEqualTo(methods(first));

        first.flashRegion.changed(0, image.length);
        assertThat(first.cpu.regions()).isEmpty();
        assertThat(second.cpu.regions()).isNotEmpty();
        BareBoard interpreted = board(image, false);
        assertThat(second.runToExit(1_000_000_000)).isEqualTo(interpreted.runToExit(1_000_000_000));
        assertSame(second, interpreted);
    }

    private static List<Translated> methods(BareBoard board) {
        return board.cpu.regions().stream().map(region -> region.method).toList();
    }

    @Test
    void noMethodIsTooLargeForHotSpotToCompile() {
        BareBoard board = board(BareBoard.compile("-mcpu=cortex-m4 -O3 -funroll-all-loops -DROUNDS=2", "sha.c"), true);
        board.runToExit(1_000_000_000);
        assertThat(board.cpu.regions())
                .isNotEmpty()
                .allSatisfy(region -> assertThat(region.bytecodes).isLessThan(Translator.LARGEST_METHOD));
    }

    @Test
    void deepRecursionOfTheGuestDoesNotOverflowTheHost() {
        byte[] image = new byte[0x400];
        LittleEndian.put(image, 0, 4, BareBoard.RAM + 0x7F000);
        LittleEndian.put(image, 4, 4, 0x101);
        int[] code = {
            0xF240, 0x3000, // 100: movw r0, #768
            0x0140, // 104: lsls r0, r0, #5
            0xF000, 0xF87B, // 106: bl 200
            0xE7F9, // 10a: b 100
        };
        int[] down = {
            0xB500, // 200: push {lr}
            0x3801, // 202: subs r0, #1
            0xD001, // 204: beq 20a
            0xF7FF, 0xFFFB, // 206: bl 200
            0xBD00, // 20a: pop {pc}
        };
        for (int i = 0; i < code.length; i++) {
            LittleEndian.put(image, 0x100 + 2 * i, 2, code[i]);
        }
        for (int i = 0; i < down.length; i++) {
            LittleEndian.put(image, 0x200 + 2 * i, 2, down[i]);
        }
        BareBoard translated = board(image, true);
        BareBoard interpreted = board(image, false);
        assertThat(translated.cpu.run(3_000_000)).isEqualTo(interpreted.cpu.run(3_000_000));
        assertSame(translated, interpreted);
    }
}
