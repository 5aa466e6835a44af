package dev.updraft.image.encryption;

import dev.updraft.image.Bytes;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-CTR with the counter at 0: encrypts and decrypts. A zero counter is safe because no key is used twice. */
public final class PayloadCipher {
    /** Encrypted payloads end on a whole block. */
    public static final int BLOCK = 16;

    private PayloadCipher() {}

    public static Bytes apply(Bytes key, Bytes payload) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE, new SecretKeySpec(key.toArray(), "AES"), new IvParameterSpec(new byte[BLOCK]));
            byte[] result = new byte[payload.length()];
            cipher.doFinal(payload.asBuffer(), java.nio.ByteBuffer.wrap(result));
            return Bytes.wrapping(result);
        } catch (GeneralSecurityException incomplete) {
            throw new IllegalStateException("This Java cannot encrypt with AES-CTR.", incomplete);
        }
    }
}
