package dev.updraft.image;

import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.key.DecryptionKey;
import dev.updraft.image.key.VerifyingKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An MCUboot image: header, payload, protected TLVs, TLVs. Immutable, and consistent in its lengths from the moment it
 * exists; whether its digest and signatures are right is what {@link #verify} tells.
 *
 * <pre>{@code
 * Image image = Image.parse(bytes);
 * image.verify(List.of(VerifyingKey.read(pem)));
 * System.out.println(image.version() + " for " + image.board().orElse("any board") + ": " + image.digest());
 * }</pre>
 */
public final class Image {
    private final Bytes bytes;
    private final Header header;
    private final TlvArea protectedArea;
    private final TlvArea area;
    private final Bytes trailing;

    private Image(Bytes all, Header header, TlvArea protectedArea, TlvArea area) {
        this.bytes = all.slice(0, area.end());
        this.header = header;
        this.protectedArea = protectedArea;
        this.area = area;
        this.trailing = all.slice(area.end(), all.length());
    }

    /**
     * Reads an image. What follows it must be the padding of a slot: erased bytes, up to MCUboot's trailer.
     *
     * @throws ImageException if it is no image, or its lengths do not fit together
     */
    public static Image parse(byte[] bytes) {
        return parse(Bytes.copyOf(bytes));
    }

    public static Image parse(InputStream in) throws IOException {
        return parse(Bytes.wrapping(in.readAllBytes()));
    }

    public static Image parse(Bytes bytes) {
        Header header = Header.read(bytes);
        long payloadEnd = header.headerSize() + header.payloadSize();
        if (payloadEnd > bytes.length()) {
            throw new ImageException(String.format(
                    "Cut short: header and payload take %d bytes, and the file has %d.", payloadEnd, bytes.length()));
        }
        int at = (int) payloadEnd;
        TlvArea protectedArea = new TlvArea(at, List.of());
        if (header.protectedSize() != 0) {
            protectedArea = TlvArea.read(bytes, at, TlvArea.PROTECTED_MAGIC);
            if (protectedArea.size() != header.protectedSize()) {
                throw new ImageException(String.format(
                        "The protected TLV area at 0x%x has %d bytes; the header says %d.",
                        at, protectedArea.size(), header.protectedSize()));
            }
            at = protectedArea.end();
        }
        Image image = new Image(bytes, header, protectedArea, TlvArea.read(bytes, at, TlvArea.UNPROTECTED_MAGIC));
        SlotPadding.check(image.trailing, image.bytes.length());
        return image;
    }

    /**
     * The bytes of an image that came in another format, as signed HEX files of Zephyr and imgtool do; any other file as it is.
     *
     * @throws ImageException if it looks like such a format and is damaged
     */
    public static byte[] unwrapped(byte[] file) {
        if (looksLikeImage(file) || !Firmware.hasRecords(file)) {
            return file;
        }
        Bytes content = Firmware.read(file).contents();
        return Header.startsWithMagic(content) ? content.toArray() : file;
    }

    /** True if {@code bytes} start as an image does. */
    public static boolean looksLikeImage(byte[] bytes) {
        return Header.startsWithMagic(Bytes.wrapping(bytes));
    }

    public Header header() {
        return header;
    }

    public Version version() {
        return header.version();
    }

    /** As it stands in the file: encrypted or packed if the image is. */
    public Bytes payload() {
        return bytes.slice(header.headerSize(), payloadEnd());
    }

    /** The TLVs that hash and signature cover. */
    public List<Tlv> protectedTlvs() {
        return protectedArea.tlvs();
    }

    /** The TLVs that nothing covers: hash, key hash, signature, wrapped key. */
    public List<Tlv> tlvs() {
        return area.tlvs();
    }

    /** Where the protected TLV with this index starts. */
    public int protectedTlvOffset(int index) {
        return protectedArea.offsetOf(index);
    }

    /** Where the unprotected TLV with this index starts. */
    public int tlvOffset(int index) {
        return area.offsetOf(index);
    }

    /** The whole image, without the padding of a slot. */
    public Bytes bytes() {
        return bytes;
    }

    /** What follows the image: the padding of a slot, or nothing. */
    public Bytes trailing() {
        return trailing;
    }

    public void writeTo(OutputStream out) throws IOException {
        bytes.writeTo(out);
    }

    /** The board that the image is for (BOARD TLV), if it says. */
    public Optional<String> board() {
        return find(TlvType.BOARD).map(value -> new String(value.toArray(), StandardCharsets.US_ASCII));
    }

    public OptionalLong securityCounter() {
        Optional<Bytes> value = find(TlvType.SEC_CNT);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (value.get().length() != 4) {
            throw new ImageException("The SEC_CNT TLV has " + value.get().length() + " bytes; it must have 4.");
        }
        return OptionalLong.of(value.get().u32(0));
    }

    public List<Dependency> dependencies() {
        return protectedTlvs().stream()
                .filter(tlv -> tlv.is(TlvType.DEPENDENCY))
                .map(tlv -> Dependency.read(tlv.value()))
                .toList();
    }

    /**
     * The 32 bytes that name this image everywhere: its SHA-256, as its SHA256 TLV says it. {@link #verifyDigest} tells
     * whether that is true.
     */
    public Bytes digest() {
        return area.find(TlvType.SHA256)
                .filter(value -> value.length() == ImageVerification.SHA256_SIZE)
                .orElseGet(() -> ImageVerification.digest("SHA-256", signedRegion()));
    }

    /** True if the header says that the payload travels encrypted. */
    public boolean encrypted() {
        return header.has(Header.ENCRYPTED_AES128 | Header.ENCRYPTED_AES256);
    }

    /** How the payload is packed, if it is. */
    public Optional<PackedPayload> packing() {
        return find(TlvType.COMPRESSION).map(PackedPayload::read);
    }

    /** The digest of what a device runs after it installed this image: that of the unpacked one if this is packed. */
    public Bytes installedDigest() {
        return find(TlvType.UNPACKED_DIGEST).orElseGet(this::digest);
    }

    /**
     * The same image with its payload in clear; header and TLVs stay as they are, since they are signed so.
     *
     * @throws ImageException if it is not encrypted, or not to this key
     */
    public Image decrypt(DecryptionKey key) {
        return ImageUnwrapping.decrypt(this, key);
    }

    /**
     * The image that a packed one unpacks to; an encrypted one is decrypted first.
     *
     * @throws ImageException if it is not packed, or damaged
     */
    public Image unpack() {
        return ImageUnwrapping.unpack(this);
    }

    /** What hash and signature cover: header, payload, protected TLVs. */
    public Bytes signedRegion() {
        return bytes.slice(0, area.offset());
    }

    /**
     * Checks the hash over the image and a signature.
     *
     * @param keys those that may sign
     * @return the one that signed
     * @throws ImageException in one sentence, what is wrong and where
     */
    public VerifyingKey verify(Collection<VerifyingKey> keys) {
        verifyDigest();
        return verifySignature(keys);
    }

    public VerifyingKey verify(VerifyingKey... keys) {
        return verify(List.of(keys));
    }

    /** Checks that the bytes have the digest that the image names. An image that is encrypted must be decrypted first. */
    public void verifyDigest() {
        ImageVerification.digest(this);
    }

    /**
     * Checks the signature over the digest that the image names, and not whether the payload has that digest: all that can
     * be known of an encrypted image without the device's key.
     *
     * @return the key that signed
     */
    public VerifyingKey verifySignature(Collection<VerifyingKey> keys) {
        return ImageVerification.signature(this, keys);
    }

    int payloadEnd() {
        return (int) (header.headerSize() + header.payloadSize());
    }

    /** The first TLV of this type among the protected ones. */
    public Optional<Bytes> find(TlvType type) {
        return protectedArea.find(type);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Image that && bytes.equals(that.bytes) && trailing.equals(that.trailing);
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    @Override
    public String toString() {
        return "image " + version() + board().map(board -> " for " + board).orElse("") + ", digest " + digest();
    }
}
