package dev.updraft.image.key;

import java.security.GeneralSecurityException;

/** Java's cryptography, without the exceptions that cannot happen on a complete JDK. */
final class Jca {
    private Jca() {}

    interface Call<T> {
        T run() throws GeneralSecurityException;
    }

    /** For algorithms that every JDK has and keys that were checked before. */
    static <T> T call(Call<T> call) {
        try {
            return call.run();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(
                    "This Java lacks cryptography it should have: " + broken.getMessage(), broken);
        }
    }
}
