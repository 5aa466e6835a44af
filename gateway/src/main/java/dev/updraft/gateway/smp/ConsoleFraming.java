package dev.updraft.gateway.smp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.function.Consumer;

/** Packets in lines of base64 between those that a console prints: docs/reference/smp.md. */
public final class ConsoleFraming implements Framing {
    private static final int LINE = 124;
    private static final int MOST = 2 * 65_550;

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private int previous;
    private boolean inside;

    @Override
    public byte[] wrap(byte[] packet) {
        byte[] raw = ByteBuffer.allocate(packet.length + 4)
                .putShort((short) (packet.length + 2))
                .put(packet)
                .putShort((short) crc16(packet, 0, packet.length))
                .array();
        byte[] base64 = Base64.getEncoder().encode(raw);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (int at = 0; at < base64.length; at += LINE) {
            lines.writeBytes(at == 0 ? new byte[] {6, 9} : new byte[] {4, 20});
            lines.write(base64, at, Math.min(LINE, base64.length - at));
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    @Override
    public void take(byte[] bytes, Consumer<byte[]> packets) {
        for (byte each : bytes) {
            int value = each & 0xFF;
            if (previous == 6 && value == 9) {
                text.reset();
                inside = true;
            } else if (previous == 4 && value == 20) {
                inside = text.size() > 0;
            } else if (inside && value == '\n') {
                inside = false;
                endLine(packets);
            } else if (inside && value > ' ' && text.size() < MOST) {
                text.write(value);
            }
            previous = value;
        }
    }

    private void endLine(Consumer<byte[]> packets) {
        byte[] raw;
        try {
            raw = Base64.getDecoder().decode(text.toByteArray());
        } catch (IllegalArgumentException garbled) {
            text.reset();
            return;
        }
        int length = raw.length < 4 ? -1 : (raw[0] & 0xFF) << 8 | raw[1] & 0xFF;
        if (raw.length - 2 != length) {
            return; // more lines follow
        }
        text.reset();
        // A CRC over data and its own CRC is 0.
        if (crc16(raw, 2, length) == 0) {
            byte[] packet = new byte[length - 2];
            System.arraycopy(raw, 2, packet, 0, packet.length);
            packets.accept(packet);
        }
    }

    @Override
    public void drop() {
        text.reset();
        inside = false;
    }

    /** CRC-16/XMODEM. */
    private static int crc16(byte[] data, int from, int length) {
        int crc = 0;
        for (int i = from; i < from + length; i++) {
            crc ^= (data[i] & 0xFF) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc << 1 ^ ((crc & 0x8000) != 0 ? 0x1021 : 0)) & 0xFFFF;
            }
        }
        return crc;
    }
}
