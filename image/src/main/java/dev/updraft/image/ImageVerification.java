package dev.updraft.image;

import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.VerifyingKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether an image is what it says and comes from who it says, in MCUboot's order of things. */
final class ImageVerification {
    static final int SHA256_SIZE = 32;

    private ImageVerification() {}

    static Bytes digest(String algorithm, Bytes... region) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (Bytes part : region) {
                part.update(digest);
            }
            return Bytes.wrapping(digest.digest());
        } catch (NoSuchAlgorithmException incomplete) {
            throw new IllegalStateException("This Java has no " + algorithm + ".", incomplete);
        }
    }

    static void digest(Image image) {
        boolean found = false;
        for (int i = 0; i < image.tlvs().size(); i++) {
            Tlv tlv = image.tlvs().get(i);
            String algorithm = hashAlgorithm(tlv);
            if (algorithm == null) {
                continue;
            }
            found = true;
            Bytes actual = digest(algorithm, image.signedRegion());
            if (!actual.equals(tlv.value())) {
                throw wrongDigest(image, algorithm, tlv, image.tlvOffset(i), actual);
            }
        }
        if (!found) {
            throw new ImageException("The image has no hash: there is no SHA256 TLV.");
        }
    }

    private static ImageException wrongDigest(Image image, String algorithm, Tlv tlv, int at, Bytes actual) {
        if (image.encrypted()) {
            return new ImageException("The payload is encrypted, so its hash cannot be checked: give the device's"
                    + " private key to decrypt it; if that was done, the image was changed after it was signed.");
        }
        String parts = image.protectedTlvs().isEmpty() ? "header and payload" : "header, payload and protected TLVs";
        return new ImageException(String.format(
                "The %s of bytes 0x0 to 0x%x (%s) is %s, and the %s TLV at 0x%x says %s:"
                        + " the image was changed after it was signed.",
                algorithm, image.signedRegion().length() - 1, parts, actual, tlv.name(), at, tlv.value()));
    }

    private static @Nullable String hashAlgorithm(Tlv tlv) {
        return switch (TlvType.of(tlv.type()).orElse(null)) {
            case SHA256 -> "SHA-256";
            case SHA384 -> "SHA-384";
            case SHA512 -> "SHA-512";
            case null, default -> null;
        };
    }

    /** As MCUboot does: each signature belongs to the key named before it; those of unknown keys are passed over. */
    static VerifyingKey signature(Image image, Collection<VerifyingKey> keys) {
        Bytes namedKey = null;
        Bytes unknownKey = null;
        boolean signed = false;
        Optional<VerifyingKey> signer = Optional.empty();
        for (int i = 0; i < image.tlvs().size(); i++) {
            Tlv tlv = image.tlvs().get(i);
            switch (TlvType.of(tlv.type()).orElse(null)) {
                case KEYHASH, PUBKEY -> {
                    namedKey = tlv.value();
                    signer = named(tlv, keys);
                    if (signer.isEmpty()) {
                        unknownKey = namedKey;
                    }
                }
                case ECDSA_SIG, ED25519, RSA2048_PSS, RSA3072_PSS -> {
                    signed = true;
                    if (signer.isPresent()) {
                        check(image, tlv, image.tlvOffset(i), signer.get());
                        return signer.get();
                    }
                }
                case null, default -> {}
            }
        }
        if (!signed) {
            throw new ImageException("The image is not signed: it has no signature TLV.");
        }
        if (unknownKey == null) {
            throw new ImageException(
                    "The image does not say who signed it: no KEYHASH or PUBKEY TLV stands before its" + " signature.");
        }
        throw new ImageException("None of the keys given signed the image: it names the key " + unknownKey + ".");
    }

    private static Optional<VerifyingKey> named(Tlv tlv, Collection<VerifyingKey> keys) {
        return keys.stream().filter(key -> isNamed(tlv, key)).findFirst();
    }

    private static boolean isNamed(Tlv tlv, VerifyingKey key) {
        if (tlv.is(TlvType.PUBKEY)) {
            return tlv.value().equals(key.encoded());
        }
        String algorithm = tlv.value().length() == SHA256_SIZE ? "SHA-256" : "SHA-512";
        return tlv.value().equals(key.hash(algorithm));
    }

    private static void check(Image image, Tlv signature, int at, VerifyingKey key) {
        TlvType made = key.type() == KeyType.P256 ? TlvType.ECDSA_SIG : TlvType.ED25519;
        boolean valid = signature.is(made)
                && (isPure(image)
                        ? key.verifyPure(image.signedRegion(), signature.value())
                        : key.verifyDigest(digestOf(image), derOnly(signature)));
        if (!valid) {
            throw new ImageException(String.format(
                    "The signature in the %s TLV at 0x%x is not one of the key %s over this image.",
                    signature.name(), at, HexFormat.of().formatHex(key.hash().toArray())));
        }
    }

    private static boolean isPure(Image image) {
        return image.tlvs().stream()
                .anyMatch(tlv -> tlv.is(TlvType.SIG_PURE) && tlv.value().equals(Bytes.of(1)));
    }

    /** The digest that the signature covers: the one the image names, or its SHA-512 where it names only that. */
    private static Bytes digestOf(Image image) {
        return image.tlvs().stream()
                .filter(tlv -> hashAlgorithm(tlv) != null)
                .map(Tlv::value)
                .findFirst()
                .orElseThrow(() -> new ImageException("The image has no hash: there is no SHA256 TLV."));
    }

    /** Old imgtool versions fill an ECDSA signature up with zeros; Java takes the DER alone. */
    private static Bytes derOnly(Tlv signature) {
        Bytes value = signature.value();
        if (!signature.is(TlvType.ECDSA_SIG) || value.length() < 2) {
            return value;
        }
        int length = 2 + value.u8(1);
        boolean padded =
                length < value.length() && value.slice(length, value.length()).isAll(0);
        return padded ? value.slice(0, length) : value;
    }
}
