package dev.updraft.emulator.debug;

import dev.updraft.emulator.core.Cpu;
import dev.updraft.emulator.memory.LittleEndian;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Instructions as text, by the disassembler of the cross compiler where there is one; otherwise as their encoding. */
public final class Disassembly {
    private static final Pattern LINE = Pattern.compile("\\s*([0-9a-f]+):\\t[0-9a-f ]+\\t(.*)");
    private static final Pattern SYMBOL = Pattern.compile(" ?<[^>]*>| ?@ .*| ?; .*");

    private final Cpu cpu;
    private final Map<Integer, String> texts = new HashMap<>();

    public Disassembly(Cpu cpu) {
        this.cpu = cpu;
    }

    /** Takes over the code of an ELF file; without arm-none-eabi-objdump nothing. */
    public void add(Path elf) {
        try {
            Process objdump = new ProcessBuilder("arm-none-eabi-objdump", "-d", elf.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines = objdump.inputReader()) {
                lines.lines().forEach(this::line);
            }
        } catch (IOException notThere) {
            // Encodings are shown instead.
        }
    }

    private void line(String text) {
        Matcher match = LINE.matcher(text);
        if (match.matches()) {
            String instruction = match.group(2).replace('\t', ' ');
            texts.put(
                    Integer.parseUnsignedInt(match.group(1), 16),
                    SYMBOL.matcher(instruction).replaceAll("").strip());
        }
    }

    /** The instruction at an address. */
    public String at(int address) {
        String known = texts.get(address);
        return known != null ? known : encoding(address);
    }

    private String encoding(int address) {
        byte[] first = cpu.bus().peek(address, 2);
        if (first == null) {
            return "?";
        }
        int high = LittleEndian.get(first, 0, 2);
        byte[] second = high >>> 11 < 0b11101 ? null : cpu.bus().peek(address + 2, 2);
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits((short) high)
                + (second == null ? "" : " " + hex.toHexDigits((short) LittleEndian.get(second, 0, 2)));
    }
}
