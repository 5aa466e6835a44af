package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;

/** What a key that is elsewhere must sign first. */
public final class SignatureMissing extends ImageException {
    private static final long serialVersionUID = 1;

    private final transient Bytes digest;

    SignatureMissing(Bytes digest) {
        super("None of the signatures given is one of this key over the digest " + digest.hex() + ".");
        this.digest = digest;
    }

    /** The 32 bytes that are to be signed: ECDSA over this digest, or Ed25519 with it as the message. */
    public Bytes digest() {
        return digest;
    }
}
