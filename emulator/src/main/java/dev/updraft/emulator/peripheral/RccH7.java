package dev.updraft.emulator.peripheral;

import dev.updraft.emulator.chip.AccessMonitor;
import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.ResetCause;

/** Reset and clock control of the H743 (RM0433 section 8). Oscillators and PLLs are ready as soon as they are switched on. */
public final class RccH7 extends Rcc {
    public static final int AHB2ENR = 0xDC;
    public static final int AHB4ENR = 0xE0;
    public static final int APB1LENR = 0xE8;
    public static final int APB2ENR = 0xF0;
    public static final int APB4ENR = 0xF4;

    /** From an enable register to the reset register with the same bits. */
    public static final int TO_RESET = -0x58;

    private static final int CR = 0x00;
    private static final int CFGR = 0x10;
    private static final int D1CFGR = 0x18;
    private static final int D2CFGR = 0x1C;
    private static final int PLLCKSELR = 0x28;
    private static final int PLLCFGR = 0x2C;
    private static final int PLL1DIVR = 0x30;
    private static final int D2CCIP2R = 0x54;
    private static final int BDCR = 0x70;
    private static final int CSR = 0x74;
    private static final int RSR = 0xD0;
    private static final long HSI = 64_000_000;
    private static final long CSI = 4_000_000;

    private final long crystal;
    private int causes;

    /** @param crystal frequency of the crystal on HSE in Hz */
    public RccH7(ChipTime time, long crystal, AccessMonitor monitor) {
        super(time, BDCR, monitor);
        this.crystal = crystal;
        register(CR, "CR", 1, 0x150D129B);
        register(0x04, "ICSCR", 0x40000000, -1);
        register(CFGR, "CFGR", 0, 0xFFFFFFC7);
        register(D1CFGR, "D1CFGR", 0, 0xF7F);
        register(D2CFGR, "D2CFGR", 0, 0x770);
        register(0x20, "D3CFGR", 0, 0x70);
        register(PLLCKSELR, "PLLCKSELR", 0x02020200, -1);
        register(PLLCFGR, "PLLCFGR", 0x01FF0000, -1);
        for (int i = 0; i < 3; i++) {
            register(PLL1DIVR + i * 8, "PLL" + (i + 1) + "DIVR", 0x01010280, -1);
            register(0x34 + i * 8, "PLL" + (i + 1) + "FRACR", 0, 0xFFF8);
        }
        register(0x4C, "D1CCIPR", 0, -1);
        register(0x50, "D2CCIP1R", 0, -1);
        register(D2CCIP2R, "D2CCIP2R", 0, -1);
        register(0x58, "D3CCIPR", 0, -1);
        register(0x60, "CIER", 0, 0x3FF);
        register(0x64, "CIFR", 0, 0);
        register(0x68, "CICR", 0, 0);
        register(BDCR, "BDCR", 0, 0x0001837D);
        register(CSR, "CSR", 0, 1);
        String[] buses = {"AHB3", "AHB1", "AHB2", "AHB4", "APB3", "APB1L", "APB1H", "APB2", "APB4"};
        for (int i = 0; i < buses.length; i++) {
            register(0x7C + i * 4, buses[i] + "RSTR", 0, -1);
            register(0xD4 + i * 4, buses[i] + "ENR", 0, -1);
            register(0xFC + i * 4, buses[i] + "LPENR", -1, -1);
        }
        register(0xA0, "GCR", 0, 1);
        register(0xA8, "D3AMR", 0, -1);
        register(RSR, "RSR", 0, 0);
    }

    @Override
    public void resetBy(ResetCause cause) {
        int pin = 1 << 22 | 1 << 17;
        causes = switch (cause) {
            case POWER_ON -> 0x00FE0000 & ~(1 << 18);
            case PIN, OPTION_LOAD -> causes | pin;
            case SOFTWARE -> causes | 1 << 24 | pin;
            case INDEPENDENT_WATCHDOG -> causes | 1 << 26 | pin;
            case WINDOW_WATCHDOG -> causes | 1 << 28 | pin;
        };
        applySpeed(HSI);
    }

    private long bus() {
        return hertz() / ahbDivider(word(D1CFGR) & 15);
    }

    /** Clock of the timers: twice their bus where that is divided. */
    public long timers() {
        return Math.min(bus(), 2 * bus() / apbDivider(word(D2CFGR) >>> 4 & 7));
    }

    /** Kernel clock of USART2 to UART8. */
    public long usartOnApb1() {
        return usart(word(D2CCIP2R) & 7, bus() / apbDivider(word(D2CFGR) >>> 4 & 7));
    }

    /** Kernel clock of USART1 and USART6. */
    public long usartOnApb2() {
        return usart(word(D2CCIP2R) >>> 3 & 7, bus() / apbDivider(word(D2CFGR) >>> 8 & 7));
    }

    /** Kernel clock of SPI1 to SPI3: PLL1 Q by default (RM0433 8.7.19). */
    public long spi1() {
        return switch (word(0x50) >>> 12 & 7) {
            case 0 -> Math.max(1_000_000, vco() / ((word(PLL1DIVR) >>> 16 & 0x7F) + 1));
            case 4 -> HSI;
            default -> bus();
        };
    }

    private long usart(int selector, long busClock) {
        return switch (selector) {
            case 3 -> HSI;
            case 4 -> CSI;
            case 5 -> 32_768;
            default -> busClock;
        };
    }

    @Override
    protected int onRead(int offset) {
        int value = word(offset);
        return switch (offset) {
            case CR ->
                value & 0x150D129B
                        | (value & 1) << 2
                        | 1 << 5
                        | (value & 1 << 7) << 1
                        | (value & 1 << 12) << 1
                        | 3 << 14
                        | (value & 0x15010000) << 1;
            case CFGR -> value & ~0x38 | (value & 7) << 3;
            case CSR -> value | (value & 1) << 1;
            case RSR -> causes;
            default -> value;
        };
    }

    @Override
    protected void onWrite(int offset, int written, int old) {
        if (commonWrite(offset, written, old)) {
            return;
        }
        if (offset == RSR && (written & 1 << 16) != 0) {
            causes = 0;
        } else if (offset <= PLL1DIVR) {
            applySpeed(source() / ahbDivider(word(D1CFGR) >>> 8 & 15));
        }
    }

    private long source() {
        return switch (word(CFGR) & 7) {
            case 1 -> CSI;
            case 2 -> crystal;
            case 3 -> vco() / ((word(PLL1DIVR) >>> 9 & 0x7F) + 1);
            default -> hsi();
        };
    }

    private long hsi() {
        return HSI >> (word(CR) >>> 3 & 3);
    }

    private long vco() {
        long input = switch (word(PLLCKSELR) & 3) {
            case 0 -> hsi();
            case 1 -> CSI;
            default -> crystal;
        };
        int divider = Math.max(1, word(PLLCKSELR) >>> 4 & 0x3F);
        return input / divider * ((word(PLL1DIVR) & 0x1FF) + 1);
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
