package dev.updraft.image.encryption;

/** Length of the key that encrypts a payload. */
public enum AesSize {
    AES128(16),
    AES256(32);

    private final int bytes;

    AesSize(int bytes) {
        this.bytes = bytes;
    }

    public int bytes() {
        return bytes;
    }
}
