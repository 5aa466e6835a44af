package dev.updraft.cli.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * When one board loses power: at a few random flash operations of the download and of the installation. It asks after each change what
 * the next one is; nothing is decided before the phase that it belongs to has begun.
 */
final class PowerCuts {
    private static final PowerCuts NONE = new PowerCuts(0, 0, 0);

    private final SplittableRandom random;
    private final int imageSize;
    private final Deque<Phase> left = new ArrayDeque<>();

    private enum Phase {
        DOWNLOAD,
        INSTALLATION
    }

    private PowerCuts(int eachPhase, int imageSize, long seed) {
        random = new SplittableRandom(seed);
        this.imageSize = imageSize;
        for (Phase phase : Phase.values()) {
            for (int i = 0; i < eachPhase; i++) {
                left.add(phase);
            }
        }
    }

    static PowerCuts none() {
        return NONE;
    }

    /** @param eachPhase cuts in the download, and as many in the installation */
    static PowerCuts random(int eachPhase, int imageSize, long seed) {
        return new PowerCuts(eachPhase, imageSize, seed);
    }

    /**
     * The board said that it downloads: how many flash operations from now its power goes, if at all.
     *
     * @param programUnit bytes that its flash writes in one operation
     */
    OptionalLong onDownload(int programUnit) {
        return next(Phase.DOWNLOAD, imageSize / programUnit);
    }

    /** The board resets to install, or came up again while it installs. */
    OptionalLong onInstallation(int programUnit) {
        left.removeIf(Phase.DOWNLOAD::equals);
        return next(Phase.INSTALLATION, imageSize / programUnit * 3 / 2);
    }

    /** What the planned cut was for has happened. */
    void happened() {
        left.poll();
    }

    private OptionalLong next(Phase phase, int operations) {
        return left.peek() == phase
                ? OptionalLong.of(1 + random.nextLong(Math.max(1, operations)))
                : OptionalLong.empty();
    }
}
