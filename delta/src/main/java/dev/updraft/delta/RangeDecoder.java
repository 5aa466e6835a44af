package dev.updraft.delta;

/** What {@link RangeEncoder} wrote, read again. */
final class RangeDecoder implements BitCoder {
    private final byte[] in;
    private int position;
    private long range = 0xFFFF_FFFFL;
    private long code;

    RangeDecoder(byte[] in, int position) {
        this.in = in;
        this.position = position;
        for (int i = 0; i < 4; i++) {
            code = code << 8 | next();
        }
    }

    @Override
    public int code(int probability, int ignored) {
        long bound = (range >>> 16) * probability + ((range & 0xFFFF) * probability >>> 16);
        int bit;
        if (code < bound) {
            range = bound;
            bit = 1;
        } else {
            code -= bound;
            range -= bound;
            bit = 0;
        }
        while (range < 1 << 24) {
            range = range << 8 & 0xFFFF_FFFFL;
            code = (code << 8 | next()) & 0xFFFF_FFFFL;
        }
        return bit;
    }

    private int next() {
        int value = position < in.length ? in[position] & 0xFF : 0;
        position++;
        return value;
    }

    /** The first byte behind what was taken. */
    int position() {
        return position;
    }

    /** Whether more was taken than there is. */
    boolean overrun() {
        return position > in.length + RangeEncoder.BEYOND;
    }
}
