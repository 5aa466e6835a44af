package dev.updraft.emulator.board;

import dev.updraft.emulator.core.Cpu;
import dev.updraft.emulator.debug.FaultStatus;
import dev.updraft.emulator.debug.ReturnAddresses;
import dev.updraft.emulator.debug.Symbols;
import dev.updraft.emulator.memory.LittleEndian;
import java.util.HexFormat;

/** What a firmware engineer wants to see of a processor that stands still; {@link #toString()} is the text to print. */
public record FaultReport(String text) {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int STACK_WORDS = 24;

    static FaultReport of(String chip, Cpu cpu, long nanos, Symbols symbols, String lastAccess) {
        StringBuilder out = new StringBuilder();
        out.append(chip)
                .append(" after ")
                .append(cpu.retired())
                .append(" instructions, ")
                .append(nanos / 1000)
                .append(" us\n");
        for (int i = 0; i < 16; i++) {
            String name = i == 13 ? "sp" : i == 14 ? "lr" : i == 15 ? "pc" : "r" + i;
            out.append(String.format("%4s %s%s", name, hex(cpu.register(i)), i % 4 == 3 ? "\n" : "  "));
        }
        int exception = cpu.xpsr() & 0x1FF;
        out.append("xpsr ").append(hex(cpu.xpsr())).append("  ").append(exceptionName(exception));
        out.append("  msp ")
                .append(hex(cpu.special(8)))
                .append("  psp ")
                .append(hex(cpu.special(9)))
                .append('\n');
        if (!cpu.lastFault().isEmpty()) {
            out.append("last fault: ").append(cpu.lastFault()).append('\n');
        }
        FaultStatus.lines(cpu).forEach(line -> out.append("  ").append(line).append('\n'));
        if (!lastAccess.isEmpty()) {
            out.append("last access to a peripheral: ").append(lastAccess).append('\n');
        }
        out.append("at ").append(symbols.name(cpu.register(15))).append('\n');
        for (int caller : ReturnAddresses.of(cpu)) {
            out.append("  called from ").append(symbols.caller(caller)).append('\n');
        }
        int sp = cpu.register(13);
        out.append("stack at ").append(hex(sp)).append(':');
        for (int i = 0; i < STACK_WORDS; i++) {
            byte[] word = cpu.bus().peek(sp + i * 4, 4);
            if (word == null) {
                out.append(i == 0 ? " not in memory" : "");
                break;
            }
            out.append(i % 8 == 0 ? "\n  " : " ").append(hex(LittleEndian.get(word, 0, 4)));
        }
        return new FaultReport(out.append('\n').toString());
    }

    private static String exceptionName(int number) {
        return switch (number) {
            case 0 -> "thread mode";
            case 2 -> "in NMI";
            case 3 -> "in HardFault";
            case 4 -> "in MemManage";
            case 5 -> "in BusFault";
            case 6 -> "in UsageFault";
            case 11 -> "in SVCall";
            case 14 -> "in PendSV";
            case 15 -> "in SysTick";
            default -> number >= 16 ? "in interrupt " + (number - 16) : "in exception " + number;
        };
    }

    private static String hex(int value) {
        return HEX.toHexDigits(value);
    }

    @Override
    public String toString() {
        return text;
    }
}
