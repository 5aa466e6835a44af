package dev.updraft.rehearsal.campaign;

import dev.updraft.emulator.board.Board;
import dev.updraft.image.Sha256;
import dev.updraft.rehearsal.referee.DeviceHistory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** Names the whole state of a board, while no flash unit is unstable, by a SHA-256. */
final class StateKey {
    private static final int CHUNK = 4096;
    private static final byte[] ERASED = new byte[CHUNK];

    static {
        Arrays.fill(ERASED, (byte) 0xFF);
    }

    private final Board board;
    private final MessageDigest digest;

    StateKey(Board board) {
        this.board = board;
        this.digest = Sha256.begin();
    }

    /** @param started whether an application was started since power-up */
    ByteBuffer of(DeviceHistory course, Application application, int requests, boolean started) {
        board.digestState(digest);
        byte[] flash = board.flash().bytes();
        for (int at = 0; at < flash.length; at += CHUNK) {
            if (Arrays.mismatch(flash, at, at + CHUNK, ERASED, 0, CHUNK) < 0) {
                digest.update((byte) 0);
            } else {
                digest.update((byte) 1);
                digest.update(flash, at, CHUNK);
            }
        }
        String known = course + " " + application + " " + requests + " " + started;
        digest.update(known.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest.digest());
    }
}
