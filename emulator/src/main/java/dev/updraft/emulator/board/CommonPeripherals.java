package dev.updraft.emulator.board;

import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.peripheral.Exti;
import dev.updraft.emulator.peripheral.I2c;
import dev.updraft.emulator.peripheral.KernelClock;
import dev.updraft.emulator.peripheral.Rcc;
import dev.updraft.emulator.peripheral.Tim;
import java.util.List;

/** Peripherals that all families have alike, at the places that a chip's class says. */
record CommonPeripherals(Chip chip, Rcc rcc, int toReset) {
    /** Gives a peripheral that is at {@code base} its clock. */
    <P extends RegisterBlock> P gated(int base, P peripheral, int enable, int bit) {
        chip.add(base, peripheral);
        rcc.gate(peripheral, enable, enable + toReset, bit);
        return peripheral;
    }

    void timer(String name, int base, KernelClock clock, int interrupt, int enable, int bit) {
        int mask = name.equals("TIM2") || name.equals("TIM5") ? -1 : 0xFFFF;
        gated(base, new Tim(name, mask, chip.time, clock, chip.irq(interrupt), null, chip.signals), enable, bit);
    }

    /** TIM1 or TIM8. */
    void advancedTimer(String name, int base, KernelClock clock, int update, int compare, int enable, int bit) {
        gated(
                base,
                new Tim(name, 0xFFFF, chip.time, clock, chip.irq(update), chip.irq(compare), chip.signals),
                enable,
                bit);
    }

    /**
     * I2C1 to I2C3, which stand behind each other.
     *
     * @param events the interrupt of each, behind which that of its errors stands
     */
    void i2c(boolean second, int enable, int... events) {
        for (int i = 0; i < events.length; i++) {
            InterruptLine event = chip.irq(events[i]);
            InterruptLine error = chip.irq(events[i] + 1);
            String name = "I2C" + (i + 1);
            gated(
                    0x4000_5400 + i * 0x400,
                    second
                            ? I2c.version2(name, event, error, chip.signals)
                            : I2c.version1(name, event, error, chip.signals),
                    enable,
                    21 + i);
        }
    }

    /** @param shared interrupts of the lines 5 to 9 and 10 to 15; those of 0 to 4 are the same on all chips */
    void exti(int base, int mask, int trigger, int pending, int... shared) {
        chip.add(
                base,
                new Exti(
                        mask,
                        trigger,
                        pending,
                        List.of(6, 7, 8, 9, 10, shared[0], shared[1]).stream()
                                .map(chip::irq)
                                .toList(),
                        chip.signals));
    }
}
