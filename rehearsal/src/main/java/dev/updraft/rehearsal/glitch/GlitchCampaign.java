package dev.updraft.rehearsal.glitch;

import dev.updraft.emulator.board.Board;
import dev.updraft.emulator.board.Outcome;
import dev.updraft.emulator.flash.FlashArray;
import dev.updraft.emulator.flash.FlashSnapshot;
import dev.updraft.image.Bytes;
import dev.updraft.image.Image;
import dev.updraft.image.TlvType;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.Progress;
import dev.updraft.rehearsal.RehearsalException;
import dev.updraft.rehearsal.campaign.Scenario;
import dev.updraft.rehearsal.device.BootState;
import dev.updraft.rehearsal.device.BootStateRecord;
import dev.updraft.rehearsal.device.RehearsedImage;
import dev.updraft.rehearsal.glitch.GlitchBoard.Ending;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Disturbs each instruction that the bootloader executes, one at a time, when it is asked to install an image with a well-formed signature by
 * no key, and when such an image stands in the slot with a boot state that was forged for it. Executions of one instruction by the same caller
 * with the same stack count as alike after a few.
 */
public final class GlitchCampaign {
    private static final int ALIKE = 3;
    private static final int PC = 15;
    private static final int LR = 14;
    private static final int SP = 13;

    private final Scenario scenario;
    private final int every;
    private final int jobs;
    private final RehearsedImage unsigned;

    private final AtomicLong tried = new AtomicLong();
    private final Map<Ending, Long> endings = new TreeMap<>();
    private final Set<Integer> addresses = Collections.synchronizedSet(new HashSet<>());
    private final Map<String, GlitchStart> starts = new TreeMap<>();
    private long instructions;

    /** One way to the start of an image: the flash before power-up, and how long an undisturbed run takes. */
    private record Way(String name, FlashSnapshot flash, long instructions) {}

    /** @param every disturbs each so many-th execution only; 1: all */
    public GlitchCampaign(Scenario scenario, int every, int jobs) {
        if (scenario.delivery().update().encrypted()
                || scenario.delivery().update().packing().isPresent()) {
            throw new RehearsalException(
                    "Glitches are tried with images that are neither encrypted nor packed: give plain ones.");
        }
        this.scenario = scenario;
        this.every = every;
        this.jobs = jobs;
        unsigned = RehearsedImage.of(signedByNobody(scenario.newImage().image()));
    }

    /** The same image with a signature of the same form by a key that is thrown away; everything else about it is right. */
    private static Image signedByNobody(Image image) {
        SigningKey nobody = SigningKey.generate(KeyType.P256);
        byte[] bytes = image.bytes().toArray();
        for (int i = 0; i < image.tlvs().size(); i++) {
            if (image.tlvs().get(i).is(TlvType.ECDSA_SIG)) {
                int length = image.tlvs().get(i).value().length();
                Bytes forged = nobody.signDigest(image.digest());
                while (forged.length() != length) {
                    forged = nobody.signDigest(image.digest());
                }
                System.arraycopy(forged.toArray(), 0, bytes, image.tlvOffset(i) + 4, length);
                return Image.parse(bytes);
            }
        }
        throw new RehearsalException(
                "Glitches are tried with images that are signed by ECDSA P-256; the new image is not.");
    }

    /** Minutes to an hour of processor time. */
    public GlitchResult run(Progress progress) {
        long began = System.nanoTime();
        List<Way> ways = List.of(way("install", installing()), way("start", starting()));
        instructions = ways.stream().mapToLong(Way::instructions).sum();
        AtomicLong done = new AtomicLong();
        for (Way way : ways) {
            disturb(way, progress, done);
        }
        Map<String, Long> named = new TreeMap<>();
        endings.forEach((ending, count) -> named.put(ending.name().toLowerCase(Locale.ROOT), count));
        return new GlitchResult(
                scenario.map().board(),
                scenario.bootloader().digest().hex(),
                scenario.crypto() == CryptoMode.EXACT,
                instructions,
                addresses.size(),
                tried.get(),
                named,
                starts.values().stream()
                        .sorted(Comparator.comparing(GlitchStart::way).thenComparingLong(GlitchStart::address))
                        .toList(),
                (System.nanoTime() - began) / 1e9);
    }

    // The two attacks.

    private FlashSnapshot installing() {
        FlashArray flash = accepted();
        flash.load(scenario.map().staged(), unsigned.bytes());
        return asking(
                flash,
                new BootState(scenario.map(), flash)
                        .state()
                        .request(unsigned.digest(), scenario.delivery().staging()));
    }

    private FlashSnapshot starting() {
        FlashArray flash = accepted();
        BootStateRecord forged = new BootState(scenario.map(), flash)
                .state()
                .request(unsigned.digest(), scenario.delivery().staging())
                .confirm();
        flash.load(scenario.map().running().start(), unsigned.bytes());
        return asking(flash, forged);
    }

    /** A device that runs the old image. */
    private FlashArray accepted() {
        FlashArray flash = new FlashArray(scenario.map().geometry());
        flash.load(0, scenario.bootloader().code().toArray());
        flash.load(scenario.map().running().start(), scenario.oldImage().bytes());
        try (GlitchBoard device = board()) {
            device.powerOn(flash.save());
            if (device.end(Long.MAX_VALUE) != Ending.SIGNED) {
                throw new RehearsalException(
                        "The bootloader does not start the old image even when nothing disturbs it.");
            }
            FlashArray after = new FlashArray(scenario.map().geometry());
            after.restore(device.board().flash().save());
            return after;
        }
    }

    private FlashSnapshot asking(FlashArray flash, BootStateRecord state) {
        new BootState(scenario.map(), flash).append(state, new BootState.Operations() {
            @Override
            public boolean program(int offset, byte[] unit) {
                flash.program(offset, unit);
                return true;
            }

            @Override
            public void erase(int offset, int length) {
                throw new IllegalStateException("a boot state with so few records has room");
            }
        });
        return flash.save();
    }

    private Way way(String name, FlashSnapshot flash) {
        try (GlitchBoard device = board()) {
            device.powerOn(flash);
            long from = device.board().cpu().retired();
            Ending ending = device.end(Long.MAX_VALUE);
            if (ending == Ending.UNSIGNED) {
                throw new RehearsalException(
                        "The bootloader starts an image that no key signed, without any disturbance (" + name
                                + "): it does not verify.");
            }
            return new Way(name, flash, device.board().cpu().retired() - from);
        }
    }

    // One attack, on all processors.

    private void disturb(Way way, Progress progress, AtomicLong done) {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> broken = Collections.synchronizedList(new ArrayList<>());
        for (int job = 0; job < jobs; job++) {
            int mine = job;
            threads.add(Thread.ofPlatform().name("glitch " + job).start(() -> {
                try {
                    disturb(way, mine, progress, done);
                } catch (RuntimeException | Error defect) {
                    broken.add(defect);
                }
            }));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new RehearsalException("The rehearsal was interrupted.");
        }
        if (!broken.isEmpty()) {
            throw new IllegalStateException(
                    "the rehearsal itself failed: " + broken.getFirst().getMessage(), broken.getFirst());
        }
    }

    private void disturb(Way way, int job, Progress progress, AtomicLong done) {
        Map<Long, Integer> alike = new HashMap<>();
        long allowed = 2 * way.instructions + 3_000_000;
        try (GlitchBoard steady = board();
                GlitchBoard struck = board()) {
            steady.powerOn(way.flash);
            Board board = steady.board();
            for (long number = 0; !steady.isOver(); ) {
                long before = board.cpu().retired();
                int pc = board.cpu().register(PC);
                long call = (long) pc << 32
                        ^ board.cpu().register(LR) * 31L
                        ^ board.cpu().register(SP);
                boolean fresh = alike.merge(call, 1, Integer::sum) <= ALIKE;
                boolean chosen = fresh && number % every == 0 && number / every % jobs == job;
                number += fresh ? 1 : 0;
                if (chosen) {
                    Board.Snapshot moment = board.snapshot();
                    Outcome ended = board.step();
                    strike(way, struck, moment, pc, registers(board), allowed);
                    if (ended != null) {
                        return;
                    }
                } else if (board.step() != null) {
                    return;
                }
                done.addAndGet(job == 0 ? board.cpu().retired() - before : 0);
                if (chosen) {
                    progress.advanced((int) done.get(), (int) instructions, starts());
                }
            }
        }
    }

    private void strike(Way way, GlitchBoard struck, Board.Snapshot moment, int pc, int[] after, long allowed) {
        struck.restore(moment);
        addresses.add(pc);
        for (Glitch glitch : Glitch.at(struck.board(), after)) {
            struck.restore(moment);
            glitch.strike(struck.board());
            count(way, pc, glitch, struck.end(allowed));
        }
    }

    private static int[] registers(Board board) {
        int[] values = new int[PC];
        for (int i = 0; i < PC; i++) {
            values[i] = board.cpu().register(i);
        }
        return values;
    }

    private int starts() {
        synchronized (starts) {
            return starts.size();
        }
    }

    private void count(Way way, int pc, Glitch glitch, Ending ending) {
        tried.incrementAndGet();
        synchronized (endings) {
            endings.merge(ending, 1L, Long::sum);
        }
        if (ending == Ending.UNSIGNED) {
            String where = where(pc);
            synchronized (starts) {
                starts.merge(
                        way.name + pc + glitch.name(),
                        new GlitchStart(way.name, pc & 0xFFFF_FFFFL, where, glitch.name(), 1),
                        (old, one) -> new GlitchStart(
                                old.way(), old.address(), old.where(), old.glitch(), old.executions() + 1));
            }
        }
    }

    private String where(int pc) {
        return scenario.bootloader().functions().entrySet().stream()
                .filter(function -> Integer.compareUnsigned(function.getValue(), pc) <= 0)
                .max(Map.Entry.comparingByValue())
                .map(function -> function.getKey() + "+0x" + Integer.toHexString(pc - function.getValue()))
                .orElse(String.format(Locale.ROOT, "0x%08x", pc));
    }

    private GlitchBoard board() {
        return new GlitchBoard(scenario, unsigned.bytes(), unsigned.entry());
    }
}
