package dev.updraft.image;

import dev.updraft.image.encryption.AesSize;
import dev.updraft.image.encryption.Envelope;
import dev.updraft.image.encryption.PayloadCipher;
import dev.updraft.image.key.DecryptionKey;
import dev.updraft.image.key.KeyType;
import java.util.ArrayList;
import java.util.List;

/** What a device does before it installs: decrypt, unpack. */
final class ImageUnwrapping {
    private ImageUnwrapping() {}

    static Image decrypt(Image image, DecryptionKey key) {
        Header header = image.header();
        if (!image.encrypted()) {
            throw new ImageException("The image is not encrypted.");
        }
        AesSize size = header.has(Header.ENCRYPTED_AES256) ? AesSize.AES256 : AesSize.AES128;
        Tlv envelope = image.tlvs().stream()
                .filter(tlv ->
                        tlv.is(TlvType.ENC_EC256) || tlv.is(TlvType.ENC_X25519) || tlv.is(TlvType.ENC_X25519_SHA512))
                .findFirst()
                .orElseThrow(
                        () -> new ImageException("The image holds no key that P-256 or X25519 could open: its header"
                                + " says that it is encrypted, and there is no ENC_EC256 or ENC_X25519 TLV."));
        KeyType wanted = envelope.is(TlvType.ENC_EC256) ? KeyType.P256 : KeyType.X25519;
        if (key.type() != wanted) {
            throw new ImageException("The image is encrypted to a " + wanted.title() + " key, and this is a "
                    + key.type().title() + " key.");
        }
        Envelope.Hash hash = envelope.is(TlvType.ENC_X25519_SHA512) ? Envelope.Hash.SHA512 : Envelope.Hash.SHA256;
        Bytes imageKey = Envelope.open(envelope.value(), key, size, hash).imageKey();
        return withPayload(image, PayloadCipher.apply(imageKey, image.payload()));
    }

    private static Image withPayload(Image image, Bytes payload) {
        Bytes bytes = image.bytes();
        return Image.parse(Bytes.concat(
                bytes.slice(0, image.header().headerSize()),
                payload,
                bytes.slice(image.payloadEnd(), bytes.length()),
                image.trailing()));
    }

    static Image unpack(Image image) {
        PackedPayload packed = image.packing()
                .orElseThrow(() -> new ImageException("The image is not packed: it has no COMPRESSION TLV."));
        Bytes payload = packed.method().unpack(image.payload(), packed.unpackedSize());
        List<Tlv> protectedTlvs =
                image.protectedTlvs().stream().filter(tlv -> !aboutPacking(tlv)).toList();
        Header header = image.header();
        Header unpacked = new Header(
                header.loadAddress(),
                header.headerSize(),
                protectedTlvs.isEmpty() ? 0 : TlvArea.size(protectedTlvs),
                payload.length(),
                header.flags() & ~Header.NON_BOOTABLE,
                header.version());
        // the padding behind the fields is taken as it stands: it is part of what is hashed
        Bytes head = Bytes.concat(
                unpacked.encode(0xff).slice(0, Header.SIZE), image.bytes().slice(Header.SIZE, header.headerSize()));
        Bytes protectedArea =
                protectedTlvs.isEmpty() ? Bytes.of() : TlvArea.encode(TlvArea.PROTECTED_MAGIC, protectedTlvs);
        Bytes area = TlvArea.encode(TlvArea.UNPROTECTED_MAGIC, signatureTlvs(image));
        return Image.parse(Bytes.concat(head, payload, protectedArea, area));
    }

    private static List<Tlv> signatureTlvs(Image image) {
        List<Tlv> tlvs = new ArrayList<>();
        tlvs.add(new Tlv(TlvType.SHA256, image.installedDigest()));
        for (Tlv tlv : image.tlvs()) {
            if (tlv.is(TlvType.KEYHASH) || tlv.is(TlvType.PUBKEY)) {
                tlvs.add(tlv);
            } else if (tlv.is(TlvType.ECDSA_SIG) || tlv.is(TlvType.ED25519)) {
                Bytes signature = image.find(TlvType.UNPACKED_SIGNATURE)
                        .orElseThrow(() -> new ImageException(
                                "The packed image is signed, and holds no signature of what it unpacks to."));
                tlvs.add(new Tlv(tlv.type(), signature));
            }
        }
        return tlvs;
    }

    private static boolean aboutPacking(Tlv tlv) {
        return tlv.is(TlvType.COMPRESSION) || tlv.is(TlvType.UNPACKED_DIGEST) || tlv.is(TlvType.UNPACKED_SIGNATURE);
    }
}
