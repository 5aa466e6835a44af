package dev.updraft.server.release;

import dev.updraft.server.fleet.Digest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The tables release, release_image, release_file and artifact. */
final class ReleaseStore {
    private record Row(long release, Release.Image image) {}

    List<Release> all(Handle handle) {
        Map<Long, List<Release.Image>> images = handle
                .createQuery("SELECT * FROM release_image ORDER BY board")
                .map((rs, context) -> new Row(
                        rs.getLong("release"),
                        new Release.Image(
                                rs.getString("board"),
                                Digest.of(rs.getBytes("digest")),
                                HexFormat.of().formatHex(rs.getBytes("sha256")),
                                rs.getLong("size"),
                                rs.getLong("needs"),
                                rs.getLong("counter"))))
                .list()
                .stream()
                .collect(Collectors.groupingBy(Row::release, Collectors.mapping(Row::image, Collectors.toList())));
        Map<Long, List<Release.File>> files = files(handle);
        return handle.createQuery("SELECT * FROM release ORDER BY key")
                .map((rs, context) -> new Release(
                        rs.getLong("key"),
                        rs.getLong("tenant"),
                        rs.getString("version"),
                        rs.getString("notes"),
                        rs.getString("from_versions"),
                        Release.State.valueOf(rs.getString("state").toUpperCase(Locale.ROOT)),
                        rs.getLong("created"),
                        images.getOrDefault(rs.getLong("key"), List.of()),
                        files.getOrDefault(rs.getLong("key"), List.of())))
                .list();
    }

    private record FileRow(long release, Release.File file) {}

    private static Map<Long, List<Release.File>> files(Handle handle) {
        return handle
                .createQuery("SELECT * FROM release_file ORDER BY release, module, filename")
                .map((rs, context) -> new FileRow(
                        rs.getLong("release"),
                        new Release.File(
                                rs.getLong("module"),
                                rs.getString("part"),
                                rs.getString("name"),
                                rs.getString("version"),
                                rs.getString("filename"),
                                hex(rs.getBytes("sha256")),
                                rs.getLong("size"))))
                .list()
                .stream()
                .collect(Collectors.groupingBy(
                        FileRow::release, Collectors.mapping(FileRow::file, Collectors.toList())));
    }

    private static @Nullable String hex(byte @Nullable [] sha256) {
        return sha256 == null ? null : HexFormat.of().formatHex(sha256);
    }

    void insertFile(Handle handle, long release, Release.File file) {
        handle.execute(
                "INSERT INTO release_file (release, module, part, name, version, filename, sha256, size)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                release,
                file.module(),
                file.part(),
                file.name(),
                file.version(),
                file.filename(),
                file.sha256() == null ? null : HexFormat.of().parseHex(file.sha256()),
                file.size());
    }

    long insert(Handle handle, long tenant, String version, String notes, String from, long created) {
        return handle.createQuery("INSERT INTO release (tenant, version, notes, from_versions, state, created)"
                        + " VALUES (?, ?, ?, ?, 'draft', ?)"
                        + " RETURNING key")
                .bind(0, tenant)
                .bind(1, version)
                .bind(2, notes)
                .bind(3, from)
                .bind(4, created)
                .mapTo(Long.class)
                .one();
    }

    void insertImage(Handle handle, long release, Release.Image image) {
        handle.execute(
                "INSERT INTO release_image (release, board, digest, sha256, size, needs, counter)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                release,
                image.board(),
                image.digest().bytes(),
                HexFormat.of().parseHex(image.sha256()),
                image.size(),
                image.needs(),
                image.counter());
    }

    void insertArtifact(Handle handle, long tenant, String sha256, long size, long created) {
        handle.execute(
                "INSERT INTO artifact (tenant, sha256, size, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                tenant,
                HexFormat.of().parseHex(sha256),
                size,
                created);
    }

    /** @return false if it was withdrawn, which it stays */
    boolean state(Handle handle, long release, Release.State state) {
        return handle.execute(
                        "UPDATE release SET state = ? WHERE key = ? AND (state <> 'withdrawn' OR ? = 'withdrawn')",
                        state.label(),
                        release,
                        state.label())
                == 1;
    }

    /** Also keeps another process from publishing it before this transaction ends. */
    boolean isDraft(Handle handle, long release) {
        return handle.execute("UPDATE release SET state = state WHERE key = ? AND state = 'draft'", release) == 1;
    }
}
