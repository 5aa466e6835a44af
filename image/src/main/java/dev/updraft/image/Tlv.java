package dev.updraft.image;

/**
 * One entry behind the payload.
 *
 * @param type 16-bit number, see {@link TlvType}; unknown ones are kept as they are
 */
public record Tlv(int type, Bytes value) {
    /** Bytes of type and length in front of the value. */
    static final int HEAD = 4;

    public Tlv {
        if (type < 0 || type > 0xffff || value.length() > 0xffff) {
            throw new ImageException(
                    String.format("TLV 0x%x with %d bytes does not fit: both go to 0xffff.", type, value.length()));
        }
    }

    public Tlv(TlvType type, Bytes value) {
        this(type.code(), value);
    }

    public boolean is(TlvType known) {
        return type == known.code();
    }

    /** The type's name, or its number if nobody gave it one. */
    public String name() {
        return TlvType.of(type).map(Enum::name).orElseGet(() -> String.format("0x%04x", type));
    }
}
