package dev.updraft.image.key;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A PKCS#11 token: the private key signs inside and never leaves it. */
public final class Pkcs11Token {
    private final Pkcs11Module module;
    private final String name;
    private final long session;

    private Pkcs11Token(Pkcs11Module module, String name, long session) {
        this.module = module;
        this.name = name;
        this.session = session;
    }

    /**
     * @param uri names the module, the token and the key
     * @param pin the user's, where the name does not say it itself
     * @return a key that signs in the token for as long as the process lives
     * @throws ImageException if the module, the token, the PIN or the key is not there, or the key is neither P-256 nor Ed25519
     */
    public static SigningKey signing(Pkcs11Uri uri, Optional<char[]> pin) {
        Pkcs11Module module = Pkcs11Module.load(uri.module());
        Pkcs11Module.Slot slot = slot(module, uri);
        char[] secret = uri.pin()
                .or(() -> pin)
                .orElseThrow(
                        () -> new ImageException(
                                "The token '" + slot.token()
                                        + "' needs its PIN: 'updraft' reads it from UPDRAFT_PKCS11_PIN, or name a file with pin-source=."));
        return new Pkcs11Token(module, slot.token(), module.logIn(slot, secret)).signing(uri);
    }

    private static Pkcs11Module.Slot slot(Pkcs11Module module, Pkcs11Uri uri) {
        List<Pkcs11Module.Slot> tokens =
                module.slots().stream().filter(Pkcs11Module.Slot::initialized).toList();
        List<Pkcs11Module.Slot> fitting = tokens.stream()
                .filter(slot -> fits(uri, "token", slot.token())
                        && fits(uri, "manufacturer", slot.manufacturer())
                        && fits(uri, "model", slot.model())
                        && fits(uri, "serial", slot.serial())
                        && uri.number("slot-id").orElse(slot.id()) == slot.id()
                        && uri.number("slot").orElse(slot.index()) == slot.index())
                .toList();
        if (fitting.size() == 1) {
            return fitting.getFirst();
        }
        String all = tokens.stream().map(slot -> "'" + slot.token() + "'").collect(Collectors.joining(", "));
        throw new ImageException((fitting.isEmpty() ? "No token is" : "More than one token is") + " what '" + uri
                + "' says; the module has " + (all.isEmpty() ? "none" : all)
                + ": choose with token=, serial= or slot=.");
    }

    private static boolean fits(Pkcs11Uri uri, String name, String value) {
        return uri.value(name).orElse(value).equals(value);
    }

    private SigningKey signing(Pkcs11Uri uri) {
        List<Long> keys = module.find(session, Pkcs11Module.PRIVATE_KEY);
        List<Long> fitting = keys.stream()
                .filter(key -> uri.value("object").orElse(name(key)).equals(name(key)))
                .filter(key -> uri.bytes("id").equals(uri.bytes("id").flatMap(asked -> id(key))))
                .toList();
        if (fitting.size() != 1) {
            String labels = keys.stream().map(key -> "'" + name(key) + "'").collect(Collectors.joining(", "));
            throw new ImageException("The token '" + name + "' holds " + (fitting.isEmpty() ? "no" : "more than one")
                    + " private key that '" + uri + "' names; it holds " + (labels.isEmpty() ? "none at all" : labels)
                    + ".");
        }
        long key = fitting.getFirst();
        VerifyingKey open = publicHalf(key);
        return SigningKey.of(open, message -> sign(key, open.type(), message));
    }

    private Bytes sign(long key, KeyType type, Bytes message) {
        return type == KeyType.P256
                ? EcdsaSignature.der(module.sign(session, key, Pkcs11Module.ECDSA, message))
                : module.sign(session, key, Pkcs11Module.EDDSA, message);
    }

    /** Of the public key object or the certificate that belongs to a private key: by its id, else by its label. */
    private VerifyingKey publicHalf(long key) {
        return belongingTo(key, Pkcs11Module.PUBLIC_KEY)
                .map(this::ofPublicKey)
                .or(() -> belongingTo(key, Pkcs11Module.CERTIFICATE).map(this::ofCertificate))
                .orElseThrow(() -> new ImageException("The token '" + name + "' holds the private key '" + name(key)
                        + "' without its public half: put the public key or a certificate there under the same id."));
    }

    private Optional<Long> belongingTo(long key, long objectClass) {
        List<Long> objects = module.find(session, objectClass);
        Optional<Long> sameId = objects.stream()
                .filter(object -> id(key).filter(id -> !id.isEmpty()).isPresent()
                        && id(object).equals(id(key)))
                .findFirst();
        return sameId.or(() -> objects.stream()
                .filter(object -> !label(key).isEmpty() && label(object).equals(label(key)))
                .findFirst());
    }

    private VerifyingKey ofPublicKey(long object) {
        Bytes point = attribute(object, Pkcs11Module.EC_POINT, "it is no key on an elliptic curve");
        Bytes raw = point.length() > 2 && point.u8(0) == Der.OCTET_STRING && point.u8(1) == point.length() - 2
                ? point.slice(2, point.length())
                : point;
        if (raw.length() == Curve25519.KEY) {
            return new VerifyingKey(KeyType.ED25519, Curve25519.publicKey(KeyType.ED25519, raw));
        }
        Bytes curve = attribute(object, Pkcs11Module.EC_PARAMS, "it does not say its curve");
        return new VerifyingKey(KeyType.P256, EcKey.readPublic(Der.read(curve), raw));
    }

    private Bytes attribute(long object, long type, String otherwise) {
        return module.attribute(session, object, type)
                .orElseThrow(() -> KeyAlgorithm.refused(
                        "The token's key '" + label(object) + "' cannot sign images: " + otherwise));
    }

    private VerifyingKey ofCertificate(long object) {
        try {
            byte[] der = module.attribute(session, object, Pkcs11Module.VALUE)
                    .orElseGet(Bytes::of)
                    .toArray();
            return VerifyingKey.of(CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der))
                    .getPublicKey());
        } catch (GeneralSecurityException damaged) {
            throw new ImageException("The token's certificate '" + label(object) + "' cannot be read.", damaged);
        }
    }

    /** Java's keytool labels the certificate only. */
    private String name(long key) {
        return label(key).isEmpty()
                ? belongingTo(key, Pkcs11Module.CERTIFICATE).map(this::label).orElse("")
                : label(key);
    }

    private String label(long object) {
        return module.attribute(session, object, Pkcs11Module.LABEL)
                .map(Pkcs11Token::text)
                .orElse("");
    }

    private Optional<Bytes> id(long object) {
        return module.attribute(session, object, Pkcs11Module.ID);
    }

    private static String text(Bytes bytes) {
        return new String(bytes.toArray(), StandardCharsets.UTF_8);
    }
}
