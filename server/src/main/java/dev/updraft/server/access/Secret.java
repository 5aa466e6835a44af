package dev.updraft.server.access;

import dev.updraft.image.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The SHA-256 of a bearer token, which is all the server keeps of it. Tokens are 192 random bits, so a plain hash is
 * enough: there is nothing to guess. As a map key it also leaves nothing to time, because what is compared is the hash.
 */
public record Secret(long a, long b, long c, long d) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TOKEN_BYTES = 24;

    private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(Sha256::begin);

    /** A new token: 32 characters of the URL-safe alphabet. */
    public static String newToken() {
        byte[] token = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(token);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    public static Secret of(String token) {
        return ofHash(SHA256.get().digest(token.getBytes(StandardCharsets.UTF_8)));
    }

    public static Secret ofHash(byte[] hash) {
        ByteBuffer in = ByteBuffer.wrap(hash);
        return new Secret(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    public byte[] hash() {
        return ByteBuffer.allocate(32)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
    }

    /** The hash is uniform, so a part of it serves. */
    @Override
    public int hashCode() {
        return (int) a;
    }
}
