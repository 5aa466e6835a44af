package dev.updraft.rehearsal.application;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Outcome;
import dev.updraft.emulator.chip.ResetCause;
import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.RehearsalException;
import dev.updraft.rehearsal.application.ApplicationResult.Verdict;
import dev.updraft.rehearsal.campaign.Scenario;
import dev.updraft.rehearsal.device.BootState;
import dev.updraft.rehearsal.device.BootStateRecord;
import dev.updraft.rehearsal.device.EmulatedBoard;
import dev.updraft.rehearsal.device.FlashMap;
import dev.updraft.rehearsal.device.HostCrypto;
import dev.updraft.rehearsal.device.RehearsedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Installs the update once, without a cut, and lets the new application run where the campaigns stop: at its first instruction on trial. The
 * old application's part is played, as the new one is what is to be seen.
 */
public final class ApplicationRun implements AutoCloseable {
    private static final String NOT_MODELLED = " is not modelled";
    private static final int RAM = 0x2000_0000;
    private static final int PERIPHERALS = 0x4000_0000;
    private static final int VECTOR_TABLE_OFFSET = 0xE000_ED08; // Armv7-M ARM, B3.2.5
    private static final int RESET_REGISTER = 0xE000_ED0C;
    private static final int ASK_FOR_RESET = 0x05FA_0004;
    private static final int CONSOLE_LINES = 20;
    private static final long LOOK_MICROS = 1_000;
    private static final long INSTALLING_MICROS = 3_600_000_000L;
    private static final List<String> FAULTS = List.of("HardFault", "MemManage", "BusFault", "UsageFault");

    private final Scenario scenario;
    private final FlashMap map;
    private final Surroundings surroundings;
    private final WatchedNetwork network;
    private final Board board;
    private final Deque<String> console = new ArrayDeque<>();
    private boolean running;
    private @Nullable String failure;
    private final Set<String> unmodelled = new TreeSet<>();
    private int starts;
    private long begin;

    public ApplicationRun(Scenario scenario, Surroundings surroundings) {
        this.scenario = scenario;
        this.surroundings = surroundings;
        map = scenario.map();
        network = new WatchedNetwork(surroundings.network().get());
        board = scenario.delivery()
                .wire(EmulatedBoard.of(map.described()).network(network).noteUnmodelled(), map, () -> {})
                .build();
        scenario.delivery().fill(board, map);
        board.program(FlashMap.BASE, scenario.bootloader().code().toArray());
        board.program(FlashMap.BASE + map.running().start(), scenario.oldImage().bytes());
        if (!scenario.delivery().staging().isOutside()) {
            board.program(
                    FlashMap.BASE + map.staged(),
                    scenario.delivery().update().bytes().toArray());
        }
        if (surroundings.settings().length() > 0) {
            board.program(
                    (int) surroundings.settingsAddress(),
                    surroundings.settings().toArray());
        }
        if (scenario.crypto() == CryptoMode.HOST) {
            HostCrypto.installIn(board.cpu(), scenario.bootloader());
        }
        board.console().onLine(this::heard);
        board.onNote(this::noted);
        board.cpu().debug().onFault(this::faulted);
        board.stopAtReset(true);
        board.lookEvery(LOOK_MICROS);
    }

    /** @throws RehearsalException if it does not even come to its first start */
    public ApplicationResult run() {
        install();
        begin = board.time().nanos();
        long end = begin + surroundings.seconds() * 1_000_000_000L;
        while (failure == null && board.time().nanos() < end) {
            Outcome outcome = board.run(this::isLost, (end - board.time().nanos() + 999) / 1000);
            switch (outcome) {
                case Outcome.TimeUp looked -> {}
                case Outcome.Reset(ResetCause cause) -> afterReset(cause);
                case Outcome.Halted entry -> applicationStarts();
                case Outcome.Idle asleep ->
                    fail(
                            "it sleeps, nothing is left that could wake it, and no watchdog runs. Feed the watchdog from a timer's wake-up.");
                case Outcome.Exited(int status) ->
                    fail("it ends by a semihosting exit, which faults on a chip without a debugger.");
                case Outcome.PowerCut cut -> throw new IllegalStateException("nobody cuts the power here");
                case Outcome.Stopped(String message, var report) -> {
                    if (!isItsFault(message)) {
                        return notRun(message);
                    }
                    fail(message + ".");
                }
            }
        }
        if (failure != null && !unmodelled.isEmpty()) {
            return notRun(names(unmodelled) + " is not modelled and read as 0, and then " + failure);
        }
        return failure == null ? worked() : result(Verdict.FAILED, "The new application does not work: " + failure);
    }

    private void install() {
        watchStarts();
        board.powerOn();
        for (int requests = 0; ; ) {
            Outcome outcome = board.run(() -> false, INSTALLING_MICROS);
            if (outcome instanceof Outcome.Reset) {
                continue;
            }
            if (!(outcome instanceof Outcome.Halted) || requests > 2) {
                throw new RehearsalException("The new application was never started: " + outcome.message()
                        + "; the last lines of the console: " + String.join(" | ", console) + ".");
            }
            if (holds(scenario.newImage())) {
                applicationStarts();
                return;
            }
            requests++;
            request();
        }
    }

    /** What the agent in the old application does. */
    private void request() {
        FlashArray flash = board.flash();
        BootState log = new BootState(map, flash);
        BootStateRecord state = scenario.delivery().keepsOldOutside()
                ? log.state().keepFallback(scenario.delivery().staging())
                : log.state();
        boolean stands = log.append(
                state.request(scenario.newImage().digest(), scenario.delivery().staging()), new BootState.Operations() {
                    @Override
                    public boolean program(int offset, byte[] unit) {
                        flash.program(offset, unit);
                        return true;
                    }

                    @Override
                    public void erase(int offset, int length) {
                        for (int at = offset; at < offset + length; ) {
                            int size = map.geometry().sectorSize(map.geometry().sectorAt(at));
                            flash.erase(at, size);
                            at += size;
                        }
                    }
                });
        if (!stands) {
            throw new RehearsalException("The update could not be asked for: the boot state takes no record.");
        }
        board.takeFlash(flash.save());
        board.cpu().bus().write(RESET_REGISTER, 4, ASK_FOR_RESET);
    }

    /** At the breakpoint on a first instruction. */
    private void applicationStarts() {
        if (!holds(scenario.newImage())) {
            fail("after " + starts + (starts == 1 ? " start" : " starts") + " on trial the old image came back.");
            return;
        }
        starts++;
        running = true;
        // While it runs these addresses may be anything, the head of its main loop too.
        board.cpu().debug().clear();
    }

    private void watchStarts() {
        board.cpu().debug().addBreakpoint(scenario.oldImage().entry());
        board.cpu().debug().addBreakpoint(scenario.newImage().entry());
    }

    private void afterReset(ResetCause cause) {
        boolean wasRunning = running;
        running = false;
        watchStarts();
        if (wasRunning && (cause == ResetCause.INDEPENDENT_WATCHDOG || cause == ResetCause.WINDOW_WATCHDOG)) {
            fail("the watchdog reset the device " + seconds() + " s after the first start. Feed it from the main loop;"
                    + " on trial the bootloader starts it with 30 s.");
        }
    }

    /** Between slices. */
    private boolean isLost() {
        if (running && failure == null) {
            int vectors = ByteBuffer.wrap(Objects.requireNonNull(board.read(VECTOR_TABLE_OFFSET, 4)))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt();
            if (!isItsOwn(vectors)) {
                int own = FlashMap.BASE
                        + map.running().start()
                        + scenario.newImage().image().header().headerSize();
                fail(String.format(
                        Locale.ROOT,
                        "it set VTOR to 0x%08x, where its vector table is not: every interrupt runs somebody else's handler. Set it to 0x%08x"
                                + " (in a CubeMX project VECT_TAB_OFFSET in system_stm32*.c), or leave it as the bootloader set it.",
                        vectors,
                        own));
            }
        }
        return failure != null;
    }

    /** In its slot, or copied to RAM. */
    private boolean isItsOwn(int vectors) {
        int offset = vectors - FlashMap.BASE;
        boolean inRam = Integer.compareUnsigned(vectors, RAM) >= 0 && Integer.compareUnsigned(vectors, PERIPHERALS) < 0;
        boolean inTightlyCoupledMemory = Integer.compareUnsigned(vectors, FlashMap.BASE) < 0 && vectors != 0;
        return map.running().contains(offset, 4) || inRam || inTightlyCoupledMemory;
    }

    private void faulted(int exception) {
        if (running && failure == null) {
            String registers =
                    board.report().toString().lines().limit(6).reduce("", (all, line) -> all + " | " + line.strip());
            fail("it faulted after " + seconds() + " s (" + FAULTS.get(Math.clamp(exception - 3, 0, 3)) + "):"
                    + registers.substring(Math.min(2, registers.length())) + ".");
            board.lookNow();
        }
    }

    private static boolean isItsFault(String message) {
        return message.contains("lockup") || message.startsWith("breakpoint at");
    }

    /** A peripheral that is not modelled reads as 0, which the application may take for anything. */
    private void noted(String note) {
        if (running && note.endsWith(NOT_MODELLED)) {
            unmodelled.add(note.substring(note.lastIndexOf(": ") + 2, note.length() - NOT_MODELLED.length()));
        }
    }

    private void fail(String sentence) {
        if (failure == null) {
            failure = sentence;
        }
    }

    private static String names(Set<String> peripherals) {
        return String.join(", ", peripherals);
    }

    private ApplicationResult notRun(String message) {
        return result(
                Verdict.NOT_RUN,
                "The new application could not be run to the end: after " + seconds() + " s " + message
                        + (message.endsWith(".") ? "" : ".") + " This says nothing about it.");
    }

    private ApplicationResult worked() {
        boolean confirmed = confirmed();
        String reached =
                network.accepted() == 0 ? "reached no server" : "reached its server " + network.accepted() + " times";
        return result(
                Verdict.WORKED,
                "The new application ran for " + surroundings.seconds()
                        + " s without a fault, with its watchdog fed; it " + reached
                        + (confirmed ? " and confirmed itself." : " and did not confirm itself yet.")
                        + (unmodelled.isEmpty() ? "" : " What is not modelled read as 0: " + names(unmodelled) + "."));
    }

    private ApplicationResult result(Verdict verdict, String sentence) {
        return new ApplicationResult(
                verdict,
                sentence,
                (board.time().nanos() - begin) / 1e9,
                starts,
                confirmed(),
                network.accepted(),
                List.copyOf(console));
    }

    private boolean confirmed() {
        BootStateRecord state = new BootState(map, board.flash()).state();
        return state.phase() == BootStateRecord.Phase.CONFIRMED
                && state.runs(scenario.newImage().digest());
    }

    private boolean holds(RehearsedImage image) {
        int from = map.running().start();
        return Arrays.equals(
                board.flash().bytes(), from, from + image.bytes().length, image.bytes(), 0, image.bytes().length);
    }

    private String seconds() {
        return String.format(Locale.ROOT, "%.1f", (board.time().nanos() - begin) / 1e9);
    }

    private void heard(String line) {
        console.add(line);
        if (console.size() > CONSOLE_LINES) {
            console.remove();
        }
    }

    @Override
    public void close() {
        board.close();
    }
}
