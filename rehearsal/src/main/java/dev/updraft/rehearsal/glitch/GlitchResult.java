package dev.updraft.rehearsal.glitch;

import java.util.List;
import java.util.Map;

/**
 * What single faults in the bootloader's instructions came to.
 *
 * @param bootloader SHA-256 of its bytes, in hex
 * @param instructions executed from power-up to the end of an undisturbed run, over both ways
 * @param addresses of different instructions that were disturbed
 * @param tried faults
 * @param endings how the disturbed runs ended, and how many of each
 * @param starts faults that started the unverified image; none is what a bootloader should have
 * @param seconds that it took
 */
public record GlitchResult(
        String board,
        String bootloader,
        boolean exact,
        long instructions,
        int addresses,
        long tried,
        Map<String, Long> endings,
        List<GlitchStart> starts,
        double seconds) {
    public GlitchResult {
        endings = Map.copyOf(endings);
        starts = List.copyOf(starts);
    }

    public boolean passed() {
        return starts.isEmpty();
    }
}
