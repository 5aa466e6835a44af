package dev.updraft.emulator.board;

import dev.updraft.emulator.core.CpuModel;
import dev.updraft.emulator.flash.ChipFlash;
import dev.updraft.emulator.flash.F4Flash;
import dev.updraft.emulator.part.UartPart;
import dev.updraft.emulator.peripheral.Crc;
import dev.updraft.emulator.peripheral.Gpio;
import dev.updraft.emulator.peripheral.Iwdg;
import dev.updraft.emulator.peripheral.KernelClock;
import dev.updraft.emulator.peripheral.PlainRegisters;
import dev.updraft.emulator.peripheral.Rcc;
import dev.updraft.emulator.peripheral.RccF4;
import dev.updraft.emulator.peripheral.Rng;
import dev.updraft.emulator.peripheral.Rtc;
import dev.updraft.emulator.peripheral.SpiV1;
import dev.updraft.emulator.peripheral.UsartV1;
import java.util.Map;

/**
 * STM32F4: Cortex-M4 (RM0090; memory map in section 2.3, interrupts in section 12.2). All lines have the peripherals of the F407, and in addition what
 * later ones have.
 */
final class Stm32F4 extends Chip {
    private static final long CRYSTAL = 8_000_000;

    private final F4Flash flash;
    private final RccF4 rcc;
    private final Rtc rtc;
    private final Iwdg watchdog;
    private final Gpio[] ports = new Gpio[9];
    private final Map<String, UsartV1> usarts;

    Stm32F4(Lines line, Options options, Signals signals) {
        super(line.name(), CpuModel.CORTEX_M4, line.interrupts(), 0, 16_000_000, signals);
        Memories memories = options.memories();
        int bank = memories.bankSize();
        flash = new F4Flash(
                memories.flash(),
                memories.banks(),
                operations,
                options.timing(),
                time,
                number -> runsFromFlash(number * bank, bank),
                irq(4),
                signals);
        flash(flash, true);
        rams(memories);
        backupRam("BKPSRAM", 0x4002_4000, 4 * 1024);
        bus.addDevice(
                "system memory",
                0x1FFF_7800,
                0x400,
                new SystemMemory(0x1FFF_7800, 0x400)
                        .put(0x1FFF_7A10, options.uid())
                        .putHalfWord(0x1FFF_7A22, memories.flash().size() / 1024));

        rcc = add(0x4002_3800, new RccF4(time, CRYSTAL, signals));
        add(0x4002_3C00, flash.registers());
        PlainRegisters pwr = add(
                0x4000_7000,
                new PlainRegisters("PWR", 0x400, signals)
                        .with(0x00, "CR", 0x4000, 0x43F3)
                        .with(0x04, "CSR", 0x4008, 0x0300));
        rtc = add(0x4000_2800, new Rtc(20, signals));
        rcc.backupWritableWhen(() -> (pwr.value(0) & 1 << 8) != 0);
        rcc.onBackupReset(rtc::backupReset);
        rtc.writableWhen(() -> (pwr.value(0) & 1 << 8) != 0);
        watchdog = add(
                0x4000_3000,
                new Iwdg(
                        time,
                        false,
                        () -> signals.requestReset(dev.updraft.emulator.chip.ResetCause.INDEPENDENT_WATCHDOG),
                        signals));

        usarts = Map.of(
                "USART1", usart("USART1", 0x4001_1000, rcc::apb2, 37, RccF4.APB2ENR, 4),
                "USART2", usart("USART2", 0x4000_4400, rcc::apb1, 38, RccF4.APB1ENR, 17),
                "USART3", usart("USART3", 0x4000_4800, rcc::apb1, 39, RccF4.APB1ENR, 18),
                "UART4", usart("UART4", 0x4000_4C00, rcc::apb1, 52, RccF4.APB1ENR, 19),
                "UART5", usart("UART5", 0x4000_5000, rcc::apb1, 53, RccF4.APB1ENR, 20),
                "USART6", usart("USART6", 0x4001_1400, rcc::apb2, 71, RccF4.APB2ENR, 5));
        SpiV1 spi1 = add(0x4001_3000, new SpiV1("SPI1", false, time, rcc::apb2, spi1Wires, irq(35), signals));
        rcc.gate(spi1, RccF4.APB2ENR, RccF4.APB2ENR + RccF4.TO_RESET, 12);

        for (int i = 0; i < ports.length; i++) {
            int moder = i == 0 ? 0xA800_0000 : i == 1 ? 0x280 : 0;
            ports[i] = add(0x4002_0000 + i * 0x400, new Gpio("GPIO" + (char) ('A' + i), moder, false, signals));
            rcc.gate(ports[i], RccF4.AHB1ENR, RccF4.AHB1ENR + RccF4.TO_RESET, i);
        }
        Crc crc = add(0x4002_3000, new Crc(false, signals));
        rcc.gate(crc, RccF4.AHB1ENR, RccF4.AHB1ENR + RccF4.TO_RESET, 12);
        Rng rng = add(0x5006_0800, new Rng(options.seed(), irq(80), signals));
        rcc.gate(rng, RccF4.AHB2ENR, RccF4.AHB2ENR + RccF4.TO_RESET, 6);
        smallPeripherals(line);
        missingPeripherals();
    }

    private UsartV1 usart(String usartName, int base, KernelClock kernel, int interrupt, int enable, int bit) {
        UsartV1 usart = add(base, new UsartV1(usartName, time, kernel, irq(interrupt), signals));
        rcc.gate(usart, enable, enable + RccF4.TO_RESET, bit);
        return usart;
    }

    private void smallPeripherals(Lines line) {
        PlainRegisters syscfg = add(
                0x4001_3800,
                new PlainRegisters("SYSCFG", 0x400, signals)
                        .with(0x00, "MEMRMP", 0, 3)
                        .refusing(0x00, 3, "other memory at address 0 is not modelled")
                        .with(0x04, "PMC", 0, 1 << 23)
                        .with(0x08, "EXTICR1", 0, 0xFFFF)
                        .with(0x0C, "EXTICR2", 0, 0xFFFF)
                        .with(0x10, "EXTICR3", 0, 0xFFFF)
                        .with(0x14, "EXTICR4", 0, 0xFFFF)
                        .with(0x20, "CMPCR", 0, 1));
        rcc.gate(syscfg, RccF4.APB2ENR, RccF4.APB2ENR + RccF4.TO_RESET, 14);
        add(
                0x4001_3C00,
                new PlainRegisters("EXTI", 0x400, signals)
                        .with(0x00, "IMR", 0, -1)
                        .refusing(0x00, -1, "interrupts from pins are not modelled")
                        .with(0x04, "EMR", 0, -1)
                        .with(0x08, "RTSR", 0, -1)
                        .with(0x0C, "FTSR", 0, -1)
                        .with(0x10, "SWIER", 0, 0)
                        .with(0x14, "PR", 0, 0));
        add(
                0xE004_2000,
                new PlainRegisters("DBGMCU", 0x400, signals)
                        .with(0x00, "IDCODE", line.id(), 0)
                        .with(0x04, "CR", 0, -1)
                        .with(0x08, "APB1_FZ", 0, -1)
                        .with(0x0C, "APB2_FZ", 0, -1));
    }

    private void missingPeripherals() {
        String[] apb1 = {"TIM2", "TIM3", "TIM4", "TIM5", "TIM6", "TIM7", "TIM12", "TIM13", "TIM14"};
        for (int i = 0; i < apb1.length; i++) {
            missing(0x4000_0000 + i * 0x400, 0x400, apb1[i]);
        }
        missing(0x4000_2C00, 0x400, "WWDG");
        missing(0x4000_3400, 0x400, "I2S2ext");
        missing(0x4000_3800, 0x400, "SPI2");
        missing(0x4000_3C00, 0x400, "SPI3");
        missing(0x4000_4000, 0x400, "I2S3ext");
        missing(0x4000_5400, 0x400, "I2C1");
        missing(0x4000_5800, 0x400, "I2C2");
        missing(0x4000_5C00, 0x400, "I2C3");
        missing(0x4000_6400, 0x400, "CAN1");
        missing(0x4000_6800, 0x400, "CAN2");
        missing(0x4000_7400, 0x400, "DAC");
        missing(0x4001_0000, 0x400, "TIM1");
        missing(0x4001_0400, 0x400, "TIM8");
        missing(0x4001_2000, 0x400, "ADC");
        missing(0x4001_2C00, 0x400, "SDIO");
        missing(0x4001_4000, 0x400, "TIM9");
        missing(0x4001_4400, 0x400, "TIM10");
        missing(0x4001_4800, 0x400, "TIM11");
        missing(0x4002_6000, 0x400, "DMA1");
        missing(0x4002_6400, 0x400, "DMA2");
        missing(0x4002_8000, 0x1400, "ETH");
        missing(0x4004_0000, 0x4_0000, "OTG_HS");
        missing(0x5000_0000, 0x4_0000, "OTG_FS");
        missing(0x5005_0000, 0x400, "DCMI");
        missing(0xA000_0000, 0x1000, "FSMC");
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
    Gpio gpio(char port) {
        return ports[port - 'A'];
    }

    @Override
    void connect(String usart, UartPart part) {
        UsartV1 found = usarts.get(usart);
        if (found == null) {
            throw new IllegalArgumentException(name + " has no " + usart);
        }
        found.connect(part);
    }
}
