package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.ResetCause;

/** Reset and clock control of the F405/407 (RM0090 section 7). Oscillators and PLLs are ready as soon as they are switched on. */
public final class RccF4 extends Rcc {
    public static final int AHB1ENR = 0x30;
    public static final int AHB2ENR = 0x34;
    public static final int APB1ENR = 0x40;
    public static final int APB2ENR = 0x44;

    /** From an enable register to the reset register with the same bits. */
    public static final int TO_RESET = -0x20;

    private static final int CR = 0x00;
    private static final int PLLCFGR = 0x04;
    private static final int CFGR = 0x08;
    private static final int BDCR = 0x70;
    private static final int CSR = 0x74;
    private static final long HSI = 16_000_000;

    private static final int RMVF = 1 << 24;
    private static final int BOR = 1 << 25;
    private static final int PIN = 1 << 26;
    private static final int POR = 1 << 27;
    private static final int SFT = 1 << 28;
    private static final int IWDG = 1 << 29;
    private static final int WWDG = 1 << 30;

    private final long crystal;
    private int causes;

    /** @param crystal frequency of the crystal on HSE in Hz */
    public RccF4(ChipTime time, long crystal, AccessMonitor monitor) {
        super(time, BDCR, monitor);
        this.crystal = crystal;
        register(CR, "CR", 0x83, 0x050D00F9);
        register(PLLCFGR, "PLLCFGR", 0x24003010, 0x0F437FFF);
        register(CFGR, "CFGR", 0, 0xFFFFFCF3);
        register(0x0C, "CIR", 0, 0x3F00);
        String[] buses = {"AHB1", "AHB2", "AHB3", "", "APB1", "APB2"};
        int[] lowPower = {0x7E6791FF, 0xF1, 1, 0, 0x36FEC9FF, 0x00075F33};
        for (int i = 0; i < buses.length; i++) {
            if (!buses[i].isEmpty()) {
                register(0x10 + i * 4, buses[i] + "RSTR", 0, -1);
                register(0x30 + i * 4, buses[i] + "ENR", i == 0 ? 0x0010_0000 : 0, -1);
                register(0x50 + i * 4, buses[i] + "LPENR", lowPower[i], -1);
            }
        }
        register(BDCR, "BDCR", 0, 0x8305);
        register(CSR, "CSR", 0, 1);
        register(0x80, "SSCGR", 0, -1);
        register(0x84, "PLLI2SCFGR", 0x20003000, 0x70007FC0);
    }

    @Override
    public void resetBy(ResetCause cause) {
        causes = switch (cause) {
            case POWER_ON -> BOR | PIN | POR;
            case PIN, OPTION_LOAD -> causes | PIN;
            case SOFTWARE -> causes | SFT | PIN;
            case INDEPENDENT_WATCHDOG -> causes | IWDG | PIN;
            case WINDOW_WATCHDOG -> causes | WWDG | PIN;
        };
        applySpeed(HSI);
    }

    /** The clock of the peripherals on APB1. */
    public long apb1() {
        return hertz() / apbDivider(word(CFGR) >>> 10 & 7);
    }

    /** The clock of the peripherals on APB2. */
    public long apb2() {
        return hertz() / apbDivider(word(CFGR) >>> 13 & 7);
    }

    @Override
    protected int onRead(int offset) {
        int value = word(offset);
        return switch (offset) {
            case CR -> value & ~0x0A020002 | (value & 0x05010001) << 1; // each ready flag is one place above its switch
            case CFGR -> value & ~0xC | (value & 3) << 2;
            case CSR -> value & 1 | (value & 1) << 1 | causes;
            default -> value;
        };
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (commonWrite(offset, written, old)) {
            return;
        }
        if (offset == CSR && (written & RMVF) != 0) {
            causes = 0;
        } else if (offset == CFGR || offset == CR || offset == PLLCFGR) {
            applySpeed(source() / ahbDivider(word(CFGR) >>> 4 & 15));
        }
    }

    private long source() {
        return switch (word(CFGR) & 3) {
            case 0 -> HSI;
            case 1 -> crystal;
            default -> {
                int pll = word(PLLCFGR);
                long input = (pll & 1 << 22) != 0 ? crystal : HSI;
                int divider = Math.max(1, pll & 0x3F);
                yield input / divider * (pll >>> 6 & 0x1FF) / (2L * ((pll >>> 16 & 3) + 1));
            }
        };
    }

    @Override
    public long[] save() {
        return saveWith(causes);
    }

    @Override
    public void restore(long[] from) {
        super.restore(from);
        causes = (int) more(from, 0);
    }
}
