package dev.updraft.emulator.board;

import dev.updraft.emulator.chip.ResetCause;
import dev.updraft.emulator.core.CpuModel;
import dev.updraft.emulator.flash.ChipFlash;
import dev.updraft.emulator.flash.L4Flash;
import dev.updraft.emulator.part.UartPart;
import dev.updraft.emulator.peripheral.Adc;
import dev.updraft.emulator.peripheral.Can;
import dev.updraft.emulator.peripheral.Crc;
import dev.updraft.emulator.peripheral.Gpio;
import dev.updraft.emulator.peripheral.Iwdg;
import dev.updraft.emulator.peripheral.KernelClock;
import dev.updraft.emulator.peripheral.Otg;
import dev.updraft.emulator.peripheral.PlainRegisters;
import dev.updraft.emulator.peripheral.Rcc;
import dev.updraft.emulator.peripheral.RccL4;
import dev.updraft.emulator.peripheral.Rng;
import dev.updraft.emulator.peripheral.Rtc;
import dev.updraft.emulator.peripheral.SpiV1;
import dev.updraft.emulator.peripheral.Storage;
import dev.updraft.emulator.peripheral.UsartV2;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * STM32L4, L4+, G4, and the Cortex-M4 of WB and WL: flash with ECC (RM0351; memory map in section 2.2, interrupts in section 13.3; RM0432, RM0440, RM0434,
 * RM0453).
 */
final class Stm32L4 extends Chip {
    private static final long CRYSTAL = 8_000_000;

    private final L4Flash flash;
    private final RccL4 rcc;
    private final Rtc rtc;
    private final Iwdg watchdog;
    private final Gpio[] ports = new Gpio[8];
    private final Map<String, UsartV2> usarts = new HashMap<>();

    Stm32L4(Lines line, Options options, Signals signals) {
        super(
                line.name(),
                CpuModel.CORTEX_M4,
                line.interrupts(),
                0,
                line.kind() == Lines.Kind.G4 ? 16_000_000 : 4_000_000,
                signals);
        boolean radio = line.kind() == Lines.Kind.WB || line.kind() == Lines.Kind.WL;
        Memories memories = options.memories();
        int bank = memories.bankSize();
        int flashBase = radio ? 0x5800_4000 : 0x4002_2000;
        flash = new L4Flash(
                flashBase,
                memories.flash(),
                memories.banks(),
                operations,
                options.timing(),
                time,
                number -> runsFromFlash(number * bank, bank),
                irq(4),
                () -> cpu.nvic().nmi(),
                signals);
        flash(flash, true);
        rams(memories);
        bus.addDevice(
                "system memory",
                0x1FFF_7000,
                0x800,
                new SystemMemory(0x1FFF_7000, 0x800)
                        .put(0x1FFF_7590, options.uid())
                        .putHalfWord(0x1FFF_75E0, memories.flash().size() / 1024));

        rcc = add(radio ? 0x5800_0000 : 0x4002_1000, RccL4.of(line.kind().name(), time, CRYSTAL, signals));
        add(flashBase, flash.registers());
        PlainRegisters pwr = add(
                radio ? 0x5800_0400 : 0x4000_7000,
                new PlainRegisters("PWR", 0x400, signals)
                        .with(0x00, "CR1", 0x200, 0x4707)
                        .with(0x04, "CR2", 0, 0x7FF)
                        .with(0x08, "CR3", 0x8000, 0x851F)
                        .with(0x0C, "CR4", 0, 0x31F)
                        .with(0x10, "SR1", 0, 0)
                        .with(0x14, "SR2", 0x100, 0)
                        .with(0x18, "SCR", 0, 0));
        if (!radio) {
            rcc.gate(pwr, RccL4.APB1ENR1, RccL4.APB1ENR1 + RccL4.TO_RESET, 28);
        }
        rtc = switch (line.kind()) {
            case G4 -> withTamperUnit(0x4000_2400, 32);
            case WL -> withTamperUnit(0x4000_B000, 20);
            default -> add(0x4000_2800, new Rtc(line.kind() == Lines.Kind.WB ? 20 : 32, time, signals));
        };
        rcc.backupWritableWhen(() -> (pwr.value(0) & 1 << 8) != 0);
        rcc.onBackupReset(rtc::backupReset);
        rtc.writableWhen(() -> (pwr.value(0) & 1 << 8) != 0);
        watchdog = add(
                0x4000_3000,
                new Iwdg(time, true, () -> signals.requestReset(ResetCause.INDEPENDENT_WATCHDOG), signals));

        usart("USART1", 0x4001_3800, rcc::usart1, radio ? 36 : 37, RccL4.APB2ENR, 14);
        int lpuart = radio ? (line.kind() == Lines.Kind.WB ? 37 : 38) : line.kind() == Lines.Kind.G4 ? 91 : 70;
        usart("LPUART1", 0x4000_8000, rcc::lpuart, lpuart, RccL4.APB1ENR2, 0);
        if (line.kind() != Lines.Kind.WB) {
            usart("USART2", 0x4000_4400, () -> rcc.apb1Usart(2), radio ? 37 : 38, RccL4.APB1ENR1, 17);
        }
        if (!radio) {
            usart("USART3", 0x4000_4800, () -> rcc.apb1Usart(4), 39, RccL4.APB1ENR1, 18);
            usart("UART4", 0x4000_4C00, () -> rcc.apb1Usart(6), 52, RccL4.APB1ENR1, 19);
            usart("UART5", 0x4000_5000, () -> rcc.apb1Usart(8), 53, RccL4.APB1ENR1, 20);
        }
        SpiV1 spi1 =
                add(0x4001_3000, new SpiV1("SPI1", true, time, rcc::apb2, spi1Wires, irq(radio ? 34 : 35), signals));
        rcc.gate(spi1, RccL4.APB2ENR, RccL4.APB2ENR + RccL4.TO_RESET, 12);
        for (int i = 0; i < ports.length; i++) {
            int moder = i == 0 ? 0xABFF_FFFF : i == 1 ? 0xFFFF_FEBF : i == 7 ? 0xF : -1;
            ports[i] = add(0x4800_0000 + i * 0x400, new Gpio("GPIO" + (char) ('A' + i), moder, true, signals));
            rcc.gate(ports[i], RccL4.AHB2ENR, RccL4.AHB2ENR + RccL4.TO_RESET, i);
        }
        Crc crc = add(0x4002_3000, new Crc(true, signals));
        rcc.gate(crc, RccL4.AHB1ENR, RccL4.AHB1ENR + RccL4.TO_RESET, 12);
        Rng rng = add(radio ? 0x5800_1000 : 0x5006_0800, new Rng(options.seed(), irq(radio ? 52 : 80), signals));
        int rngEnable = radio ? RccL4.AHB3ENR : RccL4.AHB2ENR;
        rcc.gate(rng, rngEnable, rngEnable + RccL4.TO_RESET, line.kind() == Lines.Kind.G4 ? 26 : 18);
        PlainRegisters syscfg = add(
                0x4001_0000,
                new PlainRegisters("SYSCFG", 0x30, signals)
                        .with(0x00, "MEMRMP", 0, 7)
                        .refusing(0x00, 0x107, "other memory at address 0 and swapped banks are not modelled")
                        .with(0x04, "CFGR1", 0x7C000001, -1)
                        .with(0x08, "EXTICR1", 0, 0xFFFF)
                        .with(0x0C, "EXTICR2", 0, 0xFFFF)
                        .with(0x10, "EXTICR3", 0, 0xFFFF)
                        .with(0x14, "EXTICR4", 0, 0xFFFF)
                        .with(0x18, "SCSR", 0, 0)
                        .with(0x1C, "CFGR2", 0, 0xF));
        rcc.gate(syscfg, RccL4.APB2ENR, RccL4.APB2ENR + RccL4.TO_RESET, 0);
        add(
                0xE004_2000,
                new PlainRegisters("DBGMCU", 0x400, signals)
                        .with(0x00, "IDCODE", line.id(), 0)
                        .with(0x04, "CR", 0, -1)
                        .with(0x08, "APB1FZR1", 0, -1)
                        .with(0x0C, "APB1FZR2", 0, -1)
                        .with(0x10, "APB2FZR", 0, -1));
        CommonPeripherals common = new CommonPeripherals(this, rcc, RccL4.TO_RESET);
        if (radio) {
            common.exti(
                    0x5800_0800,
                    0x80,
                    0x00,
                    0x0C,
                    line.kind() == Lines.Kind.WB ? 23 : 22,
                    line.kind() == Lines.Kind.WB ? 40 : 41);
        } else {
            common.exti(0x4001_0400, 0x00, 0x08, 0x14, 23, 40);
        }
        switch (line.kind()) { // RM0434 table 58, RM0453 table 90, RM0440 table 97, RM0351 table 57
            case WB -> common.i2c(true, RccL4.APB1ENR1, 30, 61, 32); // it has no I2C2
            case WL -> common.i2c(true, RccL4.APB1ENR1, 30, 32, 48);
            case G4 -> common.i2c(true, RccL4.APB1ENR1, 31, 33, 92);
            default -> common.i2c(true, RccL4.APB1ENR1, 31, 33, 72);
        }
        KernelClock clock = rcc::hertz;
        int[] interrupts = {28, 29, 30, 50, 54, 55};
        for (int i = 0; i < interrupts.length; i++) {
            common.timer("TIM" + (2 + i), 0x4000_0000 + i * 0x400, clock, interrupts[i], RccL4.APB1ENR1, i);
        }
        common.advancedTimer("TIM1", 0x4001_2C00, clock, 25, 27, RccL4.APB2ENR, 11);
        common.advancedTimer("TIM8", 0x4001_3400, clock, 44, 46, RccL4.APB2ENR, 13);
        for (int i = 0; i < 3; i++) {
            common.timer("TIM" + (15 + i), 0x4001_4000 + i * 0x400, clock, 24 + i, RccL4.APB2ENR, 16 + i);
        }
        add(line.kind() == Lines.Kind.G4 ? 0x5000_0000 : 0x5004_0000, new Adc(true, signals));
        common.gated(0x4002_0000, new Storage("DMA1", 0x400, signals), RccL4.AHB1ENR, 0);
        common.gated(0x4002_0400, new Storage("DMA2", 0x400, signals), RccL4.AHB1ENR, 1);
        add(0x4002_0800, new Storage("DMAMUX1", 0x400, signals));
        if (line.kind() == Lines.Kind.G4) {
            add(0x4000_6400, new Storage("FDCAN", 0xC00, signals));
            add(0x4000_A400, new Storage("FDCAN RAM", 0xC00, signals));
        } else {
            common.gated(0x4000_6400, new Can("CAN1", signals), RccL4.APB1ENR1, 25);
            add(0x5000_0000, new Otg("OTG_FS", signals));
            common.gated(0x4000_7400, new Storage("DAC1", 0x400, signals), RccL4.APB1ENR1, 29);
        }
        add(0xA000_0000, new Storage("FMC", 0x1000, signals).starting(0, 0x30DB));
        missingPeripherals(line);
    }

    /** The chip's RTC, and the unit that has its backup registers. */
    private Rtc withTamperUnit(int base, int backupRegisters) {
        Rtc calendar = add(0x4000_2800, new Rtc(0, time, signals));
        calendar.writableWhen(() -> true);
        return add(base, Rtc.tamperUnit(backupRegisters, time, signals));
    }

    private void usart(String usartName, int base, KernelClock kernel, int interrupt, int enable, int bit) {
        UsartV2 usart = add(base, new UsartV2(usartName, false, time, kernel, irq(interrupt), signals));
        rcc.gate(usart, enable, enable + RccL4.TO_RESET, bit);
        usarts.put(usartName, usart);
    }

    private void missingPeripherals(Lines line) {
        if (line.kind() != Lines.Kind.G4) {
            missing(0x4000_2400, 0x400, "LCD");
        }
        missing(0x4000_2C00, 0x400, "WWDG");
        missing(0x4000_3800, 0x400, "SPI2");
        missing(0x4000_3C00, 0x400, "SPI3");
        missing(0x4000_7800, 0x400, "OPAMP");
        missing(0x4000_7C00, 0x400, "LPTIM1");
        missing(0x4000_9400, 0x400, "LPTIM2");
        missing(0x4001_2800, 0x400, "SDMMC1");
        missing(0xA000_1000, 0x400, "QUADSPI");
    }

    @Override
    ChipFlash flash() {
        return flash;
    }

    @Override
    Rcc rcc() {
        return rcc;
    }

    @Override
    Rtc rtc() {
        return rtc;
    }

    @Override
    Iwdg watchdog() {
        return watchdog;
    }

    @Override
    List<Gpio> ports() {
        return List.of(ports);
    }

    @Override
    Gpio gpio(char port) {
        return ports[port - 'A'];
    }

    @Override
    void connect(String usart, UartPart part) {
        UsartV2 found = usarts.get(usart);
        if (found == null) {
            throw new IllegalArgumentException(name + " has no " + usart);
        }
        found.connect(part);
    }
}
