package dev.updraft.server.testing;

import dev.updraft.image.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Images that the server can take: the layout of docs/reference/image.md with a signature that nothing here verifies. */
public final class Images {
    private Images() {}

    public static byte[] image(String board, int major, int minor, int revision, int payloadBytes) {
        byte[] payload = new byte[payloadBytes];
        new Random(major * 10_000L + minor * 100L + revision).nextBytes(payload);
        return image(board, major, minor, revision, payload);
    }

    public static byte[] image(String board, int major, int minor, int revision, byte[] payload) {
        int payloadBytes = payload.length;
        byte[] name = board.getBytes(StandardCharsets.US_ASCII);
        int protectedSize = 4 + 4 + name.length;
        ByteBuffer out = ByteBuffer.allocate(512 + payloadBytes + protectedSize + 4 + 36 + 4 + 70)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x96f3b83d).putInt(0).putShort((short) 512).putShort((short) protectedSize);
        out.putInt(payloadBytes).putInt(0);
        out.put((byte) major)
                .put((byte) minor)
                .putShort((short) revision)
                .putInt(0)
                .putInt(0);
        out.position(512);
        out.put(payload);
        out.putShort((short) 0x6908).putShort((short) protectedSize);
        out.putShort((short) 0x55A0).putShort((short) name.length).put(name);
        byte[] digest = Sha256.of(Arrays.copyOf(out.array(), out.position()));
        out.putShort((short) 0x6907).putShort((short) (4 + 36 + 4 + 70));
        out.putShort((short) 0x10).putShort((short) 32).put(digest);
        out.putShort((short) 0x22).putShort((short) 70);
        return out.array();
    }

    public static byte[] digest(byte[] image) {
        int at = image.length - 74 - 32;
        return Arrays.copyOfRange(image, at, at + 32);
    }
}
