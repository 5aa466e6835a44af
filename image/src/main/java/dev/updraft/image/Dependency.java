package dev.updraft.image;

/** Another image of the same device that must be there in at least this version. */
public record Dependency(int imageId, Version minimum) {
    static final int SIZE = 12;

    public Dependency {
        if (imageId < 0 || imageId > 0xff) {
            throw new ImageException("Image id " + imageId + " does not fit: give 0 to 255.");
        }
    }

    /** Reads {@code id:a.b.c+build}; also imgtool's {@code (id, a.b.c+build)}. */
    public static Dependency parse(String text) {
        String[] parts = text.replaceAll("[()\\s]", "").split("[:,]", -1);
        if (parts.length != 2 || !parts[0].matches("\\d{1,3}")) {
            throw new ImageException("'" + text + "' is not a dependency: write id:version, like 1:2.0.0.");
        }
        return new Dependency(Integer.parseInt(parts[0]), Version.parse(parts[1]));
    }

    /** Reads a DEPENDENCY TLV. */
    public static Dependency read(Bytes value) {
        if (value.length() != SIZE) {
            throw new ImageException("A DEPENDENCY TLV has " + value.length() + " bytes; it must have " + SIZE + ".");
        }
        return new Dependency(value.u8(0), new Version(value.u8(4), value.u8(5), value.u16(6), value.u32(8)));
    }

    Bytes encode() {
        byte[] bytes = new byte[SIZE];
        LittleEndian.put(bytes, 0, 1, imageId);
        LittleEndian.put(bytes, 4, 1, minimum.major());
        LittleEndian.put(bytes, 5, 1, minimum.minor());
        LittleEndian.put(bytes, 6, 2, minimum.revision());
        LittleEndian.put(bytes, 8, 4, minimum.build());
        return Bytes.wrapping(bytes);
    }

    @Override
    public String toString() {
        return imageId + ":" + minimum;
    }
}
