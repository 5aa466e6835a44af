package dev.updraft.emulator.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.emulator.memory.LittleEndian;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random programs, interrupted at random instructions by interrupts of random priorities: both engines leave the same trace, which
 * is all registers, the count of instructions and the memory at every interrupt.
 */
class InterruptTraceTest {
    private static final int PROGRAM = 0x800;
    private static final int HANDLER = 0x100;
    private static final int INTERRUPTS = 8;
    private static final int CYCLES = 60_000;

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void interruptsComeAtTheSameInstructionInBothEngines(int firstSeed) {
        for (int seed = firstSeed; seed < firstSeed + 15; seed++) {
            byte[] program = program(seed);
            List<String> interpreted = trace(seed, program, false);
            assertThat(trace(seed, program, true)).as("seed %d", seed).isEqualTo(interpreted);
            assertThat(interpreted).hasSizeGreaterThan(CYCLES / 200);
        }
    }

    /** Vectors, a handler that counts in memory and spoils the flags, and random code that runs for ever. */
    private static byte[] program(int seed) {
        byte[] image = new byte[0x4000];
        LittleEndian.put(image, 0, 4, RandomCode.STACK);
        for (int i = 1; i < 16 + INTERRUPTS; i++) {
            LittleEndian.put(image, 4 * i, 4, i == 1 ? PROGRAM + 1 : i < 16 ? 0x201 : HANDLER + 1);
        }
        int[] handler = {
            0xB430, // push {r4, r5}
            0xF240,
            0x0400,
            0xF2C2,
            0x0400, // movw, movt r4, RAM
            0xF3EF,
            0x8505, // mrs r5, ipsr
            0xEB04,
            0x0485, // add r4, r4, r5, lsl #2
            0x6825, // ldr r5, [r4]
            0x1D2D, // adds r5, #4
            0x6025, // str r5, [r4]
            0xBC30, // pop {r4, r5}
            0x4770 // bx lr
        };
        for (int i = 0; i < handler.length; i++) {
            LittleEndian.put(image, HANDLER + 2 * i, 2, handler[i]);
        }
        LittleEndian.put(image, 0x200, 2, 0xE7FE); // b .
        short[] code = new RandomCode(new Random(seed), withoutMasks()).program(PROGRAM, 60);
        int at = PROGRAM;
        for (short halfword : code) {
            LittleEndian.put(image, at, 2, halfword);
            at += 2;
        }
        int distance = (PROGRAM - at - 4) / 2;
        LittleEndian.put(image, at, 2, 0xF000 | 1 << 10 | distance >>> 11 & 0x3FF); // b PROGRAM
        LittleEndian.put(image, at + 2, 2, 0xB800 | distance & 0x7FF);
        return image;
    }

    /** Without what switches interrupts off. */
    private static List<Encodings.Row> withoutMasks() {
        List<Encodings.Row> rows = new ArrayList<>(LockstepRun.rows("float"));
        rows.removeIf(row -> row.name.startsWith("CPS") || row.name.equals("MSR PRIMASK"));
        return rows;
    }

    private static List<String> trace(int seed, byte[] program, boolean translating) {
        BareBoard board = new BareBoard(CpuModel.CORTEX_M7);
        board.cpu.setTranslating(translating);
        board.cpu.setHot(2);
        board.load(program);
        new Random(seed).nextBytes(board.ram);
        board.bus.write(0xE000ED88, 4, 0xF << 20); // CPACR
        board.bus.write(0xE000E100, 4, -1); // ISER
        Random random = new Random(seed);
        for (int irq = 0; irq < INTERRUPTS; irq++) {
            board.bus.write(0xE000E400 + irq, 1, random.nextInt(4) << 6);
        }
        List<String> trace = new ArrayList<>();
        Clock.Timer[] timer = new Clock.Timer[1];
        timer[0] = board.clock.timer("random", () -> {
            trace.add(state(board));
            for (int count = 1 + random.nextInt(2); count > 0; count--) {
                board.cpu.nvic().setPending(Nvic.IRQ0 + random.nextInt(INTERRUPTS), true);
            }
            timer[0].start(1 + random.nextInt(random.nextInt(4) == 0 ? 8 : 200));
        });
        timer[0].start(100);
        board.cpu.run(CYCLES);
        assertThat(board.cpu.regions().isEmpty()).isNotEqualTo(translating);
        return trace;
    }

    private static String state(BareBoard board) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            out.append(HexFormat.of().toHexDigits(board.cpu.register(i))).append(' ');
        }
        CRC32C sum = new CRC32C();
        sum.update(board.ram, 0, RandomCode.RAM_SIZE);
        for (int i = 0; i <= 32; i++) {
            sum.update(HexFormat.of().toHexDigits(board.cpu.floatingPoint(i)).getBytes(StandardCharsets.US_ASCII));
        }
        return out.append(HexFormat.of().toHexDigits(board.cpu.xpsr()))
                .append(' ')
                .append(board.cpu.retired())
                .append(' ')
                .append(Long.toHexString(sum.getValue()))
                .toString();
    }
}
