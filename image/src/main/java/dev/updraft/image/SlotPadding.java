package dev.updraft.image;

/** What imgtool's --pad and --confirm put behind an image: erased bytes, then MCUboot's trailer at the end of the slot. */
final class SlotPadding {
    /** Last 16 bytes of the trailer for writes of at most 8 bytes (bootutil_misc.h). */
    private static final Bytes MAGIC = Bytes.fromHex("77c295f360d2ef7f3552500f2cb67980");

    /** Last 14 bytes for wider writes; two bytes with the width stand before them. */
    private static final Bytes WIDE_MAGIC = Bytes.fromHex("2de15d29410b8d77679c110f1f8a");

    private SlotPadding() {}

    static boolean endsWithTrailer(Bytes bytes) {
        return bytes.endsWith(MAGIC) || bytes.endsWith(WIDE_MAGIC);
    }

    static void check(Bytes trailing, int imageEnd) {
        if (!trailing.isAll(0xff) && !endsWithTrailer(trailing)) {
            throw new ImageException(String.format(
                    "%d bytes follow the image, which ends at 0x%x, and they are not the padding of a slot:"
                            + " the file was joined with something else.",
                    trailing.length(), imageEnd));
        }
    }
}
