package dev.updraft.server.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One rehearsal of a release's image: what {@code updraft rehearse --json} found when it cut the power at flash operations while the
 * image was installed over another.
 *
 * @param oldDigest what the board ran before
 * @param newDigest the release's image
 * @param bootloader SHA-256 of the bootloader that installed it; null if the report came before reports said so
 * @param passed every fault was survived, and the application did not fail
 * @param application the verdict about it: {@code WORKED}, {@code FAILED}, {@code NOT_RUN} (something that it needs is not emulated),
 *     {@code NOT_ASKED}; null if the report came before reports said so
 * @param failed sequences of cuts that were not
 * @param cuts flash operations that the power was cut at, of the update or the roll-back, whichever had fewer; null = at every one
 * @param cutPoints of all parts together
 * @param creator who says so: the name of the token that sent the report
 * @param created milliseconds since 1970
 * @param signedBy SHA-256 of the public key that {@code signature} is of; null if the report is not signed
 * @param signature over the report's bytes, base64
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Rehearsal(
        @JsonProperty("id") long key,
        String board,
        Digest oldDigest,
        Digest newDigest,
        @Nullable Digest bootloader,
        boolean passed,
        @Nullable String application,
        long failed,
        @Nullable Long cuts,
        long cutPoints,
        long sequences,
        String creator,
        long created,
        @Nullable Digest signedBy,
        @Nullable String signature) {

    private static final List<String> VERDICTS = List.of("WORKED", "FAILED", "NOT_RUN", "NOT_ASKED");

    /** @throws Problem 400 if {@code report} is not what {@code updraft rehearse --json} writes */
    static Rehearsal read(JsonNode report, String creator) {
        boolean passed = report.path("passed").asBoolean(false);
        Rehearsal rehearsal = new Rehearsal(
                0,
                text(report, "board"),
                digest(report, "oldDigest"),
                digest(report, "newDigest"),
                digest(report, "bootloader"),
                passed,
                application(report),
                count(report, "failed"),
                cuts(report),
                count(report, "cutPoints"),
                count(report, "sequences"),
                creator,
                System.currentTimeMillis(),
                null,
                null);
        boolean possible = rehearsal.cutPoints() > 0 && rehearsal.sequences() >= rehearsal.cutPoints();
        if (!report.path("passed").isBoolean() || !possible || passed != rehearsal.allWell()) {
            throw noReport("its numbers contradict each other");
        }
        return rehearsal;
    }

    private boolean allWell() {
        return failed == 0 && !"FAILED".equals(application);
    }

    private static @Nullable String application(JsonNode report) {
        JsonNode verdict = report.path("application").path("verdict");
        if (verdict.isMissingNode()) {
            return null;
        }
        if (!VERDICTS.contains(verdict.asString(""))) {
            throw noReport("'application.verdict' is none");
        }
        return verdict.asString();
    }

    private static @Nullable Long cuts(JsonNode report) {
        long fewest = Long.MAX_VALUE;
        for (String name : List.of("update", "roll-back")) {
            JsonNode part = part(report, name);
            long cuts = count(part, "cutPoints");
            if (cuts < count(part, "operations")) {
                fewest = Math.min(fewest, cuts);
            }
        }
        return fewest == Long.MAX_VALUE ? null : fewest;
    }

    private static JsonNode part(JsonNode report, String name) {
        for (JsonNode part : report.path("parts")) {
            if (part.path("name").asString("").equals(name)) {
                return part;
            }
        }
        throw noReport("of its parts the one of the " + name + " is missing");
    }

    private static String text(JsonNode report, String name) {
        if (!report.path(name).isString()) {
            throw noReport("'" + name + "' is missing");
        }
        return report.path(name).asString();
    }

    private static Digest digest(JsonNode report, String name) {
        String hex = text(report, name);
        if (!hex.matches("[0-9a-f]{64}")) {
            throw noReport("'" + name + "' is no digest");
        }
        return Digest.of(hex);
    }

    private static long count(JsonNode report, String name) {
        JsonNode count = report.path(name);
        if (!count.isIntegralNumber() || !count.canConvertToLong() || count.asLong() < 0) {
            throw noReport("'" + name + "' is no number");
        }
        return count.asLong();
    }

    private static Problem noReport(String why) {
        return Problem.badRequest("This is not a report of 'updraft rehearse --json': " + why + ".");
    }

    Rehearsal withKey(long to) {
        return with(to, signedBy, signature);
    }

    Rehearsal signed(Digest by, String base64) {
        return with(key, by, base64);
    }

    private Rehearsal with(long to, @Nullable Digest by, @Nullable String base64) {
        return new Rehearsal(
                to,
                board,
                oldDigest,
                newDigest,
                bootloader,
                passed,
                application,
                failed,
                cuts,
                cutPoints,
                sequences,
                creator,
                created,
                by,
                base64);
    }
}
