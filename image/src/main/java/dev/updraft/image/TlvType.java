package dev.updraft.image;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The TLV types that MCUboot (bootutil/image.h) and Updraft (docs/reference/image.md) give a meaning. */
public enum TlvType {
    KEYHASH(0x01, "hash of the signer's public key"),
    PUBKEY(0x02, "the signer's public key, whole"),
    SHA256(0x10, "SHA-256 of header, payload and protected TLVs"),
    SHA384(0x11, "SHA-384 of header, payload and protected TLVs"),
    SHA512(0x12, "SHA-512 of header, payload and protected TLVs"),
    RSA2048_PSS(0x20, "RSA-2048 signature"),
    ECDSA224(0x21, "ECDSA P-224 signature, no longer used"),
    ECDSA_SIG(0x22, "ECDSA signature"),
    RSA3072_PSS(0x23, "RSA-3072 signature"),
    ED25519(0x24, "Ed25519 signature"),
    SIG_PURE(0x25, "the signature is over the image itself, not over its hash"),
    ENC_RSA2048(0x30, "image key, encrypted to an RSA-2048 key"),
    ENC_KW(0x31, "image key, wrapped with AES-KW"),
    ENC_EC256(0x32, "image key, encrypted to a P-256 key"),
    ENC_X25519(0x33, "image key, encrypted to an X25519 key"),
    ENC_X25519_SHA512(0x34, "image key, encrypted to an X25519 key with SHA-512"),
    DEPENDENCY(0x40, "another image that must be there, and its lowest version"),
    SEC_CNT(0x50, "security counter: a device refuses a lower one"),
    BOOT_RECORD(0x60, "measured boot record, CBOR"),
    DECOMP_SIZE(0x70, "size of the payload when unpacked (LZMA)"),
    DECOMP_SHA(0x71, "hash of the image when unpacked (LZMA)"),
    DECOMP_SIGNATURE(0x72, "signature of the image when unpacked (LZMA)"),
    COMP_DEC_SIZE(0x73, "size of the packed payload before encryption padding"),
    UUID_VID(0x74, "vendor id"),
    UUID_CID(0x75, "class id"),
    BOARD(0x55a0, "Updraft: the board that the image is for"),
    COMPRESSION(0x55a1, "Updraft: how the payload is packed"),
    UNPACKED_DIGEST(0x55a2, "Updraft: digest of the image when unpacked"),
    UNPACKED_SIGNATURE(0x55a3, "Updraft: signature of the image when unpacked");

    private static final Map<Integer, TlvType> BY_CODE =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(TlvType::code, Function.identity()));

    private final int code;
    private final String meaning;

    TlvType(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public static Optional<TlvType> of(int code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }

    /** The 16-bit number in the image. */
    public int code() {
        return code;
    }

    /** What it says, for people. */
    public String meaning() {
        return meaning;
    }
}
