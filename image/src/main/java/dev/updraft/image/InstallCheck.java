package dev.updraft.image;

import dev.updraft.image.board.Board;
import dev.updraft.image.firmware.Firmware;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether Updraft's bootloader on a board can install an image at all, whatever keys it holds: what device/boot would refuse on every device, known
 * before a device is asked. An image that passes can still be refused by one device: for its keys, its security counter, the version that it runs.
 */
public final class InstallCheck {
    /** Bytes that DER takes for two numbers of 256 bits at most. */
    private static final int P256_SIGNATURE = 72;

    private static final int P256_PUBLIC_KEY = 91;
    private static final int EPHEMERAL_AND_TAG = 65 + 32;
    /** All TLVs of a packed image together: what the bootloader has room to rewrite. */
    private static final int PACKED_TLVS = 2048;

    private static final int VECTORS = 8;

    private final Board board;
    private final Image image;
    private final List<String> problems = new ArrayList<>();

    private InstallCheck(Board board, Image image) {
        this.board = board;
        this.image = image;
    }

    /**
     * What speaks against installing {@code image}, one sentence each, the gravest first; empty if nothing does. Neither digest nor signature is checked
     * ({@link Image#verify}). The payload of an encrypted image is not looked at.
     */
    public static List<String> problems(Board board, Image image) {
        InstallCheck check = new InstallCheck(board, image);
        check.board();
        check.header();
        check.hash();
        check.signature();
        check.encryption();
        check.dependencies();
        if (image.find(TlvType.COMPRESSION).isPresent()) {
            check.packed();
        } else {
            check.payload(image);
        }
        return List.copyOf(check.problems);
    }

    /** @throws ImageException with all of {@link #problems}, if there are any */
    public static void check(Board board, Image image) {
        List<String> problems = problems(board, image);
        if (!problems.isEmpty()) {
            throw new ImageException(
                    "No device of " + board.name() + " can install this image. " + String.join(" ", problems));
        }
    }

    private void board() {
        image.board()
                .filter(named -> !named.equals(board.name()))
                .ifPresent(named -> problems.add("It is for the board " + named + ", not for " + board.name() + "."));
    }

    private void header() {
        Header header = image.header();
        if (header.headerSize() != board.header()) {
            problems.add(String.format(
                    "Its header has 0x%x bytes; on %s it must have 0x%x: sign with --header-size 0x%x and link for 0x%08x.",
                    header.headerSize(),
                    board.name(),
                    board.header(),
                    board.header(),
                    board.slot().start() + board.header()));
        }
        if (header.has(Header.COMPRESSED_LZMA1 | Header.COMPRESSED_LZMA2)) {
            problems.add("It is packed with LZMA, which the bootloader cannot unpack: sign it with 'updraft image sign"
                    + " --compress', or unpacked.");
        } else if (header.has(Header.NON_BOOTABLE)
                && image.find(TlvType.COMPRESSION).isEmpty()) {
            problems.add("Its header says NON_BOOTABLE: it is data, not firmware that can start.");
        }
        if (header.has(Header.RAM_LOAD)) {
            problems.add("It is to run from RAM (RAM_LOAD); the bootloader starts images in flash only.");
        }
        if (header.has(Header.ROM_FIXED) && header.loadAddress() != board.slot().start()) {
            problems.add(String.format(
                    "It is for a slot at 0x%08x (ROM_FIXED); the slot of %s starts at 0x%08x.",
                    header.loadAddress(), board.name(), board.slot().start()));
        }
    }

    private void hash() {
        Optional<Bytes> sha256 = first(TlvType.SHA256);
        if (sha256.isEmpty()) {
            problems.add("It has no SHA-256 digest: the bootloader checks no other.");
        } else if (sha256.get().length() != ImageVerification.SHA256_SIZE) {
            problems.add("Its SHA256 TLV has " + sha256.get().length() + " bytes instead of 32.");
        }
    }

    private void signature() {
        Optional<Bytes> ecdsa = first(TlvType.ECDSA_SIG);
        if (ecdsa.isEmpty()) {
            problems.add(
                    first(TlvType.RSA2048_PSS).isPresent()
                                    || first(TlvType.RSA3072_PSS).isPresent()
                            ? "It is signed with an RSA key; the bootloader verifies P-256 signatures only."
                            : first(TlvType.ED25519).isPresent()
                                    ? "It is signed with an Ed25519 key; the bootloader verifies P-256 signatures only."
                                    : "It is not signed.");
            return;
        }
        Bytes der = ecdsa.get();
        if (der.length() > P256_SIGNATURE) {
            problems.add("It is signed with a P-384 key or one of another curve; the bootloader verifies P-256"
                    + " signatures only.");
        } else if (der.length() < VECTORS || der.u8(0) != 0x30 || der.u8(1) != der.length() - 2) {
            problems.add("Its signature is no ECDSA signature in DER.");
        }
        if (first(TlvType.SIG_PURE).isPresent()) {
            problems.add(
                    "Its signature is over the image itself (SIG_PURE); the bootloader takes one over the digest.");
        }
        boolean named = first(TlvType.KEYHASH)
                        .filter(hash -> hash.length() == ImageVerification.SHA256_SIZE)
                        .isPresent()
                || first(TlvType.PUBKEY)
                        .filter(key -> key.length() == P256_PUBLIC_KEY)
                        .isPresent();
        if (!named) {
            problems.add(
                    "It does not say which P-256 key signed it: it has no KEYHASH TLV of 32 bytes and no PUBKEY TLV.");
        }
    }

    private void encryption() {
        if (!image.encrypted()) {
            return;
        }
        int keySize = image.header().has(Header.ENCRYPTED_AES256) ? 32 : 16;
        Optional<Bytes> sealed = first(TlvType.ENC_EC256);
        if (sealed.isEmpty()) {
            problems.add(
                    "It is encrypted to another kind of key than P-256; the bootloader decrypts with P-256 keys only.");
        } else if (sealed.get().length() != EPHEMERAL_AND_TAG + keySize) {
            problems.add("Its ENC_EC256 TLV has " + sealed.get().length() + " bytes; with AES-" + 8 * keySize
                    + " it has " + (EPHEMERAL_AND_TAG + keySize) + ".");
        }
    }

    private void dependencies() {
        try {
            image.securityCounter();
            image.dependencies().stream()
                    .filter(each -> each.imageId() != 0)
                    .findFirst()
                    .ifPresent(other -> problems.add(
                            "It depends on image " + other.imageId() + "; the chip has one image, number 0."));
        } catch (ImageException malformed) {
            problems.add(String.valueOf(malformed.getMessage()));
        }
    }

    private void packed() {
        int tlvs = image.bytes().length() - image.payloadEnd();
        if (tlvs > PACKED_TLVS) {
            problems.add("It is packed and has " + tlvs + " bytes of TLVs; the bootloader takes " + PACKED_TLVS + ".");
        }
        boolean complete = image.find(TlvType.UNPACKED_DIGEST)
                        .filter(digest -> digest.length() == ImageVerification.SHA256_SIZE)
                        .isPresent()
                && image.find(TlvType.UNPACKED_SIGNATURE).isPresent();
        if (!complete) {
            problems.add("It is packed, and lacks digest or signature of the image that it unpacks to.");
        }
        try {
            PackedPayload packing = image.packing().orElseThrow();
            if (!packing.method().equals(PackedPayload.METHOD)) {
                problems.add(
                        "It is packed with a window of 2^" + packing.method().windowBits() + " and a lookahead of 2^"
                                + packing.method().lookaheadBits() + "; the bootloader unpacks 2^"
                                + PackedPayload.METHOD.windowBits() + " and 2^" + PackedPayload.METHOD.lookaheadBits()
                                + " only.");
            } else if (!complete) {
                return;
            }
            if (image.encrypted()) {
                size(packing.unpackedSize() + image.header().headerSize());
                size(image.bytes().length());
            } else {
                size(image.bytes().length());
                payload(image.unpack());
            }
        } catch (ImageException damaged) {
            problems.add(String.valueOf(damaged.getMessage()));
        }
    }

    /** @param running the image as it stands in the slot */
    private void payload(Image running) {
        size(running.bytes().length());
        if (running.encrypted()) {
            return;
        }
        try {
            Bytes payload = running.payload();
            StartCheck.check(
                    board, Firmware.ofBinary(payload), payload, running.header().headerSize());
        } catch (ImageException cannotStart) {
            problems.add(String.valueOf(cannotStart.getMessage()));
        }
    }

    private void size(long bytes) {
        if (bytes > board.slot().size()) {
            String problem = StartCheck.tooLarge(board, bytes);
            if (!problems.contains(problem)) {
                problems.add(problem);
            }
        }
    }

    /** Of several TLVs of a type the bootloader takes the first. */
    private Optional<Bytes> first(TlvType type) {
        return image.tlvs().stream().filter(tlv -> tlv.is(type)).map(Tlv::value).findFirst();
    }
}
