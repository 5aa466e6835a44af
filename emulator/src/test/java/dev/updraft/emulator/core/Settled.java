package dev.updraft.emulator.core;

import java.util.Optional;

/** Where libunicorn 2.0.1 is wrong or the manual leaves the result open, depending on the operands, so that no encoding can be left out. */
enum Settled {
    /** DDI 0403E A7.7.138: Q says that the sum of both products and the accumulator does not fit, not that the products' sum alone does not. */
    SUM_OF_PRODUCTS_ALONE,
    /** DDI 0403E A3.4.5: a store-exclusive of another size than the load-exclusive before it is UNPREDICTABLE. */
    EXCLUSIVE_OF_ANOTHER_SIZE;

    private static final int Q = 1 << 27;

    /**
     * The rule that explains a difference behind one instruction.
     *
     * @param encoding of that instruction
     * @param loadExclusive encoding of the last LDREX, LDREXB or LDREXH before it; 0 for none
     * @param before the state in which both executed it
     */
    static Optional<Settled> of(
            int encoding, int loadExclusive, LockstepState before, LockstepState ours, LockstepState theirs) {
        LockstepState expected = new LockstepState();
        expected.copyFrom(ours);
        if ((encoding & 0xFFF0_00E0) == 0xFB20_0000) {
            expected.flags |= Q;
            boolean greatest = before.r[encoding >>> 16 & 15] == 0x8000_8000 && before.r[encoding & 15] == 0x8000_8000;
            return when(greatest && same(expected, theirs), SUM_OF_PRODUCTS_ALONE);
        }
        if (isStoreExclusive(encoding)) {
            int status = size(encoding) == 4 ? encoding >>> 8 & 15 : encoding & 15;
            expected.r[status] = 1;
            boolean mixed = loadExclusive != 0 && size(encoding) != size(loadExclusive);
            return when(mixed && ours.r[status] == 0 && same(expected, theirs), EXCLUSIVE_OF_ANOTHER_SIZE);
        }
        return Optional.empty();
    }

    static boolean isLoadExclusive(int encoding) {
        return (encoding & 0xFFF0_0F00) == 0xE850_0F00 || (encoding & 0xFFF0_0FEF) == 0xE8D0_0F4F;
    }

    private static boolean isStoreExclusive(int encoding) {
        return (encoding & 0xFFF0_0000) == 0xE840_0000 || (encoding & 0xFFF0_0FE0) == 0xE8C0_0F40;
    }

    private static int size(int exclusive) {
        return (exclusive & 0x0080_0000) == 0 ? 4 : (exclusive & 0x10) == 0 ? 1 : 2;
    }

    private static boolean same(LockstepState one, LockstepState other) {
        return one.differences(other, "", "").isEmpty();
    }

    private static Optional<Settled> when(boolean explains, Settled rule) {
        return explains ? Optional.of(rule) : Optional.empty();
    }
}
