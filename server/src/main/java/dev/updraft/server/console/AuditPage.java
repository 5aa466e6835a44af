package dev.updraft.server.console;

import io.helidon.http.HeaderNames;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code /console/audit}: who asked for what, the newest first. */
final class AuditPage {
    private static final int PART = 100;

    record Entry(
            long id,
            long at,
            String who,
            String method,
            String path,
            long status,
            @Nullable String address,
            @Nullable JsonNode detail) {
        String colour() {
            return status == 0 ? "warn" : status < 400 ? "good" : "bad";
        }

        String outcome() {
            return status == 0 ? "cut off" : Long.toString(status);
        }

        String asked() {
            return detail == null ? "" : Words.shortened(detail.toString(), 400);
        }
    }

    record EntryList(List<Entry> entries) {}

    void pages(Console.Paths paths) {
        paths.get("/audit", this::show).get("/audit/export", this::export);
    }

    private void show(Visit visit) {
        String before = visit.query("before").matches("\\d{1,18}") ? visit.query("before") : "";
        List<Entry> entries = visit.api()
                .get(
                        Api.Question.of("/audit").with("before", before).with("limit", Integer.toString(PART + 1)),
                        EntryList.class)
                .entries();
        List<Entry> shown = entries.subList(0, Math.min(PART, entries.size()));
        visit.show(
                "audit",
                "Audit log",
                "audit",
                Map.of(
                        "entries",
                        shown,
                        "first",
                        before.isEmpty(),
                        "more",
                        entries.size() > PART ? shown.getLast().id() : 0L));
    }

    private void export(Visit visit) {
        String format = visit.query("format").equals("csv") ? "csv" : "ndjson";
        visit.response().header(HeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"audit." + format + "\"");
        visit.response().header(HeaderNames.CACHE_CONTROL, "no-store");
        Visit.guard(visit.response());
        visit.api().stream(Api.Question.of("/audit/export").with("format", format), visit.response());
    }
}
