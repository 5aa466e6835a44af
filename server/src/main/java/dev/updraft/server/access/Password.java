package dev.updraft.server.access;

import dev.updraft.server.http.Problem;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** How a password is kept: {@code iterations:salt:hash}, PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2), salt and hash in Base64. */
final class Password {
    /** About a quarter of a second of one core: what one guess costs whoever has stolen the database. */
    private static final int ITERATIONS = 600_000;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    private static final int SHORTEST = 12;
    private static final int LONGEST = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Password() {}

    /** @throws Problem 400 if {@code password} is too long, or too short and not allowed to be */
    static void check(String password, boolean mayBeWeak) {
        int shortest = mayBeWeak ? 1 : SHORTEST;
        if (password.length() < shortest || password.length() > LONGEST) {
            throw Problem.badRequest("A password has " + shortest + " to " + LONGEST + " characters"
                    + (mayBeWeak ? "." : "; a shorter one must be asked for as weak."));
        }
    }

    static String kept(String password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        Base64.Encoder base64 = Base64.getEncoder();
        return ITERATIONS + ":" + base64.encodeToString(salt) + ":"
                + base64.encodeToString(derived(password, salt, ITERATIONS));
    }

    static boolean fits(String password, String kept) {
        String[] parts = kept.split(":", 3);
        Base64.Decoder base64 = Base64.getDecoder();
        byte[] derived = derived(password, base64.decode(parts[1]), Integer.parseInt(parts[0]));
        return MessageDigest.isEqual(derived, base64.decode(parts[2]));
    }

    private static byte[] derived(String password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            spec.clearPassword();
        }
    }
}
