package dev.updraft.emulator.debug;

import dev.updraft.emulator.core.Cpu;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The fault status registers in words (Armv7-M ARM B3.2.15 CFSR, B3.2.16 HFSR). */
public final class FaultStatus {
    private static final int CFSR = 0xE000_ED28;
    private static final int HFSR = 0xE000_ED2C;
    private static final int MMFAR = 0xE000_ED34;
    private static final int BFAR = 0xE000_ED38;

    private record Bit(int number, String name, String meaning) {}

    private static final List<Bit> CONFIGURABLE = List.of(
            new Bit(0, "IACCVIOL", "an instruction was fetched from where no code may be"),
            new Bit(1, "DACCVIOL", "the MPU forbids this access to data"),
            new Bit(3, "MUNSTKERR", "the MPU forbids what exception return reads from the stack"),
            new Bit(4, "MSTKERR", "the MPU forbids what exception entry writes to the stack: is the stack full?"),
            new Bit(5, "MLSPERR", "the MPU forbids saving the floating-point registers"),
            new Bit(8, "IBUSERR", "an instruction was fetched from where nothing answers"),
            new Bit(9, "PRECISERR", "a load or store at an address where nothing answers or that is refused"),
            new Bit(10, "IMPRECISERR", "a store failed some instructions ago"),
            new Bit(11, "UNSTKERR", "exception return could not read the stack: is the stack pointer right?"),
            new Bit(12, "STKERR", "exception entry could not write the stack: is the stack full?"),
            new Bit(13, "LSPERR", "saving the floating-point registers failed"),
            new Bit(16, "UNDEFINSTR", "an instruction that this processor does not have"),
            new Bit(
                    17,
                    "INVSTATE",
                    "a jump to an address without the Thumb bit: is a function pointer or a vector wrong?"),
            new Bit(18, "INVPC", "exception return with a wrong EXC_RETURN or a damaged stack"),
            new Bit(19, "NOCP", "a floating-point instruction while the unit is off (CPACR)"),
            new Bit(24, "UNALIGNED", "an unaligned access that is trapped or that this instruction cannot do"),
            new Bit(25, "DIVBYZERO", "a division by zero, which CCR.DIV_0_TRP traps"));

    private static final List<Bit> HARD = List.of(
            new Bit(1, "VECTTBL", "the vector table could not be read"),
            new Bit(30, "FORCED", "a fault whose own exception is not enabled or not urgent enough became a HardFault"),
            new Bit(31, "DEBUGEVT", "a breakpoint without a debugger"));

    private FaultStatus() {}

    /** One line for each cause that is set; empty when none is. */
    public static List<String> lines(Cpu cpu) {
        int configurable = cpu.bus().read(CFSR, 4);
        List<String> lines = new ArrayList<>();
        describe("CFSR", configurable, CONFIGURABLE, lines);
        describe("HFSR", cpu.bus().read(HFSR, 4), HARD, lines);
        if ((configurable & 1 << 15) != 0) {
            lines.add("BFAR " + hex(cpu.bus().read(BFAR, 4)) + "  the address of the BusFault");
        }
        if ((configurable & 1 << 7) != 0) {
            lines.add("MMFAR " + hex(cpu.bus().read(MMFAR, 4)) + "  the address of the MemManage fault");
        }
        return lines;
    }

    private static void describe(String register, int value, List<Bit> bits, List<String> lines) {
        for (Bit bit : bits) {
            if ((value >>> bit.number & 1) != 0) {
                lines.add(register + "." + bit.name + "  " + bit.meaning);
            }
        }
    }

    private static String hex(int value) {
        return "0x" + HexFormat.of().withUpperCase().toHexDigits(value);
    }
}
