package dev.updraft.rehearsal;

import dev.updraft.emulator.flash.FlashGeometry;
import dev.updraft.rehearsal.application.ApplicationResult;
import dev.updraft.rehearsal.campaign.CampaignResult;
import dev.updraft.rehearsal.campaign.Sector;
import dev.updraft.rehearsal.device.FlashMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a rehearsal found.
 *
 * @param oldDigest of the old image, in hex
 * @param newDigest of the new one: with the board what a server knows the image by
 * @param bootloader SHA-256 of the bootloader's bytes from the start of the flash, as boot.bin holds them, in hex
 * @param delivery where the new image waited, in which form, and what stood beside it
 * @param compared cut points at which the host's cryptography and the chip's own were seen to end with the same flash; 0 with the chip's own
 * @param startsOnTrial of the new image before the old one comes back
 * @param everyLook each cut point was tried with every way a torn unit can look
 * @param parts the update, the roll-back, and second cuts if there were some
 * @param application what the new application did when it was run
 * @param seconds that it took
 * @param boardSeconds processor time of the boards in all jobs
 * @param provenStates states at which a run could stop because all goes well from there
 */
public record RehearsalResult(
        String board,
        String oldImage,
        String newImage,
        String oldDigest,
        String newDigest,
        String bootloader,
        String delivery,
        CryptoMode crypto,
        int compared,
        long seed,
        int startsOnTrial,
        boolean everyLook,
        boolean pruning,
        List<CampaignResult> parts,
        ApplicationResult application,
        List<Sector> sectors,
        int jobs,
        double seconds,
        double boardSeconds,
        int provenStates) {
    public RehearsalResult {
        parts = List.copyOf(parts);
        sectors = List.copyOf(sectors);
    }

    /** Every cut was survived, and the application works as far as it was run. */
    public boolean passed() {
        return survived() && application.verdict() != ApplicationResult.Verdict.FAILED;
    }

    public boolean survived() {
        return failed() == 0;
    }

    public int failed() {
        return parts.stream().mapToInt(CampaignResult::failed).sum();
    }

    public int cutPoints() {
        return parts.stream().mapToInt(CampaignResult::cutPoints).sum();
    }

    public int sequences() {
        return parts.stream().mapToInt(CampaignResult::sequences).sum();
    }

    /** Cut points in a second of one processor; places of other faults count as such. */
    public double cutPointsPerSecond() {
        return cutPoints() / boardSeconds;
    }

    /** The part in which a device took longest from power-up to the start of an application. */
    public CampaignResult slowest() {
        return parts.stream()
                .max(Comparator.comparingLong(CampaignResult::longestRecoveryMicros))
                .orElseThrow();
    }

    static List<Sector> sectors(FlashMap map, List<CampaignResult> parts) {
        List<Sector> sectors = new ArrayList<>();
        FlashGeometry geometry = map.geometry();
        for (int i = 0; i < geometry.sectors(); i++) {
            int most = 0;
            for (CampaignResult part : parts) {
                most = part.erases().isEmpty()
                        ? most
                        : Math.max(most, part.erases().get(i));
            }
            int start = geometry.sectorStart(i);
            sectors.add(new Sector(FlashMap.BASE + start, geometry.sectorSize(i), map.use(start), most));
        }
        return sectors;
    }
}
