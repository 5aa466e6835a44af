package dev.updraft.server.release;

import dev.updraft.image.Bytes;
import dev.updraft.server.event.EventType;
import dev.updraft.server.event.Events;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The table rehearsal: what is known of how releases stand power cuts. */
public final class Rehearsals {
    private static final String COLUMNS =
            "key, board, old_digest, digest, bootloader, passed, application, failed, cuts, cut_points,"
                    + " sequences, creator, created, signed_by, signature";

    private final Database database;
    private final RehearsalRules rules;

    /** Of the releases that somebody asked about; without the reports themselves. */
    private final Map<Long, List<Rehearsal>> known = new ConcurrentHashMap<>();

    public Rehearsals(Database database, RehearsalRules rules) {
        this.database = database;
        this.rules = rules;
        database.changes().follow(Topic.RELEASE, changes -> changes.forEach(change -> known.remove(change.subject())));
    }

    /**
     * Keeps a report.
     *
     * @param signature over {@code report}, base64; null if it is not signed
     * @throws Problem 400 if it is none, is about no image of {@code release}, or could not count by the tenant's rule; 409 if it is there already
     */
    public Rehearsal add(Release release, byte[] report, @Nullable String signature, String creator) {
        Rehearsal rehearsal = Rehearsal.read(Json.parse(report, JsonNode.class), creator);
        Release.Image image = release.imageFor(rehearsal.board());
        if (image == null || !image.digest().equals(rehearsal.newDigest())) {
            throw Problem.badRequest("The report is about the image " + rehearsal.newDigest() + " for "
                    + rehearsal.board() + ", which is none of version " + release.version() + ".");
        }
        RehearsalRule rule = rules.of(release.tenant());
        Rehearsal signed = signature == null
                ? rehearsal
                : rehearsal.signed(rule.signer(report, Bytes.wrapping(decoded(signature))), signature);
        String shortfall = signed.passed() ? rule.shortfall(signed) : null;
        if (shortfall != null) {
            throw Problem.badRequest(shortfall);
        }
        String text = new String(report, StandardCharsets.UTF_8);
        Rehearsal added = database.write(handle -> {
            Rehearsal kept = signed.withKey(insert(handle, release, signed, text));
            Events.add(handle, release.tenant(), EventType.RELEASE_REHEARSED, told(release, kept));
            database.changes().note(Topic.RELEASE, release.key());
            return kept;
        });
        known.remove(release.key());
        return added;
    }

    private static byte[] decoded(String signature) {
        try {
            return Base64.getDecoder().decode(signature);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("Updraft-Signature is the signature over the report in base64.");
        }
    }

    private static long insert(Handle handle, Release release, Rehearsal rehearsal, String report) {
        // An old report that passed, sent again, must not stand as the newest over one that failed since.
        if (handle.createQuery("SELECT 1 FROM rehearsal WHERE release = ? AND report = ?")
                .bind(0, release.key())
                .bind(1, report)
                .mapTo(Integer.class)
                .findFirst()
                .isPresent()) {
            throw Problem.conflict("This very report is there already.");
        }
        return handle.createQuery(
                        "INSERT INTO rehearsal (release, board, old_digest, digest, bootloader, passed, application, failed,"
                                + " cuts, cut_points, sequences, creator, created, signed_by, signature, report)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key")
                .bind(0, release.key())
                .bind(1, rehearsal.board())
                .bind(2, rehearsal.oldDigest().bytes())
                .bind(3, rehearsal.newDigest().bytes())
                .bind(4, bytes(rehearsal.bootloader()))
                .bind(5, rehearsal.passed() ? 1 : 0)
                .bind(6, rehearsal.application())
                .bind(7, rehearsal.failed())
                .bind(8, rehearsal.cuts())
                .bind(9, rehearsal.cutPoints())
                .bind(10, rehearsal.sequences())
                .bind(11, rehearsal.creator())
                .bind(12, rehearsal.created())
                .bind(13, bytes(rehearsal.signedBy()))
                .bind(14, rehearsal.signature())
                .bind(15, report)
                .mapTo(Long.class)
                .one();
    }

    private static byte @Nullable [] bytes(@Nullable Digest digest) {
        return digest == null ? null : digest.bytes();
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
        return known.computeIfAbsent(
                release.key(),
                key -> database.read(handle -> handle.createQuery(
                                "SELECT " + COLUMNS + " FROM rehearsal WHERE release = ? ORDER BY key DESC")
                        .bind(0, key)
                        .map((rs, context) -> rehearsal(rs))
                        .list()));
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

    /** True if the tenant lets nothing out that was not rehearsed. */
    public boolean required(long tenant) {
        return rules.of(tenant).requireRehearsal();
    }

    /**
     * What {@code release} lacks to count as rehearsed: each of its images needs a rehearsal that passed and is as the tenant demands, and
     * of those over the same old image the newest counts.
     *
     * @return one sentence or two; null if nothing is lacking
     */
    public @Nullable String lacks(Release release) {
        RehearsalRule rule = rules.of(release.tenant());
        for (Release.Image image : release.images()) {
            if (image.board().equals(Release.ANY_BOARD)) {
                return "'" + release.version() + "' is made of files, which no emulated board installs: it cannot be"
                        + " rehearsed.";
            }
            String lacks = lacks(release, image, rule);
            if (lacks != null) {
                return lacks;
            }
        }
        return null;
    }

    private @Nullable String lacks(Release release, Release.Image image, RehearsalRule rule) {
        String what = "Version " + release.version();
        Map<Digest, Rehearsal> newest = new LinkedHashMap<>();
        String shortfall = null;
        for (Rehearsal rehearsal : of(release)) {
            if (!rehearsal.board().equals(image.board())
                    || !rehearsal.newDigest().equals(image.digest())) {
                continue;
            }
            String why = rehearsal.passed() ? rule.shortfall(rehearsal) : null;
            if (why == null) {
                newest.putIfAbsent(rehearsal.oldDigest(), rehearsal);
            } else if (shortfall == null) {
                shortfall = why;
            }
        }
        if (newest.isEmpty()) {
            return what + " was not rehearsed on " + image.board()
                    + (shortfall == null ? "." : " as this fleet demands. " + shortfall);
        }
        for (Rehearsal rehearsal : newest.values()) {
            if (!rehearsal.passed()) {
                return "The rehearsal of version " + release.version() + " on " + image.board() + " over "
                        + rehearsal.oldDigest().start() + " failed: "
                        + (rehearsal.failed() == 0
                                ? "the application does not work."
                                : rehearsal.failed() + " of " + rehearsal.sequences()
                                        + " sequences of power cuts were not survived.");
            }
        }
        return null;
    }

    private static @Nullable Digest digest(byte @Nullable [] bytes) {
        return bytes == null ? null : Digest.of(bytes);
    }

    private static Rehearsal rehearsal(ResultSet rs) throws SQLException {
        long cuts = rs.getLong("cuts");
        boolean everyOne = rs.wasNull();
        return new Rehearsal(
                rs.getLong("key"),
                rs.getString("board"),
                Digest.of(rs.getBytes("old_digest")),
                Digest.of(rs.getBytes("digest")),
                digest(rs.getBytes("bootloader")),
                rs.getInt("passed") != 0,
                rs.getString("application"),
                rs.getLong("failed"),
                everyOne ? null : cuts,
                rs.getLong("cut_points"),
                rs.getLong("sequences"),
                rs.getString("creator"),
                rs.getLong("created"),
                digest(rs.getBytes("signed_by")),
                rs.getString("signature"));
    }
}
