package dev.updraft.image;

import dev.updraft.image.board.Board;
import dev.updraft.image.encryption.AesSize;
import dev.updraft.image.encryption.Envelope;
import dev.updraft.image.encryption.PayloadCipher;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.firmware.VectorTable;
import dev.updraft.image.key.EncryptionKey;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes images. A signer is a value: each method gives a new one, so that one can be kept and used for many images.
 *
 * <pre>{@code
 * Image image = ImageSigner.with(SigningKey.read(pem))
 *         .version("1.4.0")
 *         .board("stm32f407")
 *         .securityCounter(3)
 *         .sign(Firmware.read(Path.of("app.elf")));
 * }</pre>
 */
public final class ImageSigner {
    /** Where no board says more: room for the fields, and aligned for any small vector table. */
    private static final int DEFAULT_HEADER_SIZE = 0x200;

    private final @Nullable SigningKey key;
    private Version version = new Version(0, 0, 0);
    private @Nullable String board;
    private @Nullable Integer headerSize;
    private OptionalLong loadAddress = OptionalLong.empty();
    private OptionalLong romAddress = OptionalLong.empty();
    private OptionalLong securityCounter = OptionalLong.empty();
    private List<Dependency> dependencies = List.of();
    private List<Tlv> vendorTlvs = List.of();
    private boolean wholePublicKey;
    private boolean pure;
    private boolean packed;
    private @Nullable Supplier<Envelope> envelopes;
    private TlvType envelopeType = TlvType.ENC_EC256;
    private boolean checked = true;

    private ImageSigner(@Nullable SigningKey key) {
        this.key = key;
    }

    public static ImageSigner with(SigningKey key) {
        return new ImageSigner(key);
    }

    /** Makes images with a hash and no signature, which no bootloader of Updraft takes. */
    public static ImageSigner unsigned() {
        return new ImageSigner(null);
    }

    public ImageSigner version(Version newVersion) {
        return changed(signer -> signer.version = newVersion);
    }

    /** @param text {@code a.b.c} or {@code a.b.c+build} */
    public ImageSigner version(String text) {
        return version(Version.parse(text));
    }

    /**
     * The board that the image is for. It also decides the header's size, and the firmware is checked to be able to start
     * there. It is a name that comes with Updraft, or the path of a board file. A board that Updraft does not know is an error when signing, except {@link #withoutChecks}.
     */
    public ImageSigner board(String nameOrFile) {
        Board.checkName(Board.nameIn(nameOrFile));
        return changed(signer -> signer.board = nameOrFile);
    }

    /** @param bytes 32 to 65535; what the board needs if this is not called */
    public ImageSigner headerSize(int bytes) {
        if (bytes < Header.SIZE || bytes > 0xffff) {
            throw new ImageException("A header of " + bytes + " bytes is not possible: give 32 to 65535.");
        }
        return changed(signer -> signer.headerSize = bytes);
    }

    /** The image is copied to this address in RAM and runs there (RAM_LOAD). */
    public ImageSigner loadAddress(long address) {
        return changed(signer -> signer.loadAddress = OptionalLong.of(checkAddress(address)));
    }

    /** The image can only run at this address in flash (ROM_FIXED). */
    public ImageSigner romAddress(long address) {
        return changed(signer -> signer.romAddress = OptionalLong.of(checkAddress(address)));
    }

    /** A device that has run an image with a higher counter refuses this one. */
    public ImageSigner securityCounter(long counter) {
        if (counter < 0 || counter > 0xffff_ffffL) {
            throw new ImageException("Security counter " + counter + " does not fit: give 0 to 4294967295.");
        }
        return changed(signer -> signer.securityCounter = OptionalLong.of(counter));
    }

    public ImageSigner dependency(Dependency dependency) {
        return changed(signer -> signer.dependencies = with(signer.dependencies, dependency));
    }

    /** @param type a vendor's number: 0xXXA0 to 0xXXFE, but not those that Updraft uses itself */
    public ImageSigner vendorTlv(int type, Bytes value) {
        if ((type & 0xff) < 0xa0 || (type & 0xff) > 0xfe || type > 0xffff) {
            throw new ImageException(
                    String.format("TLV type 0x%04x is not a vendor's: its low byte must be 0xa0 to 0xfe.", type));
        }
        TlvType.of(type).ifPresent(own -> {
            throw new ImageException(String.format("TLV type 0x%04x is Updraft's own %s: take another.", type, own));
        });
        return changed(signer -> signer.vendorTlvs = with(signer.vendorTlvs, new Tlv(type, value)));
    }

    /** Puts the whole public key into the image instead of its hash, for bootloaders that hold only the hash. */
    public ImageSigner wholePublicKey() {
        return changed(signer -> signer.wholePublicKey = true);
    }

    /** Signs the image itself and not its hash (Ed25519 only), for bootloaders that were built so. */
    public ImageSigner pure() {
        if (key == null || key.type() != KeyType.ED25519) {
            throw new ImageException("Only an Ed25519 key makes pure signatures: sign with one, or without pure.");
        }
        return changed(signer -> signer.pure = true);
    }

    /** Packs the payload where that makes the image smaller. The device must be able to unpack heatshrink. */
    public ImageSigner compress() {
        return changed(signer -> signer.packed = true);
    }

    /** Encrypts the payload to the devices that have the private half of {@code key}. */
    public ImageSigner encryptTo(EncryptionKey key, AesSize size) {
        return encryptWith(key.type(), () -> Envelope.fresh(key, size));
    }

    /** For tests that make an image again which somebody else made. */
    ImageSigner encryptWith(KeyType type, Supplier<Envelope> envelope) {
        return changed(signer -> {
            signer.envelopes = envelope;
            signer.envelopeType = type == KeyType.P256 ? TlvType.ENC_EC256 : TlvType.ENC_X25519;
        });
    }

    /** Leaves out the checks that the firmware can start on the board: for payloads that are not firmware. */
    public ImageSigner withoutChecks() {
        return changed(signer -> signer.checked = false);
    }

    /**
     * Zero bytes that a build left in front of its vector table (Zephyr's CONFIG_ROM_START_OFFSET) are the room for the header: it goes there.
     *
     * @throws ImageException if the firmware cannot become an image, could not start on the board, or nobody knows the board
     */
    public Image sign(Firmware firmware) {
        Bytes content = firmware.contents();
        if (Header.startsWithMagic(content)) {
            throw new ImageException(
                    "The input is an MCUboot image already: give what the build made, before signing.");
        }
        Optional<Board> known = checked && board != null ? Optional.of(Board.find(board)) : Optional.empty();
        OptionalInt room = VectorTable.roomInFront(content);
        ImageSigner signer = room.isPresent() ? withRoom(room.getAsInt()) : this;
        Firmware program = room.isPresent() ? firmware.without(room.getAsInt()) : firmware;
        Bytes payload = room.isPresent() ? content.slice(room.getAsInt(), content.length()) : content;
        known.ifPresent(chip -> StartCheck.check(chip, program, payload, signer.headerBytes()));
        return signer.build(payload, known);
    }

    private ImageSigner withRoom(int room) {
        if (headerSize == null && (board == null || Board.named(board).isEmpty())) {
            return headerSize(room);
        }
        if (headerBytes() != room) {
            throw new ImageException(String.format(
                    "The firmware leaves 0x%x bytes for a header in front of its vector table, and the header takes 0x%x:"
                            + " build it with CONFIG_ROM_START_OFFSET=0x%x.",
                    room, headerBytes(), headerBytes()));
        }
        return this;
    }

    /** Signs bytes as they are: a raw binary, linked to run behind the header. */
    public Image sign(byte[] payload) {
        return sign(Firmware.ofBinary(Bytes.copyOf(payload)));
    }

    private Image build(Bytes firmware, Optional<Board> chip) {
        if (loadAddress.isPresent() && romAddress.isPresent()) {
            throw new ImageException(
                    "An image runs from RAM or from a fixed place in flash, not both: give one address.");
        }
        Envelope envelope = envelopes == null ? null : envelopes.get();
        int flags = (loadAddress.isPresent() ? Header.RAM_LOAD : 0)
                | (romAddress.isPresent() ? Header.ROM_FIXED : 0)
                | (envelope == null ? 0 : encryptionFlag(envelope));
        Bytes payload = envelope == null ? firmware : wholeBlocks(firmware);
        Image image = assemble(payload, flags, protectedTlvs(), envelope);
        chip.ifPresent(known -> StartCheck.checkSize(known, image));
        return packed ? smaller(image, pack(payload, flags, envelope)) : image;
    }

    /** The packed image, with digest and signature of the image that it unpacks to. */
    private Image pack(Bytes payload, int flags, @Nullable Envelope envelope) {
        if (pure) {
            throw new ImageException("An image is packed or has a pure signature, not both.");
        }
        Image unpacked = assemble(payload, flags, protectedTlvs(), null);
        PackedPayload packing = new PackedPayload(PackedPayload.METHOD, payload.length());
        Bytes stream = packing.method().pack(payload);
        List<Tlv> tlvs = new ArrayList<>(protectedTlvs());
        tlvs.add(new Tlv(TlvType.COMPRESSION, packing.encode()));
        tlvs.add(new Tlv(TlvType.UNPACKED_DIGEST, unpacked.digest()));
        unpacked.tlvs().stream()
                .filter(tlv -> tlv.is(TlvType.ECDSA_SIG) || tlv.is(TlvType.ED25519))
                .forEach(tlv -> tlvs.add(new Tlv(TlvType.UNPACKED_SIGNATURE, tlv.value())));
        Bytes carried = envelope == null ? stream : wholeBlocks(stream);
        return assemble(carried, flags | Header.NON_BOOTABLE, tlvs, envelope);
    }

    private static Image smaller(Image image, Image packed) {
        return packed.bytes().length() < image.bytes().length() ? packed : image;
    }

    private Image assemble(Bytes payload, int flags, List<Tlv> protectedTlvs, @Nullable Envelope envelope) {
        Header header = new Header(
                loadAddress.orElse(romAddress.orElse(0)),
                headerBytes(),
                protectedTlvs.isEmpty() ? 0 : TlvArea.size(protectedTlvs),
                payload.length(),
                flags,
                version);
        Bytes head = header.encode(0xff);
        Bytes protectedArea =
                protectedTlvs.isEmpty() ? Bytes.of() : TlvArea.encode(TlvArea.PROTECTED_MAGIC, protectedTlvs);
        List<Tlv> tlvs = signatureTlvs(head, payload, protectedArea);
        Bytes carried = payload;
        if (envelope != null) {
            carried = PayloadCipher.apply(envelope.imageKey(), payload);
            tlvs.add(new Tlv(envelopeType, envelope.seal(Envelope.Hash.SHA256)));
        }
        Bytes area = TlvArea.encode(TlvArea.UNPROTECTED_MAGIC, tlvs);
        return Image.parse(Bytes.concat(head, carried, protectedArea, area));
    }

    private static int encryptionFlag(Envelope envelope) {
        return envelope.size() == AesSize.AES128 ? Header.ENCRYPTED_AES128 : Header.ENCRYPTED_AES256;
    }

    /** imgtool fills an encrypted payload with zeros so that header and payload are whole blocks of the cipher. */
    private Bytes wholeBlocks(Bytes payload) {
        int missing = -(headerBytes() + payload.length()) & PayloadCipher.BLOCK - 1;
        return missing == 0 ? payload : Bytes.concat(payload, Bytes.wrapping(new byte[missing]));
    }

    /** In the order in which imgtool writes them. */
    private List<Tlv> protectedTlvs() {
        List<Tlv> tlvs = new ArrayList<>();
        securityCounter.ifPresent(counter -> tlvs.add(new Tlv(TlvType.SEC_CNT, LittleEndian.u32(counter))));
        dependencies.forEach(dependency -> tlvs.add(new Tlv(TlvType.DEPENDENCY, dependency.encode())));
        tlvs.addAll(vendorTlvs);
        if (board != null) {
            tlvs.add(new Tlv(TlvType.BOARD, Bytes.wrapping(Board.nameIn(board).getBytes(StandardCharsets.US_ASCII))));
        }
        return tlvs;
    }

    private List<Tlv> signatureTlvs(Bytes... region) {
        String hash = pure ? "SHA-512" : "SHA-256";
        Bytes digest = ImageVerification.digest(hash, region);
        List<Tlv> tlvs = new ArrayList<>();
        tlvs.add(new Tlv(pure ? TlvType.SHA512 : TlvType.SHA256, digest));
        if (key == null) {
            return tlvs;
        }
        if (pure) {
            tlvs.add(new Tlv(TlvType.SIG_PURE, Bytes.of(1)));
        }
        tlvs.add(
                wholePublicKey
                        ? new Tlv(TlvType.PUBKEY, key.verifying().encoded())
                        : new Tlv(TlvType.KEYHASH, key.verifying().hash(hash)));
        TlvType kind = key.type() == KeyType.P256 ? TlvType.ECDSA_SIG : TlvType.ED25519;
        tlvs.add(new Tlv(kind, pure ? key.signPure(Bytes.concat(region)) : key.signDigest(digest)));
        return tlvs;
    }

    private int headerBytes() {
        if (headerSize != null) {
            return headerSize;
        }
        return board == null
                ? DEFAULT_HEADER_SIZE
                : Board.named(board).map(Board::header).orElse(DEFAULT_HEADER_SIZE);
    }

    private ImageSigner changed(Consumer<ImageSigner> change) {
        ImageSigner copy = new ImageSigner(key);
        copy.version = version;
        copy.board = board;
        copy.headerSize = headerSize;
        copy.loadAddress = loadAddress;
        copy.romAddress = romAddress;
        copy.securityCounter = securityCounter;
        copy.dependencies = dependencies;
        copy.vendorTlvs = vendorTlvs;
        copy.wholePublicKey = wholePublicKey;
        copy.pure = pure;
        copy.packed = packed;
        copy.envelopes = envelopes;
        copy.envelopeType = envelopeType;
        copy.checked = checked;
        change.accept(copy);
        return copy;
    }

    private static long checkAddress(long address) {
        if (address < 0 || address > 0xffff_ffffL) {
            throw new ImageException(String.format("Address 0x%x does not fit into 32 bits.", address));
        }
        return address;
    }

    private static <T> List<T> with(List<T> list, T added) {
        List<T> longer = new ArrayList<>(list);
        longer.add(added);
        return List.copyOf(longer);
    }
}
