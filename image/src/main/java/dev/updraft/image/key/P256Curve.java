package dev.updraft.image.key;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;

/**
 * What Java's providers leave out for P-256: the public key of a private one. Affine double-and-add on BigInteger, for
 * the one multiplication when a key file without its public half is read; it is not constant-time.
 */
final class P256Curve {
    static final int COORDINATE = 32;

    private P256Curve() {}

    static PublicKey publicKeyOf(PrivateKey key) {
        ECPrivateKey ec = (ECPrivateKey) key;
        ECParameterSpec curve = ec.getParams();
        ECPoint point = multiply(ec.getS(), curve.getGenerator(), curve);
        return Jca.call(() -> KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve)));
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

    private static ECPoint multiply(BigInteger factor, ECPoint point, ECParameterSpec curve) {
        ECPoint sum = ECPoint.POINT_INFINITY;
        for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
            sum = add(sum, sum, curve);
            if (factor.testBit(bit)) {
                sum = add(sum, point, curve);
            }
        }
        return sum;
    }

    private static ECPoint add(ECPoint a, ECPoint b, ECParameterSpec curve) {
        if (a.equals(ECPoint.POINT_INFINITY)) {
            return b;
        }
        if (b.equals(ECPoint.POINT_INFINITY)) {
            return a;
        }
        BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
        BigInteger rise;
        BigInteger run;
        if (a.equals(b)) {
            rise = a.getAffineX()
                    .pow(2)
                    .multiply(BigInteger.valueOf(3))
                    .add(curve.getCurve().getA());
            run = a.getAffineY().shiftLeft(1);
        } else {
            rise = b.getAffineY().subtract(a.getAffineY());
            run = b.getAffineX().subtract(a.getAffineX());
        }
        if (run.mod(p).signum() == 0) {
            return ECPoint.POINT_INFINITY;
        }
        BigInteger slope = rise.multiply(run.modInverse(p)).mod(p);
        BigInteger x =
                slope.pow(2).subtract(a.getAffineX()).subtract(b.getAffineX()).mod(p);
        BigInteger y = slope.multiply(a.getAffineX().subtract(x))
                .subtract(a.getAffineY())
                .mod(p);
        return new ECPoint(x, y);
    }
}
