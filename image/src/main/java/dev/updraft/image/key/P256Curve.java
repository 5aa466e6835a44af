package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;

/**
 * What Java's providers leave out for P-256: the public point of a private key, and points as SEC 1 writes them. Affine double-and-add on BigInteger, for
 * the one multiplication when a key file is read; it is not constant-time.
 */
final class P256Curve {
    static final int COORDINATE = 32;

    static final ECParameterSpec SPEC = Jca.call(() -> {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        return parameters.getParameterSpec(ECParameterSpec.class);
    });

    static final BigInteger PRIME = ((ECFieldFp) SPEC.getCurve().getField()).getP();

    private static final BigInteger THREE = BigInteger.valueOf(3);
    private static final int UNCOMPRESSED = 4;
    private static final int HYBRID = 6;

    private P256Curve() {}

    /** @param scalar 1 to the curve's order, exclusive */
    static ECPoint publicPoint(BigInteger scalar) {
        ECPoint sum = ECPoint.POINT_INFINITY;
        for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
            sum = add(sum, sum);
            if (scalar.testBit(bit)) {
                sum = add(sum, SPEC.getGenerator());
            }
        }
        return sum;
    }

    /**
     * Reads a point of SEC 1, 2.3.4: whole, compressed, or both.
     *
     * @throws ImageException if it is none of this curve
     */
    static ECPoint point(Bytes encoded) {
        int form = encoded.isEmpty() ? 0 : encoded.u8(0);
        boolean compressed = form == 2 || form == 3;
        boolean whole = form == UNCOMPRESSED || form == HYBRID || form == HYBRID + 1;
        if (!(compressed && encoded.length() == 1 + COORDINATE) && !(whole && encoded.length() == 1 + 2 * COORDINATE)) {
            throw notOnCurve();
        }
        BigInteger x = number(encoded.slice(1, 1 + COORDINATE));
        BigInteger square = x.pow(3)
                .add(SPEC.getCurve().getA().multiply(x))
                .add(SPEC.getCurve().getB())
                .mod(PRIME);
        // the prime is 3 modulo 4, so this power is the root if there is one
        BigInteger root = square.modPow(PRIME.add(BigInteger.ONE).shiftRight(2), PRIME);
        BigInteger y;
        if (whole) {
            y = number(encoded.slice(1 + COORDINATE, encoded.length()));
        } else {
            y = root.testBit(0) == (form == 3) ? root : PRIME.subtract(root);
        }
        boolean onCurve = x.compareTo(PRIME) < 0
                && y.compareTo(PRIME) < 0
                && y.modPow(BigInteger.TWO, PRIME).equals(square)
                && (form < HYBRID || y.testBit(0) == (form == HYBRID + 1));
        if (!onCurve) {
            throw notOnCurve();
        }
        return new ECPoint(x, y);
    }

    private static ImageException notOnCurve() {
        return new ImageException("The public key is no point of the curve P-256: it is damaged, or of another curve.");
    }

    /** X and Y, big-endian, 32 bytes each. */
    static byte[] coordinates(ECPublicKey key) {
        byte[] xy = new byte[2 * COORDINATE];
        System.arraycopy(fixed(key.getW().getAffineX()), 0, xy, 0, COORDINATE);
        System.arraycopy(fixed(key.getW().getAffineY()), 0, xy, COORDINATE, COORDINATE);
        return xy;
    }

    /** A number below 2^256 as 32 bytes, big-endian. */
    static byte[] fixed(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[COORDINATE];
        int length = Math.min(bytes.length, COORDINATE);
        System.arraycopy(bytes, bytes.length - length, fixed, COORDINATE - length, length);
        return fixed;
    }

    private static BigInteger number(Bytes bytes) {
        return new BigInteger(1, bytes.toArray());
    }

    private static ECPoint add(ECPoint a, ECPoint b) {
        if (a.equals(ECPoint.POINT_INFINITY)) {
            return b;
        }
        if (b.equals(ECPoint.POINT_INFINITY)) {
            return a;
        }
        BigInteger rise;
        BigInteger run;
        if (a.equals(b)) {
            rise = a.getAffineX().pow(2).multiply(THREE).add(SPEC.getCurve().getA());
            run = a.getAffineY().shiftLeft(1);
        } else {
            rise = b.getAffineY().subtract(a.getAffineY());
            run = b.getAffineX().subtract(a.getAffineX());
        }
        if (run.mod(PRIME).signum() == 0) {
            return ECPoint.POINT_INFINITY;
        }
        BigInteger slope = rise.multiply(run.modInverse(PRIME)).mod(PRIME);
        BigInteger x =
                slope.pow(2).subtract(a.getAffineX()).subtract(b.getAffineX()).mod(PRIME);
        BigInteger y = slope.multiply(a.getAffineX().subtract(x))
                .subtract(a.getAffineY())
                .mod(PRIME);
        return new ECPoint(x, y);
    }
}
