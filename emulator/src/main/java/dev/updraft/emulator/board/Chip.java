package dev.updraft.emulator.board;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.InterruptLine;
import dev.updraft.emulator.chip.RegisterBlock;
import dev.updraft.emulator.chip.ResetCause;
import dev.updraft.emulator.core.Clock;
import dev.updraft.emulator.core.Cpu;
import dev.updraft.emulator.core.CpuModel;
import dev.updraft.emulator.core.DebugUnit;
import dev.updraft.emulator.flash.ChipFlash;
import dev.updraft.emulator.flash.FlashOperations;
import dev.updraft.emulator.flash.FlashTiming;
import dev.updraft.emulator.memory.Bus;
import dev.updraft.emulator.memory.Ram;
import dev.updraft.emulator.part.UartPart;
import dev.updraft.emulator.peripheral.Gpio;
import dev.updraft.emulator.peripheral.Iwdg;
import dev.updraft.emulator.peripheral.Rcc;
import dev.updraft.emulator.peripheral.Rtc;
import dev.updraft.emulator.peripheral.SpiBus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** One chip: processor, memories and peripherals, at their addresses. Each chip's class reads as its memory map. */
abstract class Chip {
    /** What differs between boards with the same chip. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Options(long seed, byte[] uid, FlashTiming timing, Memories memories) {}

    static final int FLASH_BASE = 0x0800_0000;

    final String name;
    final Bus bus = new Bus();
    final Clock clock;
    final ChipTime time;
    final Cpu cpu;
    final Signals signals;
    final FlashOperations operations;
    final SpiBus spi1Wires = new SpiBus();

    private boolean flashAtZero;
    private final List<RegisterBlock> blocks = new ArrayList<>();
    private final List<Ram> volatileRams = new ArrayList<>();
    private final List<Ram> backupRams = new ArrayList<>();

    /** @param vectorTable where the vector table is after reset */
    Chip(String name, CpuModel model, int interrupts, int vectorTable, long hertzAtReset, Signals signals) {
        this.name = name;
        this.signals = signals;
        clock = new Clock(hertzAtReset);
        time = new ChipTime(clock, hertzAtReset);
        cpu = new Cpu(model, bus, clock, interrupts, vectorTable);
        operations = new FlashOperations(signals::cutPower);
        signals.connect(cpu);
    }

    // What a chip's class builds with.

    final void flash(ChipFlash flash, boolean alsoAtZero) {
        var region = bus.addFlash("flash", FLASH_BASE, flash.array().bytes(), flash.controller());
        flashAtZero = alsoAtZero;
        if (alsoAtZero) {
            bus.addAlias("flash at 0", 0, region.size(), region, 0);
        }
        flash.attach(region);
    }

    final void ram(String ramName, int base, int size) {
        volatileRams.add(bus.addRam(ramName, base, new byte[size]));
    }

    final void rams(Memories memories) {
        memories.ram()
                .forEach(range ->
                        ram(String.format(Locale.ROOT, "RAM at 0x%08x", range.base()), range.base(), range.size()));
    }

    /** RAM in the backup domain. */
    final void backupRam(String ramName, int base, int size) {
        backupRams.add(bus.addRam(ramName, base, new byte[size]));
    }

    final <P extends RegisterBlock> P add(int base, P peripheral) {
        bus.addDevice(peripheral.name(), base, peripheral.size(), peripheral);
        blocks.add(peripheral);
        return peripheral;
    }

    final void missing(int base, int size, String peripheral) {
        bus.addDevice(peripheral, base, size, new UnmodelledPeripheral(peripheral, signals));
    }

    final InterruptLine irq(int number) {
        return high -> {
            if (high) {
                cpu.nvic().raise(number);
            } else {
                cpu.nvic().lower(number);
            }
        };
    }

    /** Whether the instruction under way came from this part of flash; offsets count from its start. */
    final boolean runsFromFlash(int from, int size) {
        int pc = cpu.register(15);
        return Integer.compareUnsigned(pc - FLASH_BASE - from, size) <= 0
                || flashAtZero && Integer.compareUnsigned(pc - from, size) <= 0;
    }

    // What the board does with it.

    abstract ChipFlash flash();

    abstract Rcc rcc();

    abstract Rtc rtc();

    abstract Iwdg watchdog();

    abstract Gpio gpio(char port);

    /** From port A on. */
    abstract List<Gpio> ports();

    /** Wires a part to a USART, as USART1. */
    abstract void connect(String usart, UartPart part);

    /** All RAM comes up with something in it that is neither 0 nor the same every time. */
    final void powerUp(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        volatileRams.forEach(ram -> random.nextBytes(ram.bytes()));
        flash().powerUp();
    }

    final void loseBackupPower() {
        rtc().backupReset();
        rcc().loseBackupPower();
        backupRams.forEach(ram -> Arrays.fill(ram.bytes(), (byte) 0));
    }

    /** The peripherals' and the processor's side of a reset. */
    final void reset(ResetCause cause) {
        blocks.forEach(RegisterBlock::reset);
        rcc().resetBy(cause);
        cpu.reset();
    }

    /** An access in words: what was done to which register of which peripheral. */
    final String describe(DebugUnit.PeripheralAccess access) {
        return (access.write() ? String.format("write of 0x%X to ", access.value()) : "read of ")
                + describe(access.address())
                + String.format(" (0x%08X)", access.address());
    }

    /** Name of the register at an address, or the region's name; for reports. */
    final String describe(int address) {
        var region = bus.find(address);
        if (region == null) {
            return "nothing";
        }
        for (RegisterBlock block : blocks) {
            if (block.name().equals(region.name())) {
                return block.registerName(address - region.base());
            }
        }
        return region.name();
    }

    /** Everything inside the chip but the processor and the clock. */
    record Memory(List<byte[]> rams, List<long[]> blocks, Object flash) {}

    final Memory save() {
        List<byte[]> rams = new ArrayList<>();
        volatileRams.forEach(ram -> rams.add(ram.bytes().clone()));
        backupRams.forEach(ram -> rams.add(ram.bytes().clone()));
        return new Memory(rams, blocks.stream().map(RegisterBlock::save).toList(), flash().save());
    }

    final void digestState(StateDigest state) {
        volatileRams.forEach(ram -> state.add(ram.bytes()));
        backupRams.forEach(ram -> state.add(ram.bytes()));
        blocks.forEach(block -> state.add(block.save()));
        state.add(flash().saveController());
    }

    final void restore(Memory from) {
        int i = 0;
        for (Ram ram : volatileRams) {
            byte[] saved = from.rams.get(i++);
            System.arraycopy(saved, 0, ram.bytes(), 0, saved.length);
        }
        for (Ram ram : backupRams) {
            byte[] saved = from.rams.get(i++);
            System.arraycopy(saved, 0, ram.bytes(), 0, saved.length);
        }
        for (int b = 0; b < blocks.size(); b++) {
            blocks.get(b).restore(from.blocks.get(b));
        }
        flash().restore(from.flash);
    }
}
