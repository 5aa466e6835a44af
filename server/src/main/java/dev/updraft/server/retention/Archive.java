package dev.updraft.server.retention;

import dev.updraft.server.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Files that hold what the database no longer does: {@code report-2026-11.jsonl.gz}, one JSON object a line, by the month (UTC) that a row is
 * of. Each piece is a gzip member of its own and is on the disk before the database forgets it; after a crash between the two a row can be there
 * twice, with the same key.
 *
 * @param folder made if it is not there
 */
public record Archive(Path folder) {
    /** @throws UncheckedIOException if not all of it is on the disk; then nothing may be deleted */
    void append(String kind, List<Map<String, Object>> rows) {
        Map<YearMonth, List<Map<String, Object>>> months = new TreeMap<>();
        for (Map<String, Object> row : rows) {
            long at = row.get("at") instanceof Number number ? number.longValue() : 0;
            YearMonth month = YearMonth.from(Instant.ofEpochMilli(at).atZone(ZoneOffset.UTC));
            months.computeIfAbsent(month, fresh -> new ArrayList<>()).add(row);
        }
        try {
            Files.createDirectories(folder);
            for (Map.Entry<YearMonth, List<Map<String, Object>>> month : months.entrySet()) {
                write(folder.resolve(kind + "-" + month.getKey() + ".jsonl.gz"), month.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the archive in '" + folder + "' cannot be written", e);
        }
    }

    private static void write(Path file, List<Map<String, Object>> rows) throws IOException {
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        try (GZIPOutputStream zipped = new GZIPOutputStream(member)) {
            for (Map<String, Object> row : rows) {
                zipped.write(Json.string(row).getBytes(StandardCharsets.UTF_8));
                zipped.write('\n');
            }
        }
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long before = out.size();
            out.position(before);
            try {
                for (ByteBuffer left = ByteBuffer.wrap(member.toByteArray()); left.hasRemaining(); ) {
                    out.write(left);
                }
                out.force(true);
            } catch (IOException full) {
                out.truncate(before); // half a member would hide what is appended later
                throw full;
            }
        }
    }
}
