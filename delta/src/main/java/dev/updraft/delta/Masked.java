package dev.updraft.delta;

/** An image with everything left out that changes only because something moved: what two builds of one source have in common. */
final class Masked {
    private Masked() {}

    static byte[] of(byte[] image, int size, int base) {
        byte[] masked = java.util.Arrays.copyOf(image, size);
        for (int i = 0; i + 4 <= size; ) {
            int first = Predictor.half(image, i);
            int second = Predictor.half(image, i + 2);
            int word = first | second << 16;
            if (first >>> 11 == 0x1E
                    && (second & 0xD000) != 0x8000
                    && second >= 0x8000
                    && (second & 0xD000) != 0xC000) {
                put(masked, i, 0xF000, second & 0xD000);
                i += 4;
            } else if (first >>> 11 == 0x1E && (second & 0xD000) == 0x8000 && (first >>> 6 & 15) < 14) {
                put(masked, i, first & 0xFBC0, second & 0xD000);
                i += 4;
            } else if ((first & 0xFB70) == 0xF240 && second < 0x8000) {
                put(masked, i, first & 0xFBF0, second & 0x8F00);
                i += 4;
            } else if ((base + i & 3) == 0 && Predictor.inRam(word)) {
                put(masked, i, 0xFFF1, 0x2000);
                i += 4;
            } else if ((base + i & 3) == 0 && Integer.compareUnsigned(word - base, size) < 0) {
                put(masked, i, 0xFFF2, 0x0800);
                i += 4;
            } else {
                boolean wide = first >= 0xE800;
                i += 2;
                if (wide && (base + i & 3) == 0) {
                    int next = Predictor.half(image, i) | (i + 4 <= size ? Predictor.half(image, i + 2) : 0) << 16;
                    wide = !Predictor.inRam(next) && Integer.compareUnsigned(next - base, size) >= 0;
                }
                i += wide ? 2 : 0;
            }
        }
        return masked;
    }

    private static void put(byte[] data, int at, int first, int second) {
        data[at] = (byte) first;
        data[at + 1] = (byte) (first >> 8);
        data[at + 2] = (byte) second;
        data[at + 3] = (byte) (second >> 8);
    }
}
