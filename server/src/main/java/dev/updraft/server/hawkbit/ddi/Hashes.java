package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.store.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The digests that hawkBit's clients check; worked out once for each artifact. */
public final class Hashes {
    private final Database database;
    private final Artifacts artifacts;
    private final Map<String, Of> known = new ConcurrentHashMap<>();

    /** In lower-case hex. */
    public record Of(String sha1, String md5) {}

    public Hashes(Database database, Artifacts artifacts) {
        this.database = database;
        this.artifacts = artifacts;
    }

    /** Of the artifact with this SHA-256, which is in the store. */
    public Of of(String sha256) {
        return known.computeIfAbsent(sha256, this::read);
    }

    private Of read(String sha256) {
        byte[] key = HexFormat.of().parseHex(sha256);
        return database.read(handle -> handle.createQuery("SELECT sha1, md5 FROM artifact_hash WHERE sha256 = ?")
                        .bind(0, key)
                        .map((rs, context) -> new Of(rs.getString("sha1"), rs.getString("md5")))
                        .findOne())
                .orElseGet(() -> {
                    Of of = compute(sha256);
                    database.change(handle -> handle.execute(
                            "INSERT INTO artifact_hash (sha256, sha1, md5) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                            key,
                            of.sha1(),
                            of.md5()));
                    return of;
                });
    }

    private Of compute(String sha256) {
        try (InputStream in = artifacts.open(sha256, 0, artifacts.size(sha256))) {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            byte[] buffer = new byte[64 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha1.update(buffer, 0, n);
                md5.update(buffer, 0, n);
            }
            HexFormat hex = HexFormat.of();
            return new Of(hex.formatHex(sha1.digest()), hex.formatHex(md5.digest()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
