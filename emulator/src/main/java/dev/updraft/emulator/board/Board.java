package dev.updraft.emulator.board;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.chip.ResetCause;
import dev.updraft.emulator.core.Clock;
import dev.updraft.emulator.core.Cpu;
import dev.updraft.emulator.core.DebugUnit;
import dev.updraft.emulator.core.StopReason;
import dev.updraft.emulator.debug.Symbols;
import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.emulator.flash.FlashListener;
import dev.updraft.emulator.flash.FlashOperation;
import dev.updraft.emulator.flash.FlashOperations;
import dev.updraft.emulator.flash.FlashSnapshot;
import dev.updraft.emulator.flash.Tear;
import dev.updraft.emulator.memory.BusFault;
import dev.updraft.emulator.memory.Flash;
import dev.updraft.emulator.memory.LittleEndian;
import dev.updraft.emulator.network.Network;
import dev.updraft.emulator.part.Console;
import dev.updraft.emulator.part.EspAt;
import dev.updraft.emulator.part.SdCard;
import dev.updraft.emulator.part.SpiNor;
import dev.updraft.emulator.part.W5500;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A board that can be switched on. It belongs to one thread at a time. Time is virtual: while only timers run, sleep is skipped, and
 * the same board with the same seed does the same again; only while its Wi-Fi module waits for a real network does it keep pace with
 * real time.
 */
public final class Board implements AutoCloseable {
    /** How long the processor runs before the board looks at conditions and at the network, in virtual nanoseconds. */
    private static final long USUAL_SLICE = 100_000;

    /** How far virtual time may be ahead of real time while the board waits for a real network. */
    private static final long AHEAD = 1_000_000;

    private final String name;
    private final Chip chip;
    private final long seed;
    private final Parts parts;
    private final Network network;
    private final Clock.Timer cutTimer;

    private Symbols symbols = Symbols.NONE;
    private boolean on;
    private long slice = USUAL_SLICE;
    private boolean stopAtReset;
    private long powerUps;
    private Tear timedTear = Tear.untouched();
    private long pacedSinceReal;
    private long pacedSinceVirtual = -1;

    Board(String name, Chip chip, long seed, Parts parts) {
        this.name = name;
        this.chip = chip;
        this.seed = seed;
        this.parts = parts;
        network = parts.network();
        cutTimer = chip.clock.timer("power cut", this::cutByTimer);
        chip.cpu.onSleep(this::sleep);
        chip.cpu.lockupEndsWhen(this::watchdogEndsLockup);
    }

    public String name() {
        return name;
    }

    /** The processor, for debuggers, tracers and reports. */
    public Cpu cpu() {
        return chip.cpu;
    }

    /** Virtual time. */
    public ChipTime time() {
        return chip.time;
    }

    /** The terminal on USART1. */
    public Console console() {
        return parts.console();
    }

    /** The Wi-Fi module on USART2. */
    public EspAt wifi() {
        return parts.wifi();
    }

    /** The SD card on SPI1 with its chip select on PA4. */
    public Optional<SdCard> sdCard() {
        return Optional.ofNullable(parts.sdCard());
    }

    /** The W5500 on SPI1 with its chip select on PB1. */
    public Optional<W5500> ethernet() {
        return Optional.ofNullable(parts.ethernet());
    }

    /** The SPI NOR flash on SPI1 with its chip select on PB0. */
    public Optional<SpiNor> spiNor() {
        return Optional.ofNullable(parts.spiNor());
    }

    /** Content of the chip's flash as it is now; not to be changed. */
    public FlashArray flash() {
        return chip.flash().array();
    }

    /** Writes flash as a production programmer does; {@code address} is the processor's. */
    public void program(int address, byte[] content) {
        int offset = address - Chip.FLASH_BASE;
        if (offset < 0 || offset + content.length > flash().bytes().length) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "0x%08X to 0x%08X is not within the flash of the %s (0x%08X, %d KB)",
                    address,
                    address + content.length,
                    chip.name,
                    Chip.FLASH_BASE,
                    flash().bytes().length / 1024));
        }
        chip.flash().load(offset, content);
    }

    /**
     * Memory and peripheral registers as a debugger reads them, words for registers, with the side effects that a read has; null where
     * nothing answers.
     */
    public byte @Nullable [] read(int address, int length) {
        byte[] memory = chip.cpu.bus().peek(address, length);
        return memory != null ? memory : chip.signals.quietly(() -> readRegisters(address, length));
    }

    private byte @Nullable [] readRegisters(int address, int length) {
        byte[] out = new byte[length];
        int width = (address & 3) == 0 && (length & 3) == 0 ? 4 : 1;
        try {
            for (int i = 0; i < length; i += width) {
                LittleEndian.put(out, i, width, chip.cpu.bus().read(address + i, width));
            }
            return out;
        } catch (BusFault refused) {
            return null;
        }
    }

    /** Writes RAM or peripheral registers as a debugger does; false where nothing answers, and for flash, which is programmed. */
    public boolean write(int address, byte[] content) {
        if (chip.cpu.bus().find(address) instanceof Flash) {
            return false;
        }
        int width = (address & 3) == 0 && (content.length & 3) == 0 ? 4 : 1;
        return chip.signals.quietly(() -> {
            try {
                for (int i = 0; i < content.length; i += width) {
                    chip.cpu.bus().write(address + i, width, LittleEndian.get(content, i, width));
                }
                return true;
            } catch (BusFault refused) {
                return false;
            }
        });
    }

    /**
     * Replaces the flash content, and what of it is unstable, by what was put together elsewhere, or by {@code flash().save()} after that
     * was changed. Between runs, and while no operation is under way.
     */
    public void takeFlash(FlashSnapshot content) {
        if (isFlashBusy()) {
            throw new IllegalStateException("the flash is busy");
        }
        chip.flash().takeContent(content);
    }

    /** From now on {@link FlashArray#unseenSinceWatched()} tells whether the content of this sector could have made a difference. Between runs. */
    public void watchSector(int sector) {
        chip.flash().watch(sector);
    }

    private boolean watchdogEndsLockup() {
        if (chip.watchdog().running()) {
            chip.signals.suspicious(chip.cpu.lockup() + "; the watchdog resets the chip");
            return true;
        }
        return false;
    }

    /** Told each pin that changes its level from now on, as PA5, and whether it is high. */
    public void onPin(BiConsumer<String, Boolean> listener) {
        for (int i = 0; i < chip.ports().size(); i++) {
            String port = "P" + (char) ('A' + i);
            for (int pin = 0; pin < 16; pin++) {
                String name = port + pin;
                boolean[] heard = {false};
                chip.ports().get(i).onPin(pin, high -> {
                    if (heard[0]) {
                        listener.accept(name, high);
                    }
                    heard[0] = true;
                });
            }
        }
    }

    /** Whether the independent watchdog runs. */
    public boolean isWatchdogRunning() {
        return chip.watchdog().running();
    }

    /** An RTC backup register. */
    public int backupRegister(int number) {
        return chip.rtc().backup(number);
    }

    /** What the firmware did that has no effect on the chip and is most likely a mistake. */
    public List<String> notes() {
        return chip.signals.notes();
    }

    /** Told each such note when it first happens. */
    public void onNote(Consumer<String> listener) {
        chip.signals.onNote(listener);
    }

    // Flash operations

    /** Flash operations begun since the board was made, in all its memories. */
    public long flashOperations() {
        return chip.operations.count();
    }

    /** Whether an operation is under way in the chip's flash. */
    public boolean isFlashBusy() {
        return chip.flash().busyCycles() > 0;
    }

    public void addFlashListener(FlashListener listener) {
        chip.operations.addListener(listener);
    }

    public void removeFlashListener(FlashListener listener) {
        chip.operations.removeListener(listener);
    }

    // Power

    public boolean isOn() {
        return on;
    }

    /** Switches the power on; the chip starts from its reset vector at the next run. */
    public void powerOn() {
        if (on) {
            throw new IllegalStateException("the board is on already");
        }
        on = true;
        powerUps++;
        chip.signals.clear();
        chip.powerUp(seed * 31 + powerUps);
        chip.reset(ResetCause.POWER_ON);
        parts.powerUp();
    }

    /**
     * Switches the power off. A flash operation under way is left torn.
     *
     * @param keepBackupDomain whether a battery keeps the RTC backup registers and the backup RAM
     */
    public void powerOff(boolean keepBackupDomain) {
        powerOff(keepBackupDomain, Tear.any(seed + chip.operations.count()));
    }

    private void powerOff(boolean keepBackupDomain, Tear tear) {
        if (on) {
            chip.flash().interrupt(tear);
            parts.powerDown(tear);
            on = false;
            cutTimer.cancel();
            pacedSinceVirtual = -1;
        }
        if (!keepBackupDomain) {
            chip.loseBackupPower();
        }
    }

    /**
     * The power goes during flash operation {@code number} (counted as {@link #flashOperations()}; 0: not at all) and leaves it as the
     * tear says. The run ends with {@link Outcome.PowerCut}; the backup domain keeps its content until {@link #powerOff(boolean)} says
     * otherwise.
     */
    public void cutPowerAt(long number, Tear tear) {
        chip.operations.cutAt(number, tear);
    }

    /** The power goes after so many processor cycles; a flash operation that is then under way is left as the tear says. */
    public void cutPowerAfterCycles(long cycles, Tear tear) {
        timedTear = tear;
        cutTimer.start(cycles);
    }

    private void cutByTimer() {
        chip.signals.cutPower(null);
    }

    /** Presses the reset button. */
    public void pressReset() {
        reset(ResetCause.PIN);
    }

    /** Whether runs end at each reset instead of going on; off at first. */
    public void stopAtReset(boolean stop) {
        stopAtReset = stop;
    }

    private void reset(ResetCause cause) {
        // RM0090 3.5.1, RM0351 3.3.5, RM0433 4.3.8: contents are not guaranteed when a reset hits a flash operation.
        chip.flash().interrupt(Tear.any(seed + chip.operations.count()));
        chip.reset(cause);
    }

    // Running

    /** Runs until something ends it; a busy firmware runs for ever. */
    public Outcome run() {
        return run(() -> false, Long.MAX_VALUE);
    }

    /** How often, in virtual microseconds, a run looks at its condition; every 100 microseconds when not said. */
    public void lookEvery(long micros) {
        slice = micros * 1000;
    }

    /** Has the run under way look at its condition after the instruction under way. May be called from listeners. */
    public void lookNow() {
        chip.cpu.stop(new StopReason.Budget());
    }

    /** Runs for so much virtual time, unless something ends it before. */
    public Outcome runFor(long micros) {
        return run(() -> false, micros);
    }

    /** Runs until the condition holds, which is looked at as {@link #lookEvery} says, at most for so many microseconds. */
    public Outcome run(BooleanSupplier until, long micros) {
        if (!on) {
            throw new IllegalStateException("the board is off");
        }
        long end = micros > (Long.MAX_VALUE - chip.time.nanos()) / 1000
                ? Long.MAX_VALUE
                : chip.time.nanos() + micros * 1000;
        while (true) {
            network.deliver();
            if (until.getAsBoolean()) {
                return new Outcome.TimeUp(true);
            }
            long left = end - chip.time.nanos();
            if (left <= 0) {
                return new Outcome.TimeUp(false);
            }
            Outcome outcome = look(chip.cpu.run(chip.time.cyclesOfNanos(Math.min(slice, left))));
            if (outcome != null) {
                return outcome;
            }
            keepPace();
        }
    }

    /** Executes one instruction, for debuggers; null when nothing else happened. */
    public @Nullable Outcome step() {
        network.deliver();
        return look(chip.cpu.run(1));
    }

    private @Nullable Outcome look(StopReason reason) {
        if (chip.signals.isCut()) {
            FlashOperation operation = chip.signals.takeCut();
            powerOff(true, timedTear);
            return new Outcome.PowerCut(operation);
        }
        String notModelled = chip.signals.takeNotModelled();
        if (notModelled != null) {
            return stopped(notModelled);
        }
        ResetCause cause = chip.signals.takeReset();
        return switch (reason) {
            case StopReason.Budget budget -> null;
            case StopReason.SystemReset asked -> afterReset(ResetCause.SOFTWARE);
            case StopReason.Asleep forEver -> new Outcome.Idle();
            case StopReason.Halted halted -> new Outcome.Halted(halted);
            case StopReason.Watchpoint watched -> new Outcome.Halted(watched);
            case StopReason.Requested(String message, int code) -> {
                if (cause != null) {
                    yield afterReset(cause);
                }
                yield message.equals("exit") ? new Outcome.Exited(code) : stopped(message);
            }
            default -> stopped(reason.message());
        };
    }

    private @Nullable Outcome afterReset(ResetCause cause) {
        reset(cause);
        return stopAtReset ? new Outcome.Reset(cause) : null;
    }

    private Outcome stopped(String message) {
        return new Outcome.Stopped(message, report());
    }

    /** What the firmware's functions are called, for reports. */
    public void symbols(Symbols names) {
        symbols = names;
    }

    /** Registers, stack and last fault as they are now. */
    public FaultReport report() {
        DebugUnit.PeripheralAccess last = chip.cpu.debug().lastPeripheralAccess();
        return FaultReport.of(chip.name, chip.cpu, chip.time.nanos(), symbols, last == null ? "" : chip.describe(last));
    }

    // Time

    /** With a real network in play a board that sleeps for ever may still be woken. */
    private long sleep(long cycles) {
        boolean nothingLeft = chip.clock.nextDeadline() == Clock.NEVER && !waitsForRealNetwork();
        return nothingLeft || cycles == Clock.NEVER ? 0 : cycles;
    }

    private boolean waitsForRealNetwork() {
        return network.isReal() && parts.waitForNetwork();
    }

    /** While the module waits for a real network, virtual time must not run ahead, or the firmware's time-outs would strike at once. */
    private void keepPace() {
        if (!waitsForRealNetwork() || chip.flash().busyCycles() > 0) {
            pacedSinceVirtual = -1;
            return;
        }
        if (pacedSinceVirtual < 0) {
            pacedSinceVirtual = chip.time.nanos();
            pacedSinceReal = System.nanoTime();
            return;
        }
        long ahead = chip.time.nanos() - pacedSinceVirtual - (System.nanoTime() - pacedSinceReal);
        if (ahead > AHEAD) {
            network.await(ahead);
        }
    }

    // Snapshots

    /** A whole board at one moment. Boards that were built the same way can take it over, any number of times. */
    public static final class Snapshot {
        private final String board;
        private final Clock.Snapshot clock;
        private final ChipTime.Snapshot time;
        private final Cpu.Snapshot cpu;
        private final Chip.Memory memory;
        private final FlashOperations.Snapshot operations;
        private final List<Object> parts;
        private final boolean on;
        private final long powerUps;
        private final Tear timedTear;

        private Snapshot(Board from) {
            board = from.name;
            clock = from.chip.clock.save();
            time = from.chip.time.save();
            cpu = from.chip.cpu.save();
            memory = from.chip.save();
            operations = from.chip.operations.save();
            parts = from.parts.save();
            on = from.on;
            powerUps = from.powerUps;
            timedTear = from.timedTear;
        }
    }

    /**
     * The board as it is now, between runs.
     *
     * @throws IllegalStateException while the Wi-Fi module has a connection open: what is at its other end cannot be saved
     */
    public Snapshot snapshot() {
        return new Snapshot(this);
    }

    /** Goes back to a snapshot of this board, or takes over one of a board that was built the same way: that is a fork. */
    public void restore(Snapshot from) {
        if (!from.board.equals(name)) {
            throw new IllegalArgumentException("this is a snapshot of a " + from.board + ", not of a " + name);
        }
        chip.clock.restore(from.clock);
        chip.time.restore(from.time);
        chip.restore(from.memory);
        chip.cpu.restore(from.cpu);
        chip.operations.restore(from.operations);
        parts.restore(from.parts);
        on = from.on;
        powerUps = from.powerUps;
        timedTear = from.timedTear;
        pacedSinceVirtual = -1;
        chip.signals.clear();
    }

    /**
     * Adds everything that decides what the board does from now on, but the content of its flash memories, to a digest: two boards that were built
     * the same way, with equal digests and the same flash content, do the same. For use between runs.
     */
    public void digestState(MessageDigest into) {
        StateDigest state = new StateDigest(into);
        state.add(chip.clock.save());
        state.add(chip.time.save());
        state.add(chip.cpu.save());
        state.add(parts.save());
        state.add(on);
        state.add(powerUps);
        chip.digestState(state);
    }

    /** Switches off and closes the connections that the Wi-Fi module has open. */
    @Override
    public void close() {
        powerOff(true);
        network.close();
    }
}
