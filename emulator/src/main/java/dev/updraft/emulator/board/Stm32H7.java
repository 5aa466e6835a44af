package dev.updraft.emulator.board;

import dev.updraft.emulator.chip.ResetCause;
import dev.updraft.emulator.core.CpuModel;
import dev.updraft.emulator.flash.ChipFlash;
import dev.updraft.emulator.flash.H7Flash;
import dev.updraft.emulator.part.UartPart;
import dev.updraft.emulator.peripheral.Adc;
import dev.updraft.emulator.peripheral.Crc;
import dev.updraft.emulator.peripheral.Gpio;
import dev.updraft.emulator.peripheral.Iwdg;
import dev.updraft.emulator.peripheral.KernelClock;
import dev.updraft.emulator.peripheral.Otg;
import dev.updraft.emulator.peripheral.PlainRegisters;
import dev.updraft.emulator.peripheral.Rcc;
import dev.updraft.emulator.peripheral.RccH7;
import dev.updraft.emulator.peripheral.Rng;
import dev.updraft.emulator.peripheral.Rtc;
import dev.updraft.emulator.peripheral.SpiV2;
import dev.updraft.emulator.peripheral.Storage;
import dev.updraft.emulator.peripheral.UsartV2;
import java.util.List;
import java.util.Map;

/** STM32H72x to H75x: Cortex-M7, flash with ECC (RM0433; memory map in section 2.3, interrupts in section 19.1; RM0468). */
final class Stm32H7 extends Chip {
    private static final long CRYSTAL = 8_000_000;

    private final H7Flash flash;
    private final RccH7 rcc;
    private final Rtc rtc;
    private final Iwdg watchdog;
    private final Gpio[] ports = new Gpio[11];
    private final Map<String, UsartV2> usarts;

    Stm32H7(Lines line, Options options, Signals signals) {
        super(line.name(), CpuModel.CORTEX_M7, line.interrupts(), FLASH_BASE, 64_000_000, signals);
        Memories memories = options.memories();
        int bank = memories.bankSize();
        flash = new H7Flash(
                memories.flash(),
                memories.banks(),
                operations,
                options.timing(),
                time,
                number -> runsFromFlash(number * bank, bank),
                irq(4),
                signals);
        flash(flash, false);
        rams(memories);
        backupRam("BKPSRAM", 0x3880_0000, 4 * 1024);
        bus.addDevice(
                "system memory",
                0x1FF1_E800,
                0x100,
                new SystemMemory(0x1FF1_E800, 0x100)
                        .put(0x1FF1_E800, options.uid())
                        .putHalfWord(0x1FF1_E880, memories.flash().size() / 1024));

        rcc = add(0x5802_4400, new RccH7(time, CRYSTAL, signals));
        add(0x5200_2000, flash.registers());
        PlainRegisters pwr = add(
                0x5802_4800,
                new PlainRegisters("PWR", 0x400, signals)
                        .with(0x00, "CR1", 0xF000_C000, 0x7C3F1)
                        .with(0x04, "CSR1", 0x0000_6000, 0)
                        .with(0x08, "CR2", 0, 0x11)
                        .with(0x0C, "CR3", 0x6, 0x1000307)
                        .with(0x10, "CPUCR", 0, 0xE07)
                        .with(0x18, "D3CR", 0x6000, 0xC000)
                        .with(0x20, "WKUPCR", 0, 0)
                        .with(0x24, "WKUPFR", 0, 0)
                        .with(0x28, "WKUPEPR", 0, -1));
        rtc = add(0x5800_4000, new Rtc(32, time, signals));
        rcc.backupWritableWhen(() -> (pwr.value(0) & 1 << 8) != 0);
        rcc.onBackupReset(rtc::backupReset);
        rtc.writableWhen(() -> (pwr.value(0) & 1 << 8) != 0);
        watchdog = add(
                0x5800_4800,
                new Iwdg(time, true, () -> signals.requestReset(ResetCause.INDEPENDENT_WATCHDOG), signals));

        usarts = Map.of(
                "USART1", usart("USART1", 0x4001_1000, rcc::usartOnApb2, 37, RccH7.APB2ENR, 4),
                "USART2", usart("USART2", 0x4000_4400, rcc::usartOnApb1, 38, RccH7.APB1LENR, 17),
                "USART3", usart("USART3", 0x4000_4800, rcc::usartOnApb1, 39, RccH7.APB1LENR, 18),
                "UART4", usart("UART4", 0x4000_4C00, rcc::usartOnApb1, 52, RccH7.APB1LENR, 19),
                "UART5", usart("UART5", 0x4000_5000, rcc::usartOnApb1, 53, RccH7.APB1LENR, 20),
                "USART6", usart("USART6", 0x4001_1400, rcc::usartOnApb2, 71, RccH7.APB2ENR, 5),
                "UART7", usart("UART7", 0x4000_7800, rcc::usartOnApb1, 82, RccH7.APB1LENR, 30),
                "UART8", usart("UART8", 0x4000_7C00, rcc::usartOnApb1, 83, RccH7.APB1LENR, 31));
        SpiV2 spi1 = add(0x4001_3000, new SpiV2("SPI1", time, rcc::spi1, spi1Wires, irq(35), signals));
        rcc.gate(spi1, RccH7.APB2ENR, RccH7.APB2ENR + RccH7.TO_RESET, 12);
        for (int i = 0; i < ports.length; i++) {
            int moder = i == 0 ? 0xABFF_FFFF : i == 1 ? 0xFFFF_FEBF : -1;
            ports[i] = add(0x5802_0000 + i * 0x400, new Gpio("GPIO" + (char) ('A' + i), moder, false, signals));
            rcc.gate(ports[i], RccH7.AHB4ENR, RccH7.AHB4ENR + RccH7.TO_RESET, i);
        }
        Crc crc = add(0x5802_4C00, new Crc(true, signals));
        rcc.gate(crc, RccH7.AHB4ENR, RccH7.AHB4ENR + RccH7.TO_RESET, 19);
        Rng rng = add(0x4802_1800, new Rng(options.seed(), irq(80), signals));
        rcc.gate(rng, RccH7.AHB2ENR, RccH7.AHB2ENR + RccH7.TO_RESET, 6);
        PlainRegisters syscfg = add(
                0x5800_0400,
                new PlainRegisters("SYSCFG", 0x400, signals)
                        .with(0x04, "PMCR", 0, -1)
                        .with(0x08, "EXTICR1", 0, 0xFFFF)
                        .with(0x0C, "EXTICR2", 0, 0xFFFF)
                        .with(0x10, "EXTICR3", 0, 0xFFFF)
                        .with(0x14, "EXTICR4", 0, 0xFFFF)
                        .with(0x20, "CCCSR", 0, 3)
                        .with(0x2C, "PWRCR", 0, 1));
        rcc.gate(syscfg, RccH7.APB4ENR, RccH7.APB4ENR + RccH7.TO_RESET, 1);
        add(
                0x5C00_1000,
                new PlainRegisters("DBGMCU", 0x400, signals)
                        .with(0x00, "IDC", line.id(), 0)
                        .with(0x04, "CR", 0, -1));
        CommonPeripherals common = new CommonPeripherals(this, rcc, RccH7.TO_RESET);
        common.exti(0x5800_0000, 0x80, 0x00, 0x88, 23, 40);
        common.i2c(true, RccH7.APB1LENR, 31, 33, 72);
        String[] names = {"TIM2", "TIM3", "TIM4", "TIM5", "TIM6", "TIM7", "TIM12", "TIM13", "TIM14"};
        int[] interrupts = {28, 29, 30, 50, 54, 55, 43, 44, 45};
        for (int i = 0; i < names.length; i++) {
            common.timer(names[i], 0x4000_0000 + i * 0x400, rcc::timers, interrupts[i], RccH7.APB1LENR, i);
        }
        common.advancedTimer("TIM1", 0x4001_0000, rcc::timers, 25, 27, RccH7.APB2ENR, 0);
        common.advancedTimer("TIM8", 0x4001_0400, rcc::timers, 44, 46, RccH7.APB2ENR, 1);
        for (int i = 0; i < 3; i++) {
            common.timer("TIM" + (15 + i), 0x4001_4000 + i * 0x400, rcc::timers, 116 + i, RccH7.APB2ENR, 16 + i);
        }
        add(0x4002_2000, new Adc(true, signals));
        common.gated(0x4000_7400, new Storage("DAC1", 0x400, signals), RccH7.APB1LENR, 29);
        add(0x4002_0000, new Storage("DMA1", 0x400, signals));
        add(0x4002_0400, new Storage("DMA2", 0x400, signals));
        add(0x4002_0800, new Storage("DMAMUX1", 0x400, signals));
        add(0x5802_5400, new Storage("BDMA", 0x400, signals));
        add(0x5802_5800, new Storage("DMAMUX2", 0x400, signals));
        add(0x5200_0000, new Storage("MDMA", 0x1000, signals));
        add(0x5200_4000, new Storage("FMC", 0x1000, signals).starting(0, 0x30DB));
        // ST's SystemInit sets a switch of the AXI interconnect on the first revisions (ES0392 2.2.9).
        add(0x5100_0000, new Storage("AXI", 0x9000, signals));
        add(0x4000_A000, new Storage("FDCAN", 0x3400, signals)); // with its message RAM
        add(0x5802_6400, new Storage("HSEM", 0x400, signals));
        add(0x4004_0000, new Otg("OTG_HS", signals));
        add(0x4008_0000, new Otg("OTG_FS", signals));
        missingPeripherals();
    }

    private UsartV2 usart(String usartName, int base, KernelClock kernel, int interrupt, int enable, int bit) {
        UsartV2 usart = add(base, new UsartV2(usartName, true, time, kernel, irq(interrupt), signals));
        rcc.gate(usart, enable, enable + RccH7.TO_RESET, bit);
        return usart;
    }

    private void missingPeripherals() {
        missing(0x4000_2400, 0x400, "LPTIM1");
        missing(0x4000_3800, 0x800, "SPI2-3");
        missing(0x4001_3400, 0x400, "SPI4");
        missing(0x4002_8000, 0x1400, "ETH");
        missing(0x5000_3000, 0x1000, "WWDG1");
        missing(0x5200_5000, 0x1000, "QUADSPI");
        missing(0x5200_7000, 0x1000, "SDMMC1");
        missing(0x5800_0C00, 0x400, "LPUART1");
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
