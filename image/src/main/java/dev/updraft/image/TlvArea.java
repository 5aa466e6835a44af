package dev.updraft.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The protected or the unprotected list of TLVs.
 *
 * @param offset where the area starts in the image
 */
record TlvArea(int offset, List<Tlv> tlvs) {
    static final int UNPROTECTED_MAGIC = 0x6907;
    static final int PROTECTED_MAGIC = 0x6908;
    /** Bytes of magic and length in front of the TLVs. */
    static final int INFO = 4;

    TlvArea {
        tlvs = List.copyOf(tlvs);
    }

    /** Reads the area at {@code offset}; what it says of its size is checked against what is there. */
    static TlvArea read(Bytes image, int offset, int magic) {
        String name = magic == PROTECTED_MAGIC ? "protected TLV area" : "TLV area";
        if (image.length() - offset < INFO) {
            throw new ImageException(String.format(
                    "Cut short: the %s should start at 0x%x, and the file ends at 0x%x.",
                    name, offset, image.length()));
        }
        if (image.u16(offset) != magic) {
            throw new ImageException(String.format(
                    "The %s at 0x%x starts with 0x%04x instead of 0x%04x.", name, offset, image.u16(offset), magic));
        }
        int total = image.u16(offset + 2);
        if (total < INFO || total > image.length() - offset) {
            throw new ImageException(String.format(
                    "The %s at 0x%x says it has %d bytes; %d are there.",
                    name, offset, total, image.length() - offset));
        }
        List<Tlv> tlvs = new ArrayList<>();
        int at = offset + INFO;
        int end = offset + total;
        while (at < end) {
            if (end - at < Tlv.HEAD || image.u16(at + 2) > end - at - Tlv.HEAD) {
                throw new ImageException(
                        String.format("The TLV at 0x%x does not fit into the %s, which ends at 0x%x.", at, name, end));
            }
            int valueAt = at + Tlv.HEAD;
            int next = valueAt + image.u16(at + 2);
            tlvs.add(new Tlv(image.u16(at), image.slice(valueAt, next)));
            at = next;
        }
        return new TlvArea(offset, tlvs);
    }

    static Bytes encode(int magic, List<Tlv> tlvs) {
        int total = size(tlvs);
        if (total > 0xffff) {
            throw new ImageException("The TLVs take " + total + " bytes together; the image format allows 65535.");
        }
        byte[] bytes = new byte[total];
        LittleEndian.put(bytes, 0, 2, magic);
        LittleEndian.put(bytes, 2, 2, total);
        int at = INFO;
        for (Tlv tlv : tlvs) {
            LittleEndian.put(bytes, at, 2, tlv.type());
            LittleEndian.put(bytes, at + 2, 2, tlv.value().length());
            System.arraycopy(
                    tlv.value().toArray(), 0, bytes, at + Tlv.HEAD, tlv.value().length());
            at += Tlv.HEAD + tlv.value().length();
        }
        return Bytes.wrapping(bytes);
    }

    static int size(List<Tlv> tlvs) {
        return INFO
                + tlvs.stream().mapToInt(tlv -> Tlv.HEAD + tlv.value().length()).sum();
    }

    int size() {
        return size(tlvs);
    }

    int end() {
        return offset + size();
    }

    /** Where the TLV with this index starts in the image. */
    int offsetOf(int index) {
        return offset + size(tlvs.subList(0, index));
    }

    Optional<Bytes> find(TlvType type) {
        return tlvs.stream().filter(tlv -> tlv.is(type)).map(Tlv::value).findFirst();
    }
}
