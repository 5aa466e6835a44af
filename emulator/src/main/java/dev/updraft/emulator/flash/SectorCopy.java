package dev.updraft.emulator.flash;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What one sector held at some moment; never changed, and shared by all snapshots between which the sector did not change. */
final class SectorCopy {
    final byte[] bytes;
    private volatile byte @Nullable [] digest;

    SectorCopy(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Whether that is what stands in {@code other} from {@code from} on. */
    boolean matches(byte[] other, int from) {
        return Arrays.equals(bytes, 0, bytes.length, other, from, from + bytes.length);
    }

    /** SHA-256 of the content, worked out once. */
    byte[] digest() {
        byte[] known = digest;
        if (known == null) {
            known = sha256().digest(bytes);
            digest = known;
        }
        return known;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
