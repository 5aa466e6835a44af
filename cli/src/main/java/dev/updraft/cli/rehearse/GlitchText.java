package dev.updraft.cli.rehearse;

import dev.updraft.rehearsal.glitch.GlitchResult;
import dev.updraft.rehearsal.glitch.GlitchStart;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What single faults came to, as lines for a terminal. */
final class GlitchText {
    private GlitchText() {}

    static String of(GlitchResult result) {
        String endings = new TreeMap<>(result.endings())
                .entrySet().stream()
                        .map(ending -> ending.getKey() + " " + ending.getValue())
                        .collect(Collectors.joining(", "));
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s, bootloader %s%n%,d faults in single instructions at %,d addresses, over installation and start (%,d instructions); %s%n"
                        + "How they ended: %s%n%.1f s%n",
                result.board(),
                result.bootloader(),
                result.tried(),
                result.addresses(),
                result.instructions(),
                result.exact()
                        ? "hashes and signatures by the chip's own code"
                        : "hashes and signatures answered by this computer, so not disturbed themselves",
                endings,
                result.seconds()));
        for (GlitchStart start : result.starts()) {
            text.append(String.format(
                    Locale.ROOT,
                    "  STARTED an image that no key signed (%s): %s at 0x%08x (%s)%n",
                    start.way(),
                    start.glitch(),
                    start.address(),
                    start.where()));
        }
        text.append(
                result.passed()
                        ? "Passed: no single fault started an image that no key signed."
                        : "FAILED: " + result.starts().size() + " single faults start an image that no key signed.");
        return text.toString();
    }
}
