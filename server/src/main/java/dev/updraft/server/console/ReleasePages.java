package dev.updraft.server.console;

import dev.updraft.server.access.Role;
import dev.updraft.server.access.Sessions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code /console/releases}. */
final class ReleasePages {
    record Image(String board, String digest, String sha256, long size) {}

    record Release(long id, String version, String notes, String from, String state, long created, List<Image> images) {
        String boards() {
            return images.stream().map(Image::board).sorted().distinct().collect(Collectors.joining(", "));
        }
    }

    record ReleaseList(List<Release> releases) {}

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
}
