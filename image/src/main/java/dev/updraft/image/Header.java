package dev.updraft.image;

import java.util.ArrayList;
import java.util.List;

/**
 * The header of an MCUboot image (struct image_header of MCUboot's bootutil/image.h).
 *
 * @param loadAddress where the payload is copied to (RAM_LOAD) or linked for (ROM_FIXED); 0 otherwise
 * @param headerSize bytes from the start of the image to its payload
 * @param protectedSize bytes of the protected TLV area with its 4 bytes of info; 0 if there is none
 * @param payloadSize bytes of the payload
 * @param flags see the constants
 */
public record Header(
        long loadAddress, int headerSize, int protectedSize, long payloadSize, int flags, Version version) {
    public static final long MAGIC = 0x96f3b83dL;
    /** Bytes that the fields take; the rest of {@link #headerSize} is padding. */
    public static final int SIZE = 32;

    public static final int PIC = 0x1;
    public static final int ENCRYPTED_AES128 = 0x4;
    public static final int ENCRYPTED_AES256 = 0x8;
    public static final int NON_BOOTABLE = 0x10;
    public static final int RAM_LOAD = 0x20;
    public static final int ROM_FIXED = 0x100;
    public static final int COMPRESSED_LZMA1 = 0x200;
    public static final int COMPRESSED_LZMA2 = 0x400;
    public static final int COMPRESSED_ARM_THUMB = 0x800;

    private static final long OLD_MAGIC = 0x96f3b83cL;

    static boolean startsWithMagic(Bytes bytes) {
        return bytes.length() >= 4 && bytes.u32(0) == MAGIC;
    }

    static Header read(Bytes bytes) {
        if (bytes.length() < SIZE) {
            throw new ImageException(
                    "Not an image: it has " + bytes.length() + " bytes, and the header alone takes " + SIZE + ".");
        }
        long magic = bytes.u32(0);
        if (magic == OLD_MAGIC) {
            throw new ImageException(
                    "The image has the format of MCUboot before 1.0 (magic 0x96f3b83c); sign it again.");
        }
        if (magic != MAGIC) {
            throw new ImageException(String.format(
                    "Not an MCUboot image: it starts with 0x%08x, and an image starts with 0x%08x.", magic, MAGIC));
        }
        Header header = new Header(
                bytes.u32(4),
                bytes.u16(8),
                bytes.u16(10),
                bytes.u32(12),
                (int) bytes.u32(16),
                new Version(bytes.u8(20), bytes.u8(21), bytes.u16(22), bytes.u32(24)));
        if (header.headerSize < SIZE) {
            throw new ImageException("The header says it has " + header.headerSize
                    + " bytes; an MCUboot header has at least " + SIZE + ".");
        }
        return header;
    }

    /** The header with its padding, {@link #headerSize} bytes. */
    Bytes encode(int padding) {
        byte[] bytes = new byte[headerSize];
        java.util.Arrays.fill(bytes, SIZE, headerSize, (byte) padding);
        LittleEndian.put(bytes, 0, 4, MAGIC);
        LittleEndian.put(bytes, 4, 4, loadAddress);
        LittleEndian.put(bytes, 8, 2, headerSize);
        LittleEndian.put(bytes, 10, 2, protectedSize);
        LittleEndian.put(bytes, 12, 4, payloadSize);
        LittleEndian.put(bytes, 16, 4, flags);
        LittleEndian.put(bytes, 20, 1, version.major());
        LittleEndian.put(bytes, 21, 1, version.minor());
        LittleEndian.put(bytes, 22, 2, version.revision());
        LittleEndian.put(bytes, 24, 4, version.build());
        return Bytes.wrapping(bytes);
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The names of the flags that are set; an unknown bit is shown as a number. */
    public List<String> flagNames() {
        List<String> names = new ArrayList<>();
        for (int bit = 1; bit != 0; bit <<= 1) {
            if (has(bit)) {
                names.add(flagName(bit));
            }
        }
        return List.copyOf(names);
    }

    private static String flagName(int bit) {
        return switch (bit) {
            case PIC -> "PIC";
            case ENCRYPTED_AES128 -> "ENCRYPTED_AES128";
            case ENCRYPTED_AES256 -> "ENCRYPTED_AES256";
            case NON_BOOTABLE -> "NON_BOOTABLE";
            case RAM_LOAD -> "RAM_LOAD";
            case ROM_FIXED -> "ROM_FIXED";
            case COMPRESSED_LZMA1 -> "COMPRESSED_LZMA1";
            case COMPRESSED_LZMA2 -> "COMPRESSED_LZMA2";
            case COMPRESSED_ARM_THUMB -> "COMPRESSED_ARM_THUMB";
            default -> String.format("0x%x", bit);
        };
    }
}
