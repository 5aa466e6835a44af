package dev.updraft.gateway.smp;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends a file, several pieces on the way at once where the device has room for them, and goes on wherever the device says: after lost
 * pieces, and after an upload that was broken off earlier.
 */
public final class Upload {
    private static final int IMAGE = 1;
    private static final int UPLOAD = 1;

    /** Map, {@code off} and {@code data} with their heads, and what a console's framing adds to a packet. */
    private static final int OVERHEAD = Packet.HEADER + 32;

    /** {@code len}, {@code sha} and {@code image} beside them. */
    private static final int OVERHEAD_OF_FIRST = OVERHEAD + 60;

    private static final int SMALLEST = 32;

    private static final int SILENCES_MOST = 6;

    private final SmpClient client;
    private final Patience patience;
    private final byte[] file;
    private final byte[] sha256;
    private final int packet;
    private final int window;

    /** Pieces on the way, by the request's number: where the file goes on behind each. */
    private final Map<Integer, Integer> onTheWay = new HashMap<>();

    /**
     * An upload to come.
     *
     * @param packet bytes that a request may have, as the device says
     * @param window requests on the way at once
     */
    public Upload(SmpClient client, byte[] file, byte[] sha256, int packet, int window, Patience patience) {
        this.client = client;
        this.file = file;
        this.sha256 = sha256;
        this.packet = Math.clamp(packet, OVERHEAD_OF_FIRST + SMALLEST, 8 * 1024);
        this.window = Math.clamp(window, 1, 16);
        this.patience = patience;
    }

    /**
     * Sends what the device does not have.
     *
     * @param progress told how many bytes the device has
     */
    public void run(IntConsumer progress) throws IOException, Refusal {
        int has = first();
        progress.accept(has);
        // A device that asks for the same bytes again and again is not served for ever.
        long allowance = 4L * (file.length / SMALLEST + 16);
        int silences = 0;
        int next = has;
        while (has < file.length) {
            while (onTheWay.size() < window && next < file.length) {
                next = send(next);
                if (--allowance < 0) {
                    throw new SmpException("the device asks for the same bytes again and again");
                }
            }
            Integer wanted = answer();
            if (wanted == null) {
                if (++silences > SILENCES_MOST) {
                    throw new SmpClient.NoAnswer(patience.answer().multipliedBy(silences));
                }
                client.drop();
                onTheWay.clear();
                next = has;
                continue;
            }
            silences = 0;
            if (wanted == 0) { // it started again, or forgot
                onTheWay.clear();
                wanted = first();
                next = wanted;
            } else if (onTheWay.isEmpty() || wanted < has) {
                onTheWay.clear();
                next = wanted;
            }
            has = wanted;
            progress.accept(has);
        }
    }

    private int first() throws IOException, Refusal {
        ObjectNode body =
                piece(0, packet - OVERHEAD_OF_FIRST).put("len", file.length).put("sha", sha256);
        return offset(client.write(IMAGE, UPLOAD, body, patience.firstAnswer()));
    }

    private int send(int offset) throws IOException {
        int end = Math.min(file.length, offset + pieceSize());
        Packet request = client.send(Packet.WRITE, IMAGE, UPLOAD, piece(offset, end - offset));
        onTheWay.put(request.sequence(), end);
        return end;
    }

    private int pieceSize() {
        return (packet - OVERHEAD) / SMALLEST * SMALLEST;
    }

    private ObjectNode piece(int offset, int length) {
        byte[] data = Arrays.copyOfRange(file, offset, Math.min(file.length, offset + length));
        return SmpClient.map().put("off", offset).put("data", data);
    }

    /** What the device wants next, from its next answer to a piece; null if none comes. */
    private @Nullable Integer answer() throws IOException, Refusal {
        long end = System.nanoTime() + patience.answer().toNanos();
        for (int strays = 0; strays < 256; strays++) {
            Packet answer = client.receive(end);
            if (answer == null) {
                return null;
            }
            boolean isPiece =
                    answer.operation() == Packet.WRITE + 1 && answer.group() == IMAGE && answer.command() == UPLOAD;
            Integer asSent = isPiece ? onTheWay.remove(answer.sequence()) : null;
            if (asSent != null) {
                int wanted = offset(SmpClient.content(answer));
                if (wanted != asSent) {
                    onTheWay.clear(); // those behind it start at the wrong place
                }
                return wanted;
            }
        }
        throw new SmpException("the device answers what it was not asked");
    }

    private int offset(JsonNode content) throws SmpException {
        long offset = content.path("off").asLong(-1);
        if (offset < 0 || offset > file.length) {
            throw new SmpException("the device asks for byte " + offset + " of a file of " + file.length);
        }
        return (int) offset;
    }
}
