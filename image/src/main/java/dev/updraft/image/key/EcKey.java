package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys on elliptic curves (SEC 1, RFC 5480, RFC 5915): the curve, the scalar and the point are checked, as a number that belongs to another curve
 * would make signatures that no device takes.
 */
final class EcKey {
    private static final String PRIME_FIELD = "1.2.840.10045.1.1";

    private EcKey() {}

    /** A private key and the public half that belongs to it. */
    record Pair(PrivateKey secret, PublicKey open) {}

    /**
     * @param sec1 ECPrivateKey
     * @param outer the parameters that stand outside of it: in PKCS#8, or in an EC PARAMETERS block; null if there are none
     */
    static Pair read(Der sec1, @Nullable Der outer) {
        List<Der> elements = sec1.elements();
        if (elements.size() < 2 || !elements.getFirst().integer().equals(BigInteger.ONE)) {
            throw Der.damaged();
        }
        Optional<Der> own = sec1.tagged(0);
        Optional<Der> stated = own.isPresent() ? own : Optional.ofNullable(outer);
        own.ifPresent(EcKey::checkCurve);
        if (outer != null) {
            checkCurve(outer);
        }
        BigInteger scalar = new BigInteger(1, elements.get(1).octets().toArray());
        Optional<ECPoint> written = sec1.tagged(1).map(point -> P256Curve.point(point.bits()));
        if (stated.isEmpty() && written.isEmpty()) {
            throw new ImageException("The key does not say which curve it is on: write it anew with"
                    + " 'openssl pkey -in KEY -out NEW', from a file that has its EC PARAMETERS.");
        }
        if (scalar.signum() == 0 || scalar.compareTo(P256Curve.SPEC.getOrder()) >= 0) {
            throw new ImageException("The private key is no number of the curve P-256: it is 0 or too large.");
        }
        ECPoint point = P256Curve.publicPoint(scalar);
        if (written.isPresent() && !written.get().equals(point)) {
            throw new ImageException("The private and the public half in the key do not belong together"
                    + (stated.isPresent() ? "." : ", or it is on another curve than P-256."));
        }
        return Jca.call(() -> {
            KeyFactory factory = KeyFactory.getInstance("EC");
            return new Pair(
                    factory.generatePrivate(new ECPrivateKeySpec(scalar, P256Curve.SPEC)),
                    factory.generatePublic(new ECPublicKeySpec(point, P256Curve.SPEC)));
        });
    }

    /** @param parameters of the algorithm, that is the curve */
    static PublicKey readPublic(Der parameters, Bytes point) {
        checkCurve(parameters);
        ECPoint onCurve = P256Curve.point(point);
        return Jca.call(
                () -> KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(onCurve, P256Curve.SPEC)));
    }

    /** A curve is named by its number, or written out: prime, coefficients, base point and order. */
    static void checkCurve(Der parameters) {
        if (parameters.tag() == Der.OBJECT_IDENTIFIER) {
            if (!parameters.identifier().equals(KeyAlgorithm.P256)) {
                throw KeyAlgorithm.otherCurve(parameters.identifier());
            }
            return;
        }
        Der field = parameters.element(1);
        Der curve = parameters.element(2);
        boolean same = field.element(0).identifier().equals(PRIME_FIELD)
                && field.element(1).integer().equals(P256Curve.PRIME)
                && number(curve.element(0)).equals(P256Curve.SPEC.getCurve().getA())
                && number(curve.element(1)).equals(P256Curve.SPEC.getCurve().getB())
                && parameters.element(4).integer().equals(P256Curve.SPEC.getOrder());
        if (!same || !P256Curve.point(parameters.element(3).octets()).equals(P256Curve.SPEC.getGenerator())) {
            throw KeyAlgorithm.refused("The key writes out a curve of its own, which is not P-256");
        }
    }

    private static BigInteger number(Der octets) {
        return new BigInteger(1, octets.octets().toArray());
    }
}
