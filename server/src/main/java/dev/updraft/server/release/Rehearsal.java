package dev.updraft.server.release;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Problem;
import tools.jackson.databind.JsonNode;

/**
 * One rehearsal of a release's image: what {@code updraft rehearse --json} found when it cut the power at flash operations while the
 * image was installed over another.
 *
 * @param oldDigest what the board ran before
 * @param newDigest the release's image
 * @param passed every cut was survived
 * @param failed sequences of cuts that were not
 * @param creator who says so: the name of the token that sent the report
 * @param created milliseconds since 1970
 */
public record Rehearsal(
        @JsonProperty("id") long key,
        String board,
        Digest oldDigest,
        Digest newDigest,
        boolean passed,
        long failed,
        long cutPoints,
        long sequences,
        String creator,
        long created) {

    /** @throws Problem 400 if {@code report} is not what {@code updraft rehearse --json} writes */
    static Rehearsal read(JsonNode report, String creator) {
        boolean passed = report.path("passed").asBoolean(false);
        Rehearsal rehearsal = new Rehearsal(
                0,
                text(report, "board"),
                digest(report, "oldDigest"),
                digest(report, "newDigest"),
                passed,
                count(report, "failed"),
                count(report, "cutPoints"),
                count(report, "sequences"),
                creator,
                System.currentTimeMillis());
        boolean possible = rehearsal.cutPoints() > 0 && rehearsal.sequences() >= rehearsal.cutPoints();
        if (!report.path("passed").isBoolean() || !possible || passed != (rehearsal.failed() == 0)) {
            throw noReport("its numbers contradict each other");
        }
        return rehearsal;
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
        return new Rehearsal(to, board, oldDigest, newDigest, passed, failed, cutPoints, sequences, creator, created);
    }
}
