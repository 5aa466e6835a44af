package dev.updraft.server.testing;

import dev.updraft.image.Sha256;
import dev.updraft.image.board.Board;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Images that the server can take: the layout of docs/reference/image.md with a signature that nothing here verifies. */
public final class Images {
    private Images() {}

    private static final int SIGNATURE = 70;

    public static byte[] image(String board, int major, int minor, int revision, int payloadBytes) {
        byte[] payload = new byte[payloadBytes];
        new Random(major * 10_000L + minor * 100L + revision).nextBytes(payload);
        return image(board, major, minor, revision, payload);
    }

    /** One that the signer lets pass for {@code board}, if that is one of Updraft's: then the first bytes of {@code noise} are vectors. */
    public static byte[] image(String board, int major, int minor, int revision, byte[] noise) {
        byte[] payload = noise.clone();
        int payloadBytes = payload.length;
        int header = 512;
        if (Board.names().contains(board)) {
            Board known = Board.find(board);
            header = known.header();
            ByteBuffer.wrap(payload)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt((int) known.ram().getFirst().start() + 1_024)
                    .putInt((int) known.slot().start() + header + 1);
        }
        byte[] name = board.getBytes(StandardCharsets.US_ASCII);
        int protectedSize = 4 + 4 + name.length;
        ByteBuffer out = ByteBuffer.allocate(header + payloadBytes + protectedSize + 4 + 36 + 36 + 4 + SIGNATURE)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x96f3b83d).putInt(0).putShort((short) header).putShort((short) protectedSize);
        out.putInt(payloadBytes).putInt(0);
        out.put((byte) major)
                .put((byte) minor)
                .putShort((short) revision)
                .putInt(0)
                .putInt(0);
        out.position(header);
        out.put(payload);
        out.putShort((short) 0x6908).putShort((short) protectedSize);
        out.putShort((short) 0x55A0).putShort((short) name.length).put(name);
        byte[] digest = Sha256.of(Arrays.copyOf(out.array(), out.position()));
        out.putShort((short) 0x6907).putShort((short) (4 + 36 + 36 + 4 + SIGNATURE));
        out.putShort((short) 0x01).putShort((short) 32).put(new byte[32]);
        out.putShort((short) 0x10).putShort((short) 32).put(digest);
        out.putShort((short) 0x22).putShort((short) SIGNATURE).put((byte) 0x30).put((byte) (SIGNATURE - 2));
        return out.array();
    }

    public static byte[] digest(byte[] image) {
        int at = image.length - 4 - SIGNATURE - 32;
        return Arrays.copyOfRange(image, at, at + 32);
    }
}
