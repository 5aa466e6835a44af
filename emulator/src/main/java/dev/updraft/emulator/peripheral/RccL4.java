package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.ResetCause;

/**
 * Reset and clock control of the L4 (RM0351 section 6), L4+, G4, WB and WL. Oscillators and PLLs are ready as soon as they are switched on.
 */
public final class RccL4 extends Rcc {
    public static final int AHB1ENR = 0x48;
    public static final int AHB2ENR = 0x4C;
    public static final int AHB3ENR = 0x50;
    public static final int APB1ENR1 = 0x58;
    public static final int APB1ENR2 = 0x5C;
    public static final int APB2ENR = 0x60;

    /** From an enable register to the reset register with the same bits. */
    public static final int TO_RESET = -0x20;

    private static final int CR = 0x00;
    private static final int CFGR = 0x08;
    private static final int PLLCFGR = 0x0C;
    private static final int CCIPR = 0x88;
    private static final int BDCR = 0x90;
    private static final int CSR = 0x94;
    private static final long HSI = 16_000_000;
    private static final int[] MSI_KILOHERTZ = {100, 200, 400, 800, 1000, 2000, 4000, 8000, 16000, 24000, 32000, 48000};

    private final long crystal;
    private final boolean startsWithHsi;
    private final int pllOutput;
    private int causes;

    /**
     * @param kind L4, G4, WB or WL
     * @param crystal frequency of the crystal on HSE in Hz
     */
    public static RccL4 of(String kind, ChipTime time, long crystal, AccessMonitor monitor) {
        boolean radio = kind.startsWith("W");
        RccL4 rcc = new RccL4(time, crystal, kind.equals("G4"), radio ? 29 : 25, monitor);
        if (radio) {
            rcc.register(0x44, "APB3RSTR", 0, -1);
            rcc.register(0x64, "APB3ENR", 0, -1);
            rcc.register(0x84, "APB3SMENR", 0, -1);
            rcc.register(0x9C, "HSECR", 0, -1);
            rcc.register(0x108, "EXTCFGR", 0, -1);
        } else {
            rcc.register(0x9C, "CCIPR2", 0, -1);
        }
        rcc.register(0x98, "CRRCR", 0, 0xFF81);
        return rcc;
    }

    /** @param pllOutput position of the divider of PLLR */
    private RccL4(ChipTime time, long crystal, boolean startsWithHsi, int pllOutput, AccessMonitor monitor) {
        super(time, BDCR, monitor);
        this.crystal = crystal;
        this.startsWithHsi = startsWithHsi;
        this.pllOutput = pllOutput;
        register(CR, "CR", startsWithHsi ? 0x500 : 0x63, 0x150D0BFD);
        register(0x04, "ICSCR", 0x10000000, 0x1F00FF00);
        register(CFGR, "CFGR", startsWithHsi ? 1 : 0, 0x7700BFF3);
        register(PLLCFGR, "PLLCFGR", 0x1000, pllOutput == 25 ? 0xFF737FF3 : 0xFF3F7F73);
        register(0x10, "PLLSAI1CFGR", 0x1000, -1);
        register(0x14, "PLLSAI2CFGR", 0x1000, -1);
        register(0x18, "CIER", 0, 0x3FF);
        register(0x1C, "CIFR", 0, 0);
        register(0x20, "CICR", 0, 0);
        String[] buses = {"AHB1", "AHB2", "AHB3", "", "APB1", "APB1", "APB2"};
        String[] suffixes = {"", "", "", "", "1", "2", ""};
        for (int i = 0; i < buses.length; i++) {
            if (!buses[i].isEmpty()) {
                register(0x28 + i * 4, buses[i] + "RSTR" + suffixes[i], 0, -1);
                register(0x48 + i * 4, buses[i] + "ENR" + suffixes[i], i == 0 ? 0x100 : 0, -1);
                register(0x68 + i * 4, buses[i] + "SMENR" + suffixes[i], -1, -1);
            }
        }
        register(CCIPR, "CCIPR", 0, -1);
        register(BDCR, "BDCR", 0, 0x0301837D);
        register(CSR, "CSR", 0x600, 0xF01);
    }

    @Override
    public void resetBy(ResetCause cause) {
        int pin = 1 << 26;
        causes = switch (cause) {
            case POWER_ON -> 1 << 27 | pin;
            case PIN -> causes | pin;
            case OPTION_LOAD -> causes | 1 << 25 | pin;
            case SOFTWARE -> causes | 1 << 28 | pin;
            case INDEPENDENT_WATCHDOG -> causes | 1 << 29 | pin;
            case WINDOW_WATCHDOG -> causes | 1 << 30 | pin;
        };
        applySpeed(startsWithHsi ? HSI : 4_000_000);
    }

    /** Kernel clock of a USART on APB1 by its field in CCIPR. */
    public long apb1Usart(int shift) {
        return usart(shift, hertz() / apbDivider(word(CFGR) >>> 8 & 7));
    }

    /** Kernel clock of LPUART1, which divides it in 256ths. */
    public long lpuart() {
        return 256 * apb1Usart(10);
    }

    /** Kernel clock of USART1. */
    public long usart1() {
        return usart(0, apb2());
    }

    public long apb2() {
        return hertz() / apbDivider(word(CFGR) >>> 11 & 7);
    }

    private long usart(int shift, long bus) {
        return switch (word(CCIPR) >>> shift & 3) {
            case 0 -> bus;
            case 1 -> hertz() * ahbDivider(word(CFGR) >>> 4 & 15);
            case 2 -> HSI;
            default -> 32_768;
        };
    }

    @Override
    protected int onRead(int offset) {
        int value = word(offset);
        return switch (offset) {
            case CR ->
                value & ~(1 << 1 | 1 << 10 | 0x2A020000)
                        | (value & 1) << 1
                        | (value & 1 << 8) << 2
                        | (value & 0x15010000) << 1;
            case CFGR -> value & ~0xC | (value & 3) << 2;
            case CSR -> value | (value & 1) << 1 | causes;
            default -> value;
        };
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (commonWrite(offset, written, old)) {
            return;
        }
        if (offset == CSR && (written & 1 << 23) != 0) {
            causes = 0;
        } else if (offset == CFGR || offset == CR || offset == PLLCFGR) {
            applySpeed(source() / ahbDivider(word(CFGR) >>> 4 & 15));
        }
    }

    private long msi() {
        int range = bit(CR, 1 << 3) ? word(CR) >>> 4 & 15 : 6;
        return MSI_KILOHERTZ[Math.min(range, MSI_KILOHERTZ.length - 1)] * 1000L;
    }

    private long source() {
        return switch (word(CFGR) & 3) {
            case 0 -> msi();
            case 1 -> HSI;
            case 2 -> crystal;
            default -> {
                int pll = word(PLLCFGR);
                long input = switch (pll & 3) {
                    case 1 -> msi();
                    case 2 -> HSI;
                    case 3 -> crystal;
                    default -> 0;
                };
                yield input / ((pll >>> 4 & 7) + 1) * (pll >>> 8 & 0x7F) / divided(pll);
            }
        };
    }

    /** 2, 4, 6, 8 on L4 and G4; 2 to 8 on WB and WL. */
    private long divided(int pll) {
        return pllOutput == 25 ? 2L * ((pll >>> 25 & 3) + 1) : (pll >>> 29 & 7) + 1;
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
