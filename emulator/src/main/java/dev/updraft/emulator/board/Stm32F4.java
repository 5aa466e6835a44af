package dev.updraft.emulator.board;

import dev.updraft.emulator.core.CpuModel;
import dev.updraft.emulator.flash.ChipFlash;
import dev.updraft.emulator.flash.F4Flash;
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
import dev.updraft.emulator.peripheral.RccF4;
import dev.updraft.emulator.peripheral.Rng;
import dev.updraft.emulator.peripheral.Rtc;
import dev.updraft.emulator.peripheral.SpiV1;
import dev.updraft.emulator.peripheral.Storage;
import dev.updraft.emulator.peripheral.UsartV1;
import java.util.List;
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
                        .with(0x00, "CR", 0x4000, 0xFFFF3)
                        // VOSRDY, BRR; over-drive counts as ready (RM0090 5.5.2)
                        .with(0x04, "CSR", 0x3_4008, 0x0300));
        rtc = add(0x4000_2800, new Rtc(20, time, signals));
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
        CommonPeripherals common = new CommonPeripherals(this, rcc, RccF4.TO_RESET);
        common.exti(0x4001_3C00, 0x00, 0x08, 0x14, 23, 40);
        common.i2c(false, RccF4.APB1ENR, 31, 33, 72);
        KernelClock slow = () -> Math.min(rcc.hertz(), 2 * rcc.apb1());
        KernelClock fast = () -> Math.min(rcc.hertz(), 2 * rcc.apb2());
        String[] names = {"TIM2", "TIM3", "TIM4", "TIM5", "TIM6", "TIM7", "TIM12", "TIM13", "TIM14"};
        int[] interrupts = {28, 29, 30, 50, 54, 55, 43, 44, 45};
        for (int i = 0; i < names.length; i++) {
            common.timer(names[i], 0x4000_0000 + i * 0x400, slow, interrupts[i], RccF4.APB1ENR, i);
        }
        common.advancedTimer("TIM1", 0x4001_0000, fast, 25, 27, RccF4.APB2ENR, 0);
        common.advancedTimer("TIM8", 0x4001_0400, fast, 44, 46, RccF4.APB2ENR, 1);
        for (int i = 0; i < 3; i++) {
            common.timer("TIM" + (9 + i), 0x4001_4000 + i * 0x400, fast, 24 + i, RccF4.APB2ENR, 16 + i);
        }
        Adc adc = add(0x4001_2000, new Adc(false, signals));
        adc.clockedWhen(() -> rcc.enabled(RccF4.APB2ENR, 7 << 8));
        common.gated(0x4000_7400, new Storage("DAC", 0x400, signals), RccF4.APB1ENR, 29);
        common.gated(0x4002_6000, new Storage("DMA1", 0x400, signals), RccF4.AHB1ENR, 21);
        common.gated(0x4002_6400, new Storage("DMA2", 0x400, signals), RccF4.AHB1ENR, 22);
        common.gated(0x4000_6400, new Can("CAN1", signals), RccF4.APB1ENR, 25);
        common.gated(0x4000_6800, new Can("CAN2", signals), RccF4.APB1ENR, 26);
        add(0x5000_0000, new Otg("OTG_FS", signals));
        add(0x4004_0000, new Otg("OTG_HS", signals));
        add(0xA000_0000, new Storage("FSMC", 0x1000, signals).starting(0, 0x30DB));
        add(
                0xE004_2000,
                new PlainRegisters("DBGMCU", 0x400, signals)
                        .with(0x00, "IDCODE", line.id(), 0)
                        .with(0x04, "CR", 0, -1)
                        .with(0x08, "APB1_FZ", 0, -1)
                        .with(0x0C, "APB2_FZ", 0, -1));
    }

    private void missingPeripherals() {
        missing(0x4000_2C00, 0x400, "WWDG");
        missing(0x4000_3400, 0x400, "I2S2ext");
        missing(0x4000_3800, 0x400, "SPI2");
        missing(0x4000_3C00, 0x400, "SPI3");
        missing(0x4000_4000, 0x400, "I2S3ext");
        missing(0x4001_2C00, 0x400, "SDIO");
        missing(0x4002_8000, 0x1400, "ETH");
        missing(0x5005_0000, 0x400, "DCMI");
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
        UsartV1 found = usarts.get(usart);
        if (found == null) {
            throw new IllegalArgumentException(name + " has no " + usart);
        }
        found.connect(part);
    }
}
