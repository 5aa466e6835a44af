package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import java.math.BigInteger;

/** An ECDSA signature of P-256: two numbers, which tokens and services write one behind the other, and images as DER (RFC 3279, 2.2.3). */
final class EcdsaSignature {
    static final int RAW = 2 * P256Curve.COORDINATE;

    private EcdsaSignature() {}

    /** @param raw r and s, big-endian, 32 bytes each */
    static Bytes der(Bytes raw) {
        Bytes r = integer(raw.slice(0, RAW / 2));
        Bytes s = integer(raw.slice(RAW / 2, raw.length()));
        return Bytes.concat(Bytes.of(Der.SEQUENCE, r.length() + s.length()), r, s);
    }

    private static Bytes integer(Bytes number) {
        Bytes shortest = Bytes.wrapping(new BigInteger(1, number.toArray()).toByteArray());
        return Bytes.concat(Bytes.of(Der.INTEGER, shortest.length()), shortest);
    }
}
