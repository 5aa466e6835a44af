package dev.updraft.delta;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The flash address of an image's first byte, guessed: the one by which most pointers to code point at the start of a function. */
final class BaseAddress {
    /** Flash units, and the headers that images stand behind, are multiples of this. */
    private static final int ALIGNMENT = 256;

    private static final int USUAL = 0x0800_0000;

    private BaseAddress() {}

    static int of(byte[] image) {
        List<List<Integer>> functions = functions(image);
        long reset = reset(image);
        Map<Integer, Integer> votes = new HashMap<>();
        for (int word : pointers(image)) {
            for (int function : functions.get((word & ALIGNMENT - 1) >>> 1)) {
                int base = word - function;
                if (reset == 0 ? base >= 0 : base <= reset && reset < base + (long) image.length) {
                    votes.merge(base, 1, Integer::sum);
                }
            }
        }
        int best = USUAL;
        long most = 20;
        for (Map.Entry<Integer, Integer> vote : votes.entrySet()) {
            // Of two that are about as good, the rounder one.
            long weight = vote.getValue() * (long) (16 + Math.min(16, Integer.numberOfTrailingZeros(vote.getKey())));
            if (weight > most || weight == most && vote.getKey() < best) {
                most = weight;
                best = vote.getKey();
            }
        }
        return best;
    }

    /** Where the first instruction is, when the image starts with a vector table or has one behind MCUboot's header; otherwise 0. */
    private static long reset(byte[] image) {
        int at = image.length > 16 && word(image, 0) == Firmware.MAGIC ? Predictor.half(image, 8) : 0;
        if (at + 8 > image.length) {
            return 0;
        }
        int reset = word(image, at + 4);
        return Predictor.inRam(word(image, at) - 4) && (reset & 1) != 0 && reset > 0 && reset < 0x2000_0000
                ? reset - 1
                : 0;
    }

    private static int word(byte[] image, int at) {
        return Predictor.half(image, at) | Predictor.half(image, at + 2) << 16;
    }

    /** Every word that may point at code, once, without the bit that says Thumb. */
    private static Set<Integer> pointers(byte[] image) {
        Set<Integer> words = new HashSet<>();
        for (int at = 0; at + 4 <= image.length; at += 4) {
            int word = word(image, at);
            if ((word & 1) != 0 && word > 0 && word < 0x2000_0000) {
                words.add(word - 1);
            }
        }
        return words;
    }

    /** Where functions start, with PUSH {..., lr} in either width: by their place in a unit of the alignment. */
    private static List<List<Integer>> functions(byte[] image) {
        List<List<Integer>> found = new ArrayList<>();
        for (int i = 0; i < ALIGNMENT / 2; i++) {
            found.add(new ArrayList<>());
        }
        for (int at = 0; at + 4 <= image.length; at += 2) {
            int half = Predictor.half(image, at);
            if (half >>> 8 == 0xB5 || half == 0xE92D && (image[at + 3] & 0x40) != 0) {
                found.get((at & ALIGNMENT - 1) >>> 1).add(at);
            }
        }
        return found;
    }
}
