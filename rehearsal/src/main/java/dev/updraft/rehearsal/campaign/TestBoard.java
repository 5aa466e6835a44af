package dev.updraft.rehearsal.campaign;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Outcome;
import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.emulator.flash.FlashListener;
import dev.updraft.emulator.flash.FlashOperation;
import dev.updraft.emulator.flash.FlashSnapshot;
import dev.updraft.emulator.part.SdCard;
import dev.updraft.emulator.part.SpiFaults;
import dev.updraft.emulator.part.SpiNor;
import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.device.BootState;
import dev.updraft.rehearsal.device.BootStateRecord;
import dev.updraft.rehearsal.device.Delivery;
import dev.updraft.rehearsal.device.EmulatedBoard;
import dev.updraft.rehearsal.device.FlashMap;
import dev.updraft.rehearsal.device.HostCrypto;
import dev.updraft.rehearsal.device.RehearsedImage;
import dev.updraft.rehearsal.referee.DeviceHistory;
import dev.updraft.rehearsal.referee.Referee;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One emulated board that runs the compiled bootloader from a given flash content until the update has ended. Whenever the bootloader
 * starts an application, the application's part is played here: it asks for the update, confirms it or hangs.
 */
final class TestBoard implements AutoCloseable {
    private static final int RAM = 0x2000_0000;
    private static final int WAIT_FOR_INTERRUPT = 0xBF30;
    private static final int BRANCH_BACK = 0xE7FD;
    private static final int RESET_REGISTER = 0xE000_ED0C;
    private static final int ASK_FOR_RESET = 0x05FA_0004;
    private static final int CONSOLE_LINES = 12;
    private static final int REQUESTS_MOST = 4;
    private static final int LOOKS_MOST = 16;
    private static final long RUNNING_MICROS = 10_000;
    private static final long DISTURBED_MICROS = 100;
    private static final long NEAR_INSTRUCTIONS = 50_000;
    private static final long SILENT_AT_MOST_NANOS = 600_000_000_000L;
    private static final long HANGING_MICROS = 60_000_000;

    private final FlashMap map;
    private final RehearsedImage newImage;
    private final Delivery delivery;
    private final Referee referee;
    private final Board board;
    private final Board.Snapshot off;
    private final StateKey stateKey;
    private final Deque<String> console = new ArrayDeque<>();
    private long instructionsAllowed = Long.MAX_VALUE;

    // The run under way.
    private DeviceHistory course = DeviceHistory.FRESH;
    private Application application = Application.CONFIRMS;
    private @Nullable ProvenStates proven;
    private @Nullable List<FlashStep> journal;
    private final List<ByteBuffer> visited = new ArrayList<>();
    private final List<int[]> erasesWhenVisited = new ArrayList<>();
    private int[] erases = {};
    private @Nullable String complaint;
    private ProvenStates.@Nullable Future early;
    private boolean ended;
    private boolean erased;
    private long firstStart = -1;
    private boolean unseenAtStart;
    private int requests;
    private @Nullable Disturbance disturbance;
    private boolean waits;
    private int looksAgain;
    private boolean silentStart;
    private boolean acted;

    TestBoard(Scenario scenario) {
        map = scenario.map();
        newImage = scenario.newImage();
        delivery = scenario.delivery();
        referee = new Referee(map, scenario.oldImage(), newImage, delivery, scenario.startsAllowed());
        board = delivery.wire(EmulatedBoard.of(map.described()), map, () -> complainOfWriting("SD card"))
                .build();
        delivery.fill(board, map);
        board.program(FlashMap.BASE, scenario.bootloader().code().toArray());
        off = board.snapshot();
        stateKey = new StateKey(board);
        board.addFlashListener(new Watcher());
        board.console().onLine(this::heard);
        board.cpu().debug().addBreakpoint(scenario.oldImage().entry());
        board.cpu().debug().addBreakpoint(newImage.entry());
        if (scenario.crypto() == CryptoMode.HOST) {
            HostCrypto.installIn(board.cpu(), scenario.bootloader());
        }
    }

    /** A device that runs the old image, with the new one put where it waits. */
    FlashSnapshot delivered(Scenario scenario) {
        FlashArray flash = new FlashArray(map.geometry());
        flash.load(0, scenario.bootloader().code().toArray());
        flash.load(map.running().start(), scenario.oldImage().bytes());
        if (!delivery.staging().isOutside()) {
            flash.load(map.staged(), delivery.update().bytes().toArray());
        }
        return flash.save();
    }

    /** Gives up on a firmware that executes so many instructions without an end. */
    void allowInstructions(long count) {
        instructionsAllowed = count;
    }

    /** Instructions of the last run. */
    long instructions() {
        return board.cpu().retired();
    }

    Board board() {
        return board;
    }

    /** Operations in the journal of the run under way. */
    int recorded() {
        return journal == null ? 0 : journal.size();
    }

    Referee referee() {
        return referee;
    }

    /**
     * Switches on and runs to the end.
     *
     * @param torn the sector that the power cut hit; -1: none
     * @param known where to stop early, and to keep what is proven; null: runs to the end
     */
    RunResult run(
            FlashSnapshot start,
            int torn,
            DeviceHistory before,
            Application behaviour,
            @Nullable ProvenStates known,
            boolean recorded) {
        return run(start, torn, before, behaviour, known, recorded, null);
    }

    /**
     * Like the other, with a fault beside the power. A medium that fell silent for good answers again when something is started, or
     * after the device went into recovery and was switched off and on.
     */
    RunResult disturbed(FlashSnapshot start, DeviceHistory before, Application behaviour, Disturbance fault) {
        RunResult ending = run(start, -1, before, behaviour, null, false, fault);
        acted |= switch (fault) {
            case Disturbance.Outage outage -> mediumBytes() > outage.from();
            case Disturbance.Noise noise -> mediumBytes() > noise.at();
            case Disturbance.Reset reset -> false;
        };
        return ending;
    }

    /** Whether the last run came to the place of its fault. */
    boolean acted() {
        return acted;
    }

    private RunResult run(
            FlashSnapshot start,
            int torn,
            DeviceHistory before,
            Application behaviour,
            @Nullable ProvenStates known,
            boolean recorded,
            @Nullable Disturbance fault) {
        board.restore(off);
        board.takeFlash(start);
        course = before;
        application = behaviour;
        proven = known;
        journal = recorded ? new ArrayList<>() : null;
        begin();
        arm(fault);
        if (torn >= 0) {
            board.watchSector(torn);
        }
        board.powerOn();
        while (complaint == null && early == null && !ended) {
            takeTurn(board.run(this::look, Long.MAX_VALUE));
            if (complaint == null && waits) {
                switchOffAndOn();
            } else if (complaint == null && disturbance instanceof Disturbance.Reset reset && isNear(reset)) {
                resetAt(reset);
            }
        }
        RunResult ending = ending();
        if (ending.good() && early == null && known != null) {
            prove(known, ending);
        }
        return ending;
    }

    private void begin() {
        visited.clear();
        erasesWhenVisited.clear();
        console.clear();
        erases = new int[map.geometry().sectors()];
        complaint = null;
        early = null;
        ended = false;
        erased = false;
        firstStart = -1;
        requests = 0;
        waits = false;
        looksAgain = 0;
        silentStart = false;
        acted = false;
        board.lookEvery(RUNNING_MICROS);
    }

    // A fault beside the power.

    private void arm(@Nullable Disturbance fault) {
        disturbance = fault;
        wires().ifPresent(SpiFaults::clear);
        switch (fault) {
            case Disturbance.Outage outage -> wires().ifPresent(wires -> wires.silence(outage.from(), outage.until()));
            case Disturbance.Noise noise -> wires().ifPresent(wires -> wires.wrongBit(noise.at(), noise.bit()));
            case Disturbance.Reset reset -> board.lookEvery(DISTURBED_MICROS);
            case null -> {}
        }
    }

    private Optional<SpiFaults> wires() {
        return board.spiNor().map(SpiNor::wires).or(() -> board.sdCard().map(SdCard::wires));
    }

    /** Bytes that the medium was asked for in the last run; 0 without one. */
    long mediumBytes() {
        return wires().map(SpiFaults::count).orElse(0L);
    }

    private boolean isNear(Disturbance.Reset reset) {
        return board.cpu().retired() >= reset.instruction() - NEAR_INSTRUCTIONS;
    }

    private void resetAt(Disturbance.Reset reset) {
        disturbance = null;
        acted = true;
        while (board.cpu().retired() < reset.instruction()) {
            Outcome outcome = board.step();
            if (outcome instanceof Outcome.Halted) {
                applicationStarts();
                break;
            }
        }
        course = course.cut(); // as after a cut, a start may have been counted, and a record may be torn
        board.pressReset();
        board.lookEvery(RUNNING_MICROS);
    }

    private boolean isSilent() {
        return disturbance instanceof Disturbance.Outage
                && wires().map(SpiFaults::isSilent).orElse(false);
    }

    private void answersAgain() {
        if (disturbance instanceof Disturbance.Outage) {
            acted = true;
            disturbance = null;
            wires().ifPresent(SpiFaults::clear);
        }
    }

    /** Somebody sees that the device waits, and tries again. */
    private void switchOffAndOn() {
        waits = false;
        answersAgain();
        course = course.cut();
        board.powerOff(true);
        board.powerOn();
    }

    /** Waiting is right only while nothing whole may be started. */
    private void waitsForAnImage() {
        RehearsedImage whole = referee.inSlot(board.flash());
        if (disturbance == null) {
            complain("unbootable: the bootloader found nothing to start");
        } else if (whole != null && whole.equals(newImage) == course.confirmDone() && !course.requestBegun()) {
            complain("it waits in recovery beside a whole image");
        } else {
            waits = true;
            board.lookNow();
        }
    }

    private RunResult ending() {
        ProvenStates.Future future = early;
        if (future != null) {
            for (int i = 0; i < erases.length; i++) {
                erases[i] += future.erases()[i];
            }
        }
        return new RunResult(
                complaint,
                future == null ? firstStart : firstStart >= 0 ? firstStart : future.startNanos(),
                future != null,
                firstStart >= 0 ? unseenAtStart : board.flash().unseenSinceWatched(),
                erases,
                journal == null ? List.of() : journal,
                future == null ? board.flash().save() : null,
                List.copyOf(console));
    }

    private void prove(ProvenStates known, RunResult ending) {
        for (int i = 0; i < visited.size(); i++) {
            int[] left = ending.erases().clone();
            for (int sector = 0; sector < left.length; sector++) {
                left[sector] -= erasesWhenVisited.get(i)[sector];
            }
            known.add(visited.get(i), new ProvenStates.Future(ending.startNanos(), left));
        }
    }

    /** Between slices of the run: is there a reason to stop? */
    private boolean look() {
        if (isSilent() && board.time().nanos() > SILENT_AT_MOST_NANOS) {
            answersAgain();
        }
        if (complaint == null && board.cpu().retired() > instructionsAllowed) {
            complaint = "no application was started in " + instructionsAllowed + " instructions";
        }
        if (erased && complaint == null && proven != null && !board.flash().isUnstable()) {
            erased = false;
            ByteBuffer state = stateKey.of(course, application, requests, firstStart >= 0);
            early = proven.from(state);
            visited.add(state);
            erasesWhenVisited.add(erases.clone());
        }
        return complaint != null
                || early != null
                || waits
                || disturbance instanceof Disturbance.Reset reset && isNear(reset);
    }

    private void takeTurn(Outcome outcome) {
        switch (outcome) {
            case Outcome.Halted start -> applicationStarts();
            case Outcome.TimeUp looked -> {}
            case Outcome.Idle asleep when silentStart -> switchOffAndOn(); // somebody sees that it hangs
            case Outcome.Idle asleep -> complain("an application on trial hung for ever: the watchdog did not run");
            default -> complain("the processor stopped: " + outcome.message());
        }
    }

    private void complain(String sentence) {
        if (complaint == null) {
            complaint = sentence;
        }
    }

    private void complainOfWriting(String medium) {
        complain("it changed the " + medium + ", which it only has to read");
    }

    private void heard(String line) {
        console.add(line);
        if (console.size() > CONSOLE_LINES) {
            console.remove();
        }
        if (line.startsWith("boot: nothing can be started")) {
            waitsForAnImage();
        }
    }

    // The application's part.

    private void applicationStarts() {
        board.lookEvery(RUNNING_MICROS);
        if (firstStart < 0) {
            firstStart = board.time().nanos();
            unseenAtStart = board.flash().unseenSinceWatched();
        }
        RehearsedImage image = referee.inSlot(board.flash());
        BootState log = new BootState(map, board.flash());
        BootStateRecord state = log.state();
        boolean silent = isSilent();
        if (silent) {
            silentStart = true;
            answersAgain();
        }
        complaint = referee.started(image, state, course, board.isWatchdogRunning(), silent);
        if (complaint != null || image == null) {
            return;
        }
        course = referee.after(image, state, course);
        if (silent && image.equals(newImage) && application == Application.HANGS) {
            hang();
        } else if (image.equals(newImage)) {
            newOneRuns(log, state);
        } else if (course.takenBack()) {
            end(image, state);
        } else {
            oldOneRuns(log, state);
        }
    }

    private void newOneRuns(BootState log, BootStateRecord state) {
        if (state.phase() != BootStateRecord.Phase.TRIAL) {
            end(newImage, state);
        } else if (application == Application.HANGS) {
            hang();
        } else {
            course = course.confirmBegins();
            if (append(log, state.confirm())) {
                course = course.confirmStands();
            }
            askForReset();
        }
    }

    private void oldOneRuns(BootState log, BootStateRecord state) {
        if (state.phase() != BootStateRecord.Phase.CONFIRMED && state.phase() != BootStateRecord.Phase.WANTED) {
            complain("the old image runs, and the log says " + state.phase());
        } else if (++requests > REQUESTS_MOST) {
            complain("the new image was asked for " + REQUESTS_MOST + " times and not installed");
        } else {
            course = course.requestBegins();
            if (append(log, asking(state))) {
                course = course.requestStands();
            }
            askForReset();
        }
    }

    private BootStateRecord asking(BootStateRecord state) {
        BootStateRecord known = delivery.keepsOldOutside() ? state.keepFallback(delivery.staging()) : state;
        return known.request(newImage.digest(), delivery.staging());
    }

    private boolean append(BootState log, BootStateRecord state) {
        Watcher watcher = new Watcher();
        boolean stands = log.append(state, new BootState.Operations() {
            @Override
            public boolean program(int offset, byte[] unit) {
                if (map.geometry().ecc() && !board.flash().accepts(offset, unit)) {
                    return false;
                }
                watcher.began(offset, unit.length, unit);
                board.flash().program(offset, unit);
                return true;
            }

            @Override
            public void erase(int offset, int length) {
                for (int at = offset; at < offset + length; ) {
                    int sector = map.geometry().sectorAt(at);
                    watcher.began(at, map.geometry().sectorSize(sector), null);
                    board.flash().erase(at, map.geometry().sectorSize(sector));
                    at += map.geometry().sectorSize(sector);
                }
            }
        });
        board.takeFlash(board.flash().save());
        return stands;
    }

    private void askForReset() {
        board.cpu().bus().write(RESET_REGISTER, 4, ASK_FOR_RESET);
    }

    /** Sleeps in RAM until something resets the chip. */
    private void hang() {
        board.cpu().bus().write(RAM, 2, WAIT_FOR_INTERRUPT);
        board.cpu().bus().write(RAM + 2, 2, BRANCH_BACK);
        board.cpu().setRegister(15, RAM);
        board.lookEvery(HANGING_MICROS);
    }

    private void end(RehearsedImage image, BootStateRecord state) {
        String wrong = referee.ended(image, state, course, application == Application.CONFIRMS);
        if (wrong != null && map.isLogUnstable(board.flash()) && ++looksAgain <= LOOKS_MOST) {
            // The last record is torn: the bootloader may have read it and the referee not. It is there, or written
            // again, at
            // some power-up.
            waits = true;
            return;
        }
        complaint = wrong == null ? referee.powerOff(board.flash(), course) : wrong;
        ended = true;
    }

    /** Sees every flash operation, of the chip and of the application. */
    private final class Watcher implements FlashListener {
        @Override
        public void started(FlashOperation operation, byte @Nullable [] data) {
            if (operation.memory().equals("flash")) {
                began(operation.offset(), operation.length(), data);
            } else {
                complainOfWriting(operation.memory());
            }
        }

        @Override
        public void finished(FlashOperation operation) {
            if (operation.kind() == FlashOperation.Kind.ERASE) {
                erased = true;
                board.lookNow();
            }
        }

        void began(int offset, int length, byte @Nullable [] data) {
            if (!referee.mayChange(offset, length)) {
                complain(String.format("it changed 0x%08x, which is not its own", FlashMap.BASE + offset));
            }
            if (data == null) {
                erases[map.geometry().sectorAt(offset)]++;
            } else if (!isErased(offset, length) && !board.flash().isUnstable(offset, offset + length)) {
                complain(String.format("it programmed 0x%08x twice without an erase", FlashMap.BASE + offset));
            }
            if (journal != null) {
                journal.add(new FlashStep(offset, length, data, course));
            }
        }

        private boolean isErased(int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                if (board.flash().bytes()[i] != (byte) 0xFF) {
                    return false;
                }
            }
            return true;
        }
    }

    @Override
    public void close() {
        board.close();
    }
}
