package dev.updraft.cli.bootloader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.cbor.CBORMapper;

/** What an mcumgr tool does on the board's console: SMP requests in lines of base64, one at a time. */
final class SmpTerminal {
    static final int READ = 0;
    static final int WRITE = 2;
    static final int OS = 0;
    static final int IMAGE = 1;

    private static final int HEADER = 8;
    private static final int VERSION_2 = 1 << 3;
    private static final int LINE = 124;
    private static final int PIECE = 384;
    private static final long CARD_MICROS = 500_000;

    private final Rig rig;
    private final ObjectMapper cbor = new CBORMapper();
    private final ByteArrayOutputStream base64 = new ByteArrayOutputStream();
    private int sequence;
    private int previous;
    private boolean inside;
    private byte[] answer = new byte[0];

    /** The board must be in recovery; before it listens it looks for a card. */
    SmpTerminal(Rig rig) {
        this.rig = rig;
        rig.board.runFor(CARD_MICROS);
        rig.board.console().onByte(this::take);
    }

    static ObjectNode fields() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Sends a request and gives the content of its answer. */
    JsonNode ask(int operation, int group, int command, ObjectNode content) {
        answer = new byte[0];
        send(packet(operation, group, command, content));
        rig.runUntil(() -> answer.length > 0, 3);
        assertThat(answer).as(rig::story).hasSizeGreaterThan(HEADER);
        assertThat(answer[0]).isEqualTo((byte) (VERSION_2 | operation + 1));
        assertThat(answer[6]).as("sequence number").isEqualTo((byte) sequence);
        sequence++;
        return cbor.readTree(Arrays.copyOfRange(answer, HEADER, answer.length));
    }

    /** Sends a whole file, going on wherever the device says; gives the last answer. */
    JsonNode upload(byte[] file) {
        JsonNode last = fields();
        for (int offset = 0; offset < file.length; ) {
            ObjectNode piece = fields().put("off", offset);
            if (offset == 0) {
                piece.put("len", file.length);
            }
            piece.put("data", Arrays.copyOfRange(file, offset, Math.min(file.length, offset + PIECE)));
            last = ask(WRITE, IMAGE, 1, piece);
            int next = last.path("off").asInt(-1);
            if (last.path("rc").asInt(0) != 0 || next <= offset) {
                return last;
            }
            offset = next;
        }
        return last;
    }

    private byte[] packet(int operation, int group, int command, ObjectNode content) {
        byte[] body = cbor.writeValueAsBytes(content);
        return ByteBuffer.allocate(HEADER + body.length)
                .put((byte) (VERSION_2 | operation))
                .put((byte) 0)
                .putShort((short) body.length)
                .putShort((short) group)
                .put((byte) sequence)
                .put((byte) command)
                .put(body)
                .array();
    }

    private void send(byte[] packet) {
        byte[] raw = ByteBuffer.allocate(packet.length + 4)
                .putShort((short) (packet.length + 2))
                .put(packet)
                .putShort((short) crc16(packet, 0, packet.length))
                .array();
        byte[] text = Base64.getEncoder().encode(raw);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (int at = 0; at < text.length; at += LINE) {
            lines.writeBytes(at == 0 ? new byte[] {6, 9} : new byte[] {4, 20});
            lines.write(text, at, Math.min(LINE, text.length - at));
            lines.write('\n');
        }
        rig.board.console().type(lines.toByteArray());
    }

    private void take(int value) {
        if (previous == 6 && value == 9) {
            base64.reset();
            inside = true;
        } else if (previous == 4 && value == 20) {
            inside = base64.size() > 0;
        } else if (inside && value == '\n') {
            inside = false;
            endLine();
        } else if (inside && value > ' ') {
            base64.write(value);
        }
        previous = value;
    }

    private void endLine() {
        byte[] raw = Base64.getDecoder().decode(base64.toByteArray());
        int length = (raw[0] & 0xFF) << 8 | raw[1] & 0xFF;
        if (raw.length - 2 == length) {
            assertThat(crc16(raw, 2, length)).as("CRC over data and CRC").isZero();
            answer = Arrays.copyOfRange(raw, 2, length);
        }
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
