package dev.updraft.emulator.gdb;

import dev.updraft.emulator.core.Cpu;

/**
 * The registers as gdb numbers them (GDB manual, appendix G.5.3 ARM Features): 0 to 15 r0 to pc, 25 xPSR, from 26 on d0 to d15 and
 * FPSCR, then MSP, PSP, PRIMASK, BASEPRI, FAULTMASK and CONTROL, which cannot be written.
 */
final class RegisterFile {
    private static final int XPSR = 25;
    private static final int D0 = 26;
    private static final int FPSCR = 42;
    private static final int SYSTEM = 43;
    private static final int[] SPECIAL = {8, 9, 16, 17, 19, 20};
    private static final String[] SPECIAL_NAMES = {"msp", "psp", "primask", "basepri", "faultmask", "control"};

    private final Cpu cpu;

    RegisterFile(Cpu cpu) {
        this.cpu = cpu;
    }

    /** Describes the registers to gdb. */
    static String targetDescription() {
        StringBuilder out = new StringBuilder("""
                <?xml version="1.0"?>
                <!DOCTYPE target SYSTEM "gdb-target.dtd">
                <target version="1.0">
                <architecture>arm</architecture>
                <feature name="org.gnu.gdb.arm.m-profile">
                """);
        for (int i = 0; i < 13; i++) {
            out.append("<reg name=\"r").append(i).append("\" bitsize=\"32\"/>\n");
        }
        out.append("""
                <reg name="sp" bitsize="32" type="data_ptr"/>
                <reg name="lr" bitsize="32" type="code_ptr"/>
                <reg name="pc" bitsize="32" type="code_ptr"/>
                <reg name="xpsr" bitsize="32" regnum="25"/>
                </feature>
                <feature name="org.gnu.gdb.arm.vfp">
                """);
        for (int i = 0; i < 16; i++) {
            out.append("<reg name=\"d").append(i).append("\" bitsize=\"64\" type=\"ieee_double\"/>\n");
        }
        out.append("<reg name=\"fpscr\" bitsize=\"32\" type=\"int\" group=\"float\"/>\n</feature>\n");
        out.append("<feature name=\"org.gnu.gdb.arm.m-system\">\n");
        for (int i = 0; i < SPECIAL.length; i++) {
            out.append("<reg name=\"")
                    .append(SPECIAL_NAMES[i])
                    .append("\" bitsize=\"32\" type=\"")
                    .append(i < 2 ? "data_ptr" : "int")
                    .append("\" group=\"system\"/>\n");
        }
        return out.append("</feature>\n</target>\n").toString();
    }

    /** All registers, for the packet {@code g}. */
    String all() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < SYSTEM + SPECIAL.length; i++) {
            out.append(get(i));
        }
        return out.toString();
    }

    /** One register; empty when there is none of this number. */
    String get(int number) {
        if (number < 16) {
            return Hex.word(cpu.register(number));
        }
        if (number == XPSR) {
            return Hex.word(cpu.xpsr());
        }
        if (number >= D0 && number < FPSCR) {
            int first = 2 * (number - D0);
            return Hex.word(cpu.floatingPoint(first)) + Hex.word(cpu.floatingPoint(first + 1));
        }
        if (number == FPSCR) {
            return Hex.word(cpu.floatingPoint(32));
        }
        if (number >= SYSTEM && number < SYSTEM + SPECIAL.length) {
            return Hex.word(cpu.special(SPECIAL[number - SYSTEM]));
        }
        return "";
    }

    /** Sets all registers from what {@code G} brings. */
    void setAll(String values) {
        int at = 0;
        for (int i = 0; i < SYSTEM; i++) {
            int digits = get(i).length();
            if (digits > 0 && at + digits <= values.length()) {
                set(i, values.substring(at, at + digits));
                at += digits;
            }
        }
    }

    /** Returns false when the register cannot be written. */
    boolean set(int number, String value) {
        if (number < 16) {
            cpu.setRegister(number, Hex.word(value));
        } else if (number == XPSR) {
            cpu.setXpsr(Hex.word(value));
        } else if (number >= D0 && number < FPSCR) {
            int first = 2 * (number - D0);
            cpu.setFloatingPoint(first, Hex.word(value.substring(0, 8)));
            cpu.setFloatingPoint(first + 1, Hex.word(value.substring(8)));
        } else if (number == FPSCR) {
            cpu.setFloatingPoint(32, Hex.word(value));
        } else {
            return false;
        }
        return true;
    }
}
