package dev.updraft.delta;

import java.util.ArrayList;
import java.util.List;

/** What was seen under one context, in one byte: about how many zeros and ones, the newer ones counting more. */
final class History {
    /** The most of the more frequent bit, by how often the other was seen. */
    private static final int[] MOST = {47, 30, 16, 10, 8, 7, 6};

    /** The state after a state and a bit: at {@code state * 2 + bit}. */
    static final byte[] NEXT;
    /** What a state predicts, as {@link Logistic#stretch} gives it. */
    static final short[] STRETCHED;

    private record State(int zeros, int ones) {
        boolean allowed() {
            int less = Math.min(zeros, ones);
            return less < MOST.length && Math.max(zeros, ones) <= MOST[less];
        }

        /** One more of this bit; of the other, little is kept. */
        State after(int bit) {
            int same = (bit == 0 ? zeros : ones) + 1;
            int other = bit == 0 ? ones : zeros;
            if (other > 1) {
                other = 32 - Integer.numberOfLeadingZeros(other);
            }
            while (!of(bit, same, other).allowed()) {
                if (other > same) {
                    other--;
                } else {
                    same--;
                }
            }
            return of(bit, same, other);
        }

        private static State of(int bit, int same, int other) {
            return bit == 0 ? new State(same, other) : new State(other, same);
        }
    }

    static {
        List<State> states = new ArrayList<>();
        for (int total = 0; total <= MOST[0]; total++) {
            for (int ones = 0; ones <= total; ones++) {
                State state = new State(total - ones, ones);
                if (state.allowed()) {
                    states.add(state);
                }
            }
        }
        NEXT = new byte[states.size() * 2];
        STRETCHED = new short[states.size()];
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            STRETCHED[i] = (short) StrictMath.round(256 * StrictMath.log((state.ones() + 0.4) / (state.zeros() + 0.4)));
            NEXT[i * 2] = (byte) states.indexOf(state.after(0));
            NEXT[i * 2 + 1] = (byte) states.indexOf(state.after(1));
        }
    }

    private History() {}
}
