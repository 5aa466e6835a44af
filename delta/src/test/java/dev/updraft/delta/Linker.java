package dev.updraft.delta;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Firmware made up for tests: functions with calls among each other, literal pools, a vector table, variables in RAM and strings, laid out as a linker would. */
final class Linker {
    static final int BASE = 0x0802_0000;

    /** One function: plain code, and what it calls and points at by name. */
    private record Function(List<Integer> code, List<Integer> calls, List<Integer> data) {}

    private final List<Function> functions = new ArrayList<>();
    private final List<Integer> variables = new ArrayList<>();
    private final Random random;

    Linker(long seed, int count) {
        random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            variables.add(4 << random.nextInt(4));
        }
        for (int i = 0; i < count; i++) {
            functions.add(function(count));
        }
    }

    private Function function(int count) {
        List<Integer> code = new ArrayList<>();
        List<Integer> calls = new ArrayList<>();
        List<Integer> data = new ArrayList<>();
        int length = 8 + random.nextInt(60);
        for (int i = 0; i < length; i++) {
            // Few operations, many operands: about as compiled code is spread.
            int operation = List.of(0x46, 0x68, 0x60, 0x20, 0x28, 0xD1, 0x4B, 0x9B, 0x1C)
                    .get(random.nextInt(9));
            code.add(operation << 8 | random.nextInt(8) * random.nextInt(32) & 0xFF);
            if (random.nextInt(7) == 0) {
                calls.add(random.nextInt(count));
            }
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            data.add(random.nextBoolean() ? random.nextInt(40) : 1000 + random.nextInt(count));
        }
        return new Function(code, calls, data);
    }

    Linker insert(int at, int halfwords) {
        for (int i = 0; i < halfwords; i++) {
            functions.get(at).code().add(3, 0x4600 + random.nextInt(64));
        }
        return this;
    }

    Linker variable(int at, int size) {
        variables.set(at, size);
        return this;
    }

    byte[] link() {
        int[] starts = new int[functions.size()];
        int[] ram = new int[variables.size()];
        int at = 256;
        for (int i = 0; i < starts.length; i++) {
            Function function = functions.get(i);
            starts[i] = at;
            at += 2 + function.code().size() * 2 + function.calls().size() * 4 + 2;
            at = (at + 3 & ~3) + function.data().size() * 4;
        }
        for (int i = 1; i < ram.length; i++) {
            ram[i] = ram[i - 1] + variables.get(i - 1);
        }
        byte[] image = new byte[at];
        word(image, 0, 0x2002_0000);
        for (int i = 1; i < 64; i++) {
            word(image, i * 4, BASE + starts[i * 7 % starts.length] + 1);
        }
        for (int i = 0; i < starts.length; i++) {
            place(image, functions.get(i), starts, i, ram);
        }
        return image;
    }

    private static void place(byte[] image, Function function, int[] starts, int index, int[] ram) {
        int at = starts[index];
        half(image, at, 0xB510);
        at += 2;
        int each = Math.max(1, function.code().size() / (function.calls().size() + 1));
        int call = 0;
        for (int i = 0; i < function.code().size(); i++) {
            half(image, at, function.code().get(i));
            at += 2;
            if (i % each == 0 && call < function.calls().size()) {
                word(image, at, Thumb.wide(starts[function.calls().get(call++)] - at - 4, 0xD000));
                at += 4;
            }
        }
        for (; call < function.calls().size(); call++) {
            word(image, at, Thumb.wide(starts[function.calls().get(call)] - at - 4, 0xD000));
            at += 4;
        }
        half(image, at, 0xBD10);
        at = at + 2 + 3 & ~3;
        for (int data : function.data()) {
            word(image, at, data >= 1000 ? BASE + starts[data - 1000] + 1 : 0x2000_0000 + ram[data]);
            at += 4;
        }
    }

    private static void half(byte[] image, int at, int value) {
        image[at] = (byte) value;
        image[at + 1] = (byte) (value >> 8);
    }

    private static void word(byte[] image, int at, int value) {
        half(image, at, value);
        half(image, at + 2, value >> 16);
    }
}
