package dev.updraft.server.release;

import dev.updraft.server.event.Events;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The table rehearsal: what is known of how releases stand power cuts. Read rarely, so nothing of it is held in memory. */
public final class Rehearsals {
    private static final String COLUMNS =
            "key, board, old_digest, digest, passed, failed, cut_points, sequences, creator, created";

    private final Database database;

    public Rehearsals(Database database) {
        this.database = database;
    }

    /**
     * Keeps a report.
     *
     * @throws Problem 400 if it is none, or is about no image of {@code release}
     */
    public Rehearsal add(Release release, JsonNode report, String creator) {
        Rehearsal rehearsal = Rehearsal.read(report, creator);
        Release.Image image = release.imageFor(rehearsal.board());
        if (image == null || !image.digest().equals(rehearsal.newDigest())) {
            throw Problem.badRequest("The report is about the image " + rehearsal.newDigest() + " for "
                    + rehearsal.board() + ", which is none of version " + release.version() + ".");
        }
        return database.write(handle -> {
            Rehearsal kept = rehearsal.withKey(insert(handle, release, rehearsal, report.toString()));
            Events.add(handle, release.tenant(), "release.rehearsed", told(release, kept));
            return kept;
        });
    }

    private static long insert(Handle handle, Release release, Rehearsal rehearsal, String report) {
        return handle.createQuery("INSERT INTO rehearsal (release, board, old_digest, digest, passed, failed,"
                        + " cut_points, sequences, creator, created, report)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, release.key())
                .bind(1, rehearsal.board())
                .bind(2, rehearsal.oldDigest().bytes())
                .bind(3, rehearsal.newDigest().bytes())
                .bind(4, rehearsal.passed() ? 1 : 0)
                .bind(5, rehearsal.failed())
                .bind(6, rehearsal.cutPoints())
                .bind(7, rehearsal.sequences())
                .bind(8, rehearsal.creator())
                .bind(9, rehearsal.created())
                .bind(10, report)
                .mapTo(Long.class)
                .one();
    }

    private static Map<String, Object> told(Release release, Rehearsal rehearsal) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("release", release.key());
        told.put("version", release.version());
        told.put("board", rehearsal.board());
        told.put("passed", rehearsal.passed());
        return told;
    }

    /** Newest first. */
    public List<Rehearsal> of(Release release) {
        return database.read(handle -> handle.createQuery(
                        "SELECT " + COLUMNS + " FROM rehearsal WHERE release = ? ORDER BY key DESC")
                .bind(0, release.key())
                .map((rs, context) -> rehearsal(rs))
                .list());
    }

    /** The report itself, as it was sent; null if {@code release} has none of this number. */
    public @Nullable String report(Release release, long key) {
        return database.read(handle -> handle.createQuery("SELECT report FROM rehearsal WHERE release = ? AND key = ?")
                .bind(0, release.key())
                .bind(1, key)
                .mapTo(String.class)
                .findOne()
                .orElse(null));
    }

    /**
     * What {@code release} lacks to count as rehearsed: each of its images needs a rehearsal that passed, and of those over the same old
     * image the newest counts.
     *
     * @return one sentence; null if nothing is lacking
     */
    public @Nullable String lacks(Release release) {
        List<Rehearsal> all = of(release);
        for (Release.Image image : release.images()) {
            Map<Digest, Rehearsal> newest = new LinkedHashMap<>();
            for (Rehearsal rehearsal : all) {
                if (rehearsal.board().equals(image.board())
                        && rehearsal.newDigest().equals(image.digest())) {
                    newest.putIfAbsent(rehearsal.oldDigest(), rehearsal);
                }
            }
            if (newest.isEmpty()) {
                return "Version " + release.version() + " was not rehearsed on " + image.board() + ".";
            }
            for (Rehearsal rehearsal : newest.values()) {
                if (!rehearsal.passed()) {
                    return "The rehearsal of version " + release.version() + " on " + image.board() + " over "
                            + rehearsal.oldDigest().toString().substring(0, 12) + " failed: " + rehearsal.failed()
                            + " of " + rehearsal.sequences() + " sequences of power cuts were not survived.";
                }
            }
        }
        return null;
    }

    private static Rehearsal rehearsal(ResultSet rs) throws SQLException {
        return new Rehearsal(
                rs.getLong("key"),
                rs.getString("board"),
                Digest.of(rs.getBytes("old_digest")),
                Digest.of(rs.getBytes("digest")),
                rs.getInt("passed") != 0,
                rs.getLong("failed"),
                rs.getLong("cut_points"),
                rs.getLong("sequences"),
                rs.getString("creator"),
                rs.getLong("created"));
    }
}
