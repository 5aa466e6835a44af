package dev.updraft.server.release;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.VerifyingKey;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant demands before a release goes out.
 *
 * @param requireRehearsal true if no release goes out without; false = only where a rollout demands it
 * @param requireApproval true if no rollout starts that somebody other than its maker has not approved; null = only where a rollout demands it
 * @param rehearsalCuts at how many flash operations of the update, and of the roll-back, the power must have been cut; fewer count if they are all
 * @param rehearsalApplication true if the application must have been run and have worked; null = it need not
 * @param rehearsalBootloaders SHA-256 of the bootloaders that are on devices; empty = any
 * @param rehearsalKeys public keys in PEM, of which one must have signed a report; empty = the word of whoever sends it is enough
 */
public record RehearsalRule(
        boolean requireRehearsal,
        @Nullable Boolean requireApproval,
        long rehearsalCuts,
        @Nullable Boolean rehearsalApplication,
        List<Digest> rehearsalBootloaders,
        List<String> rehearsalKeys) {

    /** Evenly spread, that many meet every kind of operation of an update; a minute or two on a build machine. */
    private static final long USUAL_CUTS = 200;

    private static final int MOST = 100;

    static final RehearsalRule USUAL = new RehearsalRule(false, false, USUAL_CUTS, false, List.of(), List.of());

    public RehearsalRule {
        rehearsalBootloaders = List.copyOf(rehearsalBootloaders);
        rehearsalKeys = List.copyOf(rehearsalKeys);
    }

    /** Whether a second person must approve of every rollout. */
    @com.fasterxml.jackson.annotation.JsonIgnore
    public boolean demandsApproval() {
        return requireApproval != null && requireApproval;
    }

    /** Some of it; what is null stays as it is. */
    record Change(
            @Nullable Boolean requireRehearsal,
            @Nullable Boolean requireApproval,
            @Nullable Long rehearsalCuts,
            @Nullable Boolean rehearsalApplication,
            @Nullable List<String> rehearsalBootloaders,
            @Nullable List<String> rehearsalKeys) {}

    /** @throws Problem 400 if something is not what it should be */
    RehearsalRule with(Change change) {
        long cuts = change.rehearsalCuts() == null ? rehearsalCuts : change.rehearsalCuts();
        if (cuts < 1 || cuts > Integer.MAX_VALUE) {
            throw Problem.badRequest("rehearsalCuts is a number from 1 on, such as " + USUAL_CUTS + ".");
        }
        List<String> keys = change.rehearsalKeys() == null ? rehearsalKeys : change.rehearsalKeys();
        keys.forEach(RehearsalRule::key);
        List<Digest> bootloaders =
                change.rehearsalBootloaders() == null ? rehearsalBootloaders : digests(change.rehearsalBootloaders());
        if (keys.size() > MOST || bootloaders.size() > MOST) {
            throw Problem.badRequest("There can be " + MOST + " bootloaders and as many keys, not more.");
        }
        return new RehearsalRule(
                change.requireRehearsal() == null ? requireRehearsal : change.requireRehearsal(),
                change.requireApproval() == null ? requireApproval : change.requireApproval(),
                cuts,
                change.rehearsalApplication() == null ? rehearsalApplication : change.rehearsalApplication(),
                bootloaders,
                keys);
    }

    private static List<Digest> digests(List<String> texts) {
        List<Digest> digests = new ArrayList<>();
        for (String hex : texts) {
            if (!hex.matches("[0-9a-f]{64}")) {
                throw Problem.badRequest("A bootloader is named by the SHA-256 of boot.bin, 64 hex digits; 'updraft"
                        + " rehearse' says it.");
            }
            digests.add(Digest.of(hex));
        }
        return digests;
    }

    private static VerifyingKey key(String pem) {
        try {
            PemKey key = PemKey.read(pem);
            if (key.isPrivate()) {
                throw Problem.badRequest("This is a private key, which a server must never hold: give what 'updraft key"
                        + " public' makes of it, and make a new one if this one is in use.");
            }
            return key.verifying();
        } catch (ImageException e) {
            throw Problem.badRequest("'rehearsalKeys' holds public keys in PEM: " + e.getMessage());
        }
    }

    /**
     * Which of the keys {@code signature} over {@code report} is of.
     *
     * @return SHA-256 of the key's SubjectPublicKeyInfo
     * @throws Problem 400 if it is of none
     */
    Digest signer(byte[] report, Bytes signature) {
        Bytes digest = Bytes.wrapping(Digest.sha256(report).bytes());
        for (String pem : rehearsalKeys) {
            VerifyingKey key = key(pem);
            if (key.verifyDigest(digest, signature)) {
                return Digest.of(key.hash().toArray());
            }
        }
        throw Problem.badRequest("The signature is not one over this report by a key that this fleet trusts: sign what"
                + " 'updraft rehearse --json' wrote, byte for byte.");
    }

    /**
     * Why {@code rehearsal}, which passed, does not count.
     *
     * @return a sentence; null if it does
     */
    @Nullable
    String shortfall(Rehearsal rehearsal) {
        Long cuts = rehearsal.cuts();
        if (cuts != null && cuts < rehearsalCuts) {
            return "The power was cut at only " + cuts + " flash operations; this fleet demands " + rehearsalCuts
                    + " of the update and of the roll-back, or all: rehearse with --cuts " + rehearsalCuts + ".";
        }
        if (Boolean.TRUE.equals(rehearsalApplication) && !"WORKED".equals(rehearsal.application())) {
            return "The application was not run; this fleet demands that it is: rehearse with --run, on a board that"
                    + " emulates what it needs.";
        }
        Digest bootloader = rehearsal.bootloader();
        if (!rehearsalBootloaders.isEmpty() && (bootloader == null || !rehearsalBootloaders.contains(bootloader))) {
            return "The bootloader " + (bootloader == null ? "is not named" : bootloader.start() + "… is none")
                    + " of those that this fleet has: rehearse with --bootloader and the boot.elf that is on devices.";
        }
        Digest signer = rehearsal.signedBy();
        if (!rehearsalKeys.isEmpty()
                && (signer == null
                        || rehearsalKeys.stream()
                                .noneMatch(pem ->
                                        Digest.of(key(pem).hash().toArray()).equals(signer)))) {
            return "The report is not signed by a key that this fleet trusts: send it with --key.";
        }
        return null;
    }
}
