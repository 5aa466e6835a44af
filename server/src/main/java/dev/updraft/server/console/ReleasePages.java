package dev.updraft.server.console;

import dev.updraft.server.access.Role;
import dev.updraft.server.access.Sessions;
import dev.updraft.server.http.Errors;
import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /console/releases}: what there is to give out, what is in it, and who may move to it. */
final class ReleasePages {
    private static final int SHOWN = 50;

    record Image(String board, String digest, String sha256, long size) {}

    record Release(long id, String version, String notes, String from, String state, long created, List<Image> images) {
        String boards() {
            return images.stream().map(Image::board).sorted().distinct().collect(Collectors.joining(", "));
        }

        boolean is(String wanted) {
            return state.equals(wanted);
        }
    }

    record ReleaseList(List<Release> releases) {}

    record Tlv(
            int type,
            String name,
            boolean covered,
            long offset,
            long length,
            String meaning,
            String value,
            @Nullable String text) {
        String number() {
            return String.format(java.util.Locale.ROOT, "0x%04x", type);
        }
    }

    record Content(
            String digest,
            String installedDigest,
            String version,
            @Nullable String board,
            long size,
            long headerSize,
            long payloadSize,
            long loadAddress,
            List<String> flags,
            List<Tlv> tlvs,
            List<String> refused) {}

    /** @param content null for a file that is no image of a board */
    record Shown(Image image, @Nullable Content content) {}

    record Move(String from, String to) {}

    record Paths(List<String> versions, List<Move> steps, Map<String, List<String>> ways) {}

    record Rehearsal(
            long id,
            String board,
            String oldDigest,
            String newDigest,
            @Nullable String bootloader,
            boolean passed,
            @Nullable String application,
            long failed,
            @Nullable Long cuts,
            long cutPoints,
            long sequences,
            String creator,
            long created,
            @Nullable String signedBy) {}

    record RehearsalList(List<Rehearsal> rehearsals) {}

    /** What releases are called, by their numbers; empty if the visitor may not know. */
    static Map<Long, String> versions(Visit visit) {
        Map<Long, String> versions = new HashMap<>();
        all(visit).forEach(release -> versions.put(release.id(), release.version()));
        return versions;
    }

    static List<Release> all(Visit visit) {
        return Sessions.may(visit.caller(), Role.VIEWER, "releases", true)
                ? visit.api()
                        .get(Api.Question.of("/releases"), ReleaseList.class)
                        .releases()
                : List.of();
    }

    void pages(Console.Paths paths) {
        paths.get("/releases", this::list)
                .upload("/releases/upload", this::upload)
                .get("/releases/{id}", this::show)
                .get("/releases/{id}/rehearsals/{number}", this::rehearsal)
                .post("/releases/{id}/publish", this::publish)
                .post("/releases/{id}/withdraw", this::withdraw);
    }

    private void list(Visit visit) {
        String before = visit.query("before");
        long last = before.matches("\\d{1,18}") ? Long.parseLong(before) : Long.MAX_VALUE;
        List<Release> newest = visit.api().get(Api.Question.of("/releases"), ReleaseList.class).releases().stream()
                .filter(release -> release.id() < last)
                .toList()
                .reversed();
        List<Release> shown = newest.subList(0, Math.min(SHOWN, newest.size()));
        visit.show(
                "releases",
                "Releases",
                "releases",
                Map.of(
                        "releases",
                        shown,
                        "more",
                        newest.size() > shown.size() ? shown.getLast().id() : 0L));
    }

    /** Answers a script: where the release is to be seen, or what is wrong with the file. */
    private void upload(Visit visit) {
        Map<String, String> said;
        int status = 200;
        try {
            JsonNode made = visit.api()
                    .upload(Api.Question.of("/releases")
                            .with("notes", visit.query("notes"))
                            .with("from", visit.query("from"))
                            .with("board", visit.query("board")));
            said = Map.of("to", Console.HOME + "/releases/" + made.path("id").asLong());
        } catch (Problem problem) {
            status = problem.status();
            said = Map.of("error", problem.sentence());
            Errors.closeIfLeft(visit.request(), visit.response(), problem);
        }
        Visit.guard(visit.response());
        visit.response()
                .status(status)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(new JsonMapper().writeValueAsBytes(said));
    }

    private static String path(String id) {
        return Console.HOME + "/releases/" + id;
    }

    private void show(Visit visit) {
        String id = visit.name("id");
        Release release = visit.api().get(Api.Question.of("/releases/{id}", id), Release.class);
        List<Shown> images = new ArrayList<>();
        for (Image image : release.images()) {
            images.add(new Shown(image, content(visit, id, image)));
        }
        Map<String, Long> running = running(visit);
        Paths paths = visit.api()
                .get(
                        Api.Question.of("/releases/{id}/paths", id).with("from", String.join(",", running.keySet())),
                        Paths.class);
        boolean rehearsed = Sessions.may(visit.caller(), Role.VIEWER, "rehearsals", true);
        Map<String, Object> what = new HashMap<>();
        what.put("release", release);
        what.put("images", images);
        what.put("running", running);
        what.put("ways", new TreeMap<>(paths.ways()));
        what.put("graph", Graph.of(paths, release.version(), running));
        what.put(
                "rehearsals",
                rehearsed
                        ? visit.api()
                                .get(Api.Question.of("/releases/{id}/rehearsals", id), RehearsalList.class)
                                .rehearsals()
                        : List.of());
        what.put("versions", byDigest(visit));
        what.put(
                "rollouts",
                Sessions.may(visit.caller(), Role.VIEWER, "rollouts", true)
                        ? RolloutPages.all(visit).stream()
                                .filter(rollout -> rollout.release() == release.id())
                                .toList()
                                .reversed()
                        : List.of());
        visit.show("release", "Release " + release.version(), "releases", what);
    }

    /** What the releases' images are called, by their digests. */
    static Map<String, String> byDigest(Visit visit) {
        Map<String, String> versions = new HashMap<>();
        all(visit)
                .forEach(release -> release.images().forEach(image -> versions.put(image.digest(), release.version())));
        return versions;
    }

    private static @Nullable Content content(Visit visit, String id, Image image) {
        try {
            return visit.api()
                    .get(
                            new Api.Question(
                                    "/releases/{id}/images/{digest}",
                                    Map.of("id", id, "digest", image.digest()),
                                    Map.of()),
                            Content.class);
        } catch (Problem problem) {
            if (problem.status() == 409) {
                return null;
            }
            throw problem;
        }
    }

    private static Map<String, Long> running(Visit visit) {
        return Sessions.may(visit.caller(), Role.VIEWER, "devices", true)
                ? visit.api()
                        .get(Api.Question.of("/overview"), OverviewPage.Fleet.class)
                        .versions()
                : Map.of();
    }

    private void rehearsal(Visit visit) {
        String id = visit.name("id");
        Release release = visit.api().get(Api.Question.of("/releases/{id}", id), Release.class);
        JsonNode report = visit.api()
                .get(new Api.Question(
                        "/releases/{id}/rehearsals/{number}",
                        Map.of("id", id, "number", visit.name("number")),
                        Map.of()));
        Map<String, String> facts = new java.util.LinkedHashMap<>();
        report.properties().forEach(one -> {
            if (one.getValue().isValueNode()) {
                facts.put(one.getKey(), one.getValue().asString());
            }
        });
        List<Map<String, String>> parts = new ArrayList<>();
        report.path("parts").forEach(part -> {
            Map<String, String> row = new HashMap<>();
            part.properties()
                    .forEach(one -> row.put(
                            one.getKey(),
                            one.getValue().isValueNode() ? one.getValue().asString() : ""));
            parts.add(row);
        });
        visit.show(
                "rehearsal",
                "Rehearsal of " + release.version(),
                "releases",
                Map.of("release", release, "facts", facts, "parts", parts, "json", report.toPrettyString()));
    }

    private void publish(Visit visit) {
        String id = visit.name("id");
        String to = visit.form().value("to").equals("everyone") ? "everyone" : "nobody";
        visit.api().post(Api.Question.of("/releases/{id}/publish", id).with("to", to), Map.of());
        visit.redirect(
                path(id),
                to.equals("everyone")
                        ? "It is published, and a rollout gives it to every device of its boards."
                        : "It is published; a rollout says who gets it.");
    }

    private void withdraw(Visit visit) {
        String id = visit.name("id");
        visit.api().post(Api.Question.of("/releases/{id}/withdraw", id), Map.of());
        visit.redirect(path(id), "It is withdrawn.");
    }
}
