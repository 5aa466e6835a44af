package dev.updraft.rehearsal;

import dev.updraft.image.Image;
import dev.updraft.image.TlvType;
import dev.updraft.image.key.DecryptionKey;
import dev.updraft.rehearsal.application.ApplicationResult;
import dev.updraft.rehearsal.application.ApplicationRun;
import dev.updraft.rehearsal.application.Surroundings;
import dev.updraft.rehearsal.campaign.Campaign;
import dev.updraft.rehearsal.campaign.CampaignResult;
import dev.updraft.rehearsal.campaign.CutPlan;
import dev.updraft.rehearsal.campaign.FaultPlan;
import dev.updraft.rehearsal.campaign.Scenario;
import dev.updraft.rehearsal.device.Bootloader;
import dev.updraft.rehearsal.device.Delivery;
import dev.updraft.rehearsal.device.FlashMap;
import dev.updraft.rehearsal.device.RehearsedImage;
import dev.updraft.rehearsal.glitch.GlitchCampaign;
import dev.updraft.rehearsal.glitch.GlitchResult;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Installs one image over another on emulated boards, with the power cut at every flash operation. A value: each method gives a new one.
 *
 * <pre>{@code
 * RehearsalResult result = Rehearsal.of("stm32f407", Bootloader.read(elf), oldImage, newImage)
 *         .cuts(500)
 *         .run((done, total, failed) -> {});
 * if (!result.passed()) { ... }
 * }</pre>
 */
public final class Rehearsal {
    /** As the Makefile of the bootloader has it when nothing else is said. */
    public static final int USUAL_STARTS_ON_TRIAL = 3;

    private static final int CROSS_CHECKS = 12;

    private final Scenario scenario;
    private final CutPlan plan;
    private final FaultPlan faults;
    private final int jobs;
    private final @Nullable Surroundings surroundings;

    private Rehearsal(
            Scenario scenario, CutPlan plan, FaultPlan faults, int jobs, @Nullable Surroundings surroundings) {
        this.scenario = scenario;
        this.plan = plan;
        this.faults = faults;
        this.jobs = jobs;
        this.surroundings = surroundings;
    }

    /** Of images that are not encrypted; as {@link #of(String, Bootloader, Image, Image, DecryptionKey)} otherwise. */
    public static Rehearsal of(String board, Bootloader bootloader, Image oldImage, Image newImage) {
        return of(board, bootloader, oldImage, newImage, null);
    }

    /**
     * @param board a board that comes with Updraft, or the path of a board file
     * @param bootloader compiled for it, with the key that signed the images
     * @param oldImage as it was published, as {@code newImage} is
     * @param decryption the device's own key, which the bootloader holds too; null where no image is encrypted
     * @throws RehearsalException if they do not fit together
     */
    public static Rehearsal of(
            String board, Bootloader bootloader, Image oldImage, Image newImage, @Nullable DecryptionKey decryption) {
        FlashMap map = FlashMap.of(board);
        if (bootloader.code().length() > map.bootloader().size()) {
            throw new RehearsalException(
                    "The bootloader has " + bootloader.code().length() + " bytes; its part of the flash of "
                            + map.board() + " has " + map.bootloader().size() + ".");
        }
        RehearsedImage from = installed(map, bootloader, "The old image", oldImage, decryption);
        RehearsedImage to = installed(map, bootloader, "The new image", newImage, decryption);
        if (from.image().digest().equals(to.image().digest())) {
            throw new RehearsalException("The old and the new image are the same: there is nothing to update.");
        }
        if (to.counter() < from.counter()) {
            throw new RehearsalException("The new image has the security counter " + to.counter() + " and the old one "
                    + from.counter() + ": devices would refuse it. Sign it with a counter that does not fall.");
        }
        return new Rehearsal(
                new Scenario(
                        map,
                        bootloader,
                        from,
                        to,
                        new Delivery(Staging.CHIP, newImage, oldImage, true),
                        USUAL_STARTS_ON_TRIAL,
                        CryptoMode.EXACT),
                new CutPlan(0, false, 0, 0, CROSS_CHECKS, true, 1),
                FaultPlan.power(),
                Runtime.getRuntime().availableProcessors(),
                null);
    }

    /** The image as it stands in the slot once it is installed. */
    private static RehearsedImage installed(
            FlashMap map, Bootloader bootloader, String name, Image published, @Nullable DecryptionKey decryption) {
        Image image = published;
        if (published.encrypted()) {
            if (decryption == null) {
                throw new RehearsalException(name + " is encrypted: give the key that devices open it with.");
            }
            image = published.decrypt(decryption);
            image.verifyDigest();
        }
        if (image.packing().isPresent()) {
            image = image.unpack();
        }
        check(map, bootloader, name, image);
        if (published.bytes().length() > map.running().size()) {
            throw tooLong(map, name, published);
        }
        return RehearsedImage.of(image);
    }

    private static RehearsalException tooLong(FlashMap map, String name, Image image) {
        return new RehearsalException(name + " has " + image.bytes().length() + " bytes; the slot of " + map.board()
                + " has " + map.running().size() + ": make the firmware smaller.");
    }

    private static void check(FlashMap map, Bootloader bootloader, String name, Image image) {
        image.board().filter(board -> !board.equals(map.board())).ifPresent(board -> {
            throw new RehearsalException(name + " is for the board " + board + ", not for " + map.board() + ".");
        });
        if (image.bytes().length() > map.running().size()) {
            throw tooLong(map, name, image);
        }
        int header = map.described().header();
        if (image.header().headerSize() != header) {
            throw new RehearsalException(String.format(
                    "%s has a header of 0x%x bytes; on %s it must have 0x%x, which is where the firmware must be linked to start.",
                    name, image.header().headerSize(), map.board(), header));
        }
        image.verifyDigest();
        image.tlvs().stream()
                .filter(tlv -> tlv.is(TlvType.KEYHASH))
                .filter(tlv -> !bootloader.holds(tlv.value()))
                .findFirst()
                .ifPresent(stranger -> {
                    throw new RehearsalException(
                            name + " is signed by a key that the bootloader does not hold (SHA-256 "
                                    + stranger.value().hex()
                                    + "): sign it with the bootloader's key, or give the bootloader of that key.");
                });
    }

    /** How many cut points, evenly spread; 0, as it is at first: every flash operation. */
    public Rehearsal cuts(int count) {
        return planned(p -> new CutPlan(
                count, p.everyLook(), p.doubles(), p.secondsEach(), p.crossChecks(), p.pruning(), p.seed()));
    }

    /** Tries each cut point with every way a torn unit can look, instead of one that is drawn unit by unit. */
    public Rehearsal everyLook(boolean on) {
        return planned(
                p -> new CutPlan(p.cuts(), on, p.doubles(), p.secondsEach(), p.crossChecks(), p.pruning(), p.seed()));
    }

    /**
     * Cuts the power a second time, while a device recovers from a first cut.
     *
     * @param firstCuts in how many recoveries
     * @param each at how many operations of each; 0: at every one
     */
    public Rehearsal secondCuts(int firstCuts, int each) {
        return planned(
                p -> new CutPlan(p.cuts(), p.everyLook(), firstCuts, each, p.crossChecks(), p.pruning(), p.seed()));
    }

    /** Whether a run stops at a state from which all went well before, as it does at first. */
    public Rehearsal pruning(boolean on) {
        return planned(
                p -> new CutPlan(p.cuts(), p.everyLook(), p.doubles(), p.secondsEach(), p.crossChecks(), on, p.seed()));
    }

    /** How many cut points run with the chip's own cryptography too, where the host answers for it. */
    Rehearsal crossChecks(int count) {
        return planned(
                p -> new CutPlan(p.cuts(), p.everyLook(), p.doubles(), p.secondsEach(), count, p.pruning(), p.seed()));
    }

    /**
     * Which faults are tried; the power alone when not said.
     *
     * @param each places of each kind beside the power, evenly spread
     * @throws RehearsalException for outages and noise where the update waits inside the chip
     */
    public Rehearsal faults(Set<FaultKind> kinds, int each) {
        if (!scenario.delivery().staging().isOutside()
                && (kinds.contains(FaultKind.OUTAGE) || kinds.contains(FaultKind.NOISE))) {
            throw new RehearsalException(
                    "Outages and noise are faults of a card or an external flash: stage the update there, or leave them out.");
        }
        return new Rehearsal(scenario, plan, new FaultPlan(kinds, each), jobs, surroundings);
    }

    /** Decides everything that is left to chance. */
    public Rehearsal seed(long seed) {
        return planned(p ->
                new CutPlan(p.cuts(), p.everyLook(), p.doubles(), p.secondsEach(), p.crossChecks(), p.pruning(), seed));
    }

    private Rehearsal planned(UnaryOperator<CutPlan> change) {
        return new Rehearsal(scenario, change.apply(plan), faults, jobs, surroundings);
    }

    public Rehearsal crypto(CryptoMode mode) {
        return new Rehearsal(scenario.with(mode), plan, faults, jobs, surroundings);
    }

    /**
     * Where the update waits; inside the chip, as it is at first.
     *
     * @param withFallback outside the chip: the agent put a copy of the old image beside it
     */
    public Rehearsal staging(Staging staging, boolean withFallback) {
        Delivery delivery = scenario.delivery();
        return new Rehearsal(
                scenario.with(new Delivery(staging, delivery.update(), delivery.fallback(), withFallback)),
                plan,
                faults,
                jobs,
                surroundings);
    }

    /** How often the bootloader starts an image on trial before the old one comes back. */
    public Rehearsal startsOnTrial(int count) {
        return new Rehearsal(scenario.withStartsAllowed(count), plan, faults, jobs, surroundings);
    }

    /** Boards that run at the same time; as many as there are processors when not said. */
    public Rehearsal jobs(int count) {
        return new Rehearsal(scenario, plan, faults, count, surroundings);
    }

    /**
     * Disturbs the bootloader's instructions, one at a time, in place of the power: does the new image start with a signature by no key?
     *
     * @param every only each so many-th execution; 1: all of them, which takes from minutes to an hour of processor time
     * @throws RehearsalException if it starts without any disturbance, or the images are encrypted or packed
     */
    public GlitchResult glitch(int every, Progress progress) {
        return new GlitchCampaign(scenario, every, jobs).run(progress);
    }

    /** Runs the new application too, once it is installed; not when this was not said. */
    public Rehearsal runningIn(Surroundings around) {
        return new Rehearsal(scenario, plan, faults, jobs, around);
    }

    private ApplicationResult runApplication() {
        if (surroundings == null) {
            return ApplicationResult.NOT_ASKED;
        }
        try (ApplicationRun application = new ApplicationRun(scenario, surroundings)) {
            return application.run();
        }
    }

    /**
     * Runs it all; minutes of processor time.
     *
     * @throws RehearsalException if the update does not even work while the power stays
     */
    public RehearsalResult run(Progress progress) {
        long began = System.nanoTime();
        Campaign campaign = new Campaign(scenario, plan, faults, jobs, progress::advanced);
        List<CampaignResult> parts = campaign.run();
        ApplicationResult application = runApplication();
        return new RehearsalResult(
                scenario.map().board(),
                scenario.oldImage().toString(),
                scenario.newImage().toString(),
                HexFormat.of().formatHex(scenario.oldImage().digest()),
                HexFormat.of().formatHex(scenario.newImage().digest()),
                scenario.bootloader().digest().hex(),
                scenario.delivery().describe(),
                scenario.crypto(),
                campaign.compared(),
                plan.seed(),
                scenario.startsAllowed(),
                plan.everyLook(),
                plan.pruning(),
                parts,
                application,
                RehearsalResult.sectors(scenario.map(), parts),
                jobs,
                (System.nanoTime() - began) / 1e9,
                campaign.boardSeconds(),
                campaign.provenStates());
    }
}
