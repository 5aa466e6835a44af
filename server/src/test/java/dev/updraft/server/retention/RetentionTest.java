package dev.updraft.server.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Json;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Old reports leave the database, into files if there is an archive; each device keeps its newest. */
class RetentionTest {
    private static final long CUT = at("2026-03-01T00:00:00Z");

    @TempDir
    private Path data;

    private static long at(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    private static void report(Database database, long device, String time, long seq) {
        database.change(handle -> handle.execute(
                "INSERT INTO report (device, at, seq, event, digest, reason) VALUES (?, ?, ?, 'confirmed', ?, NULL)",
                device,
                at(time),
                seq,
                Digest.sha256(new byte[] {(byte) seq}).bytes()));
    }

    private static List<Long> left(Database database) {
        return database.read(handle -> handle.createQuery("SELECT seq FROM report ORDER BY key")
                .mapTo(Long.class)
                .list());
    }

    private Database filled() {
        Database database = Database.open(null, data);
        report(database, 1, "2026-01-30T12:00:00Z", 1);
        report(database, 1, "2026-02-03T12:00:00Z", 2);
        report(database, 2, "2026-02-04T12:00:00Z", 3); // silent since: its newest
        report(database, 1, "2026-03-02T12:00:00Z", 4);
        return database;
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            return in.lines().map(line -> Json.parse(line, JsonNode.class)).toList();
        }
    }

    @Test
    void whatIsOldGoesIntoTheFileOfItsMonthAndTheNewestOfEachDeviceStays() throws Exception {
        Path files = data.resolve("archive");
        try (Database database = filled();
                Retention retention = new Retention(database, Duration.ZERO, new Archive(files))) {
            assertThat(retention.reportsBefore(CUT)).isEqualTo(2);
            assertThat(left(database)).containsExactly(3L, 4L);
            assertThat(retention.reportsBefore(CUT)).isZero();
            report(database, 2, "2026-03-03T12:00:00Z", 5);
            assertThat(retention.reportsBefore(CUT)).isEqualTo(1);
            assertThat(left(database)).containsExactly(4L, 5L);
        }
        assertThat(lines(files.resolve("report-2026-01.jsonl.gz")))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.path("seq").asLong()).isEqualTo(1);
                    assertThat(row.path("digest").asString())
                            .isEqualTo(Digest.sha256(new byte[] {1}).toString());
                    assertThat(row.has("reason")).isFalse();
                });
        // Two pieces, one file: gzip reads both.
        assertThat(lines(files.resolve("report-2026-02.jsonl.gz")).stream()
                        .map(row -> row.path("seq").asLong()))
                .containsExactly(2L, 3L);
    }

    @Test
    void nothingIsDeletedThatTheArchiveDidNotTake() throws Exception {
        Path file = Files.writeString(data.resolve("archive"), "no folder");
        try (Database database = filled();
                Retention retention = new Retention(database, Duration.ZERO, new Archive(file))) {
            assertThatThrownBy(() -> retention.reportsBefore(CUT))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot be written");
            assertThat(left(database)).hasSize(4);
        }
    }

    @Test
    void moreThanOnePieceIsTakenOut() throws Exception {
        try (Database database = Database.open(null, data);
                Retention retention = new Retention(database, Duration.ZERO, null)) {
            database.change(handle -> {
                var batch =
                        handle.prepareBatch("INSERT INTO report (device, at, seq, event) VALUES (?, ?, 0, 'trial')");
                for (int i = 0; i < 5_000; i++) {
                    batch.bind(0, i % 700).bind(1, CUT - 1 - i).add();
                }
                batch.execute();
            });
            assertThat(retention.reportsBefore(CUT)).isEqualTo(5_000 - 700);
            assertThat(left(database)).hasSize(700);
            assertThat(Size.of(Source.of(null, data)))
                    .filteredOn(size -> size.table().equals("report"))
                    .singleElement()
                    .satisfies(size -> {
                        assertThat(size.rows()).isEqualTo(700);
                        assertThat(size.bytes()).isPositive();
                    });
        }
    }
}
