package dev.updraft.gateway.smp;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks a device, and has its answers. A request without an answer is sent again: all but the reset may be repeated. Answers to what was not
 * asked are passed over.
 */
public final class SmpClient {
    private static final int VERSION_2 = 1;
    private static final int TRIES = 4;

    /** Answers in a row that are to nothing that was asked: the device talks nonsense, or somebody else asks it too. */
    private static final int STRAYS_MOST = 64;

    private final Pipe pipe;
    private final Framing framing;
    private final Deque<byte[]> received = new ArrayDeque<>();
    private int sequence;

    public SmpClient(Pipe pipe, Framing framing) {
        this.pipe = pipe;
        this.framing = framing;
    }

    public static ObjectNode map() {
        return Cbor.map();
    }

    /** A silent device: it is busy, gone, or there is none. */
    public static final class NoAnswer extends IOException {
        private static final long serialVersionUID = 1;

        NoAnswer(Duration waited) {
            super("no answer within " + waited.toMillis() / 1000.0 + " s");
        }
    }

    public JsonNode read(int group, int command, Duration patience) throws IOException, Refusal {
        return ask(Packet.READ, group, command, Cbor.map(), patience);
    }

    public JsonNode write(int group, int command, ObjectNode body, Duration patience) throws IOException, Refusal {
        return ask(Packet.WRITE, group, command, body, patience);
    }

    /** @param patience how long to wait for the answer, the request repeated meanwhile */
    private JsonNode ask(int operation, int group, int command, ObjectNode body, Duration patience)
            throws IOException, Refusal {
        long end = System.nanoTime() + patience.toNanos();
        Packet request = send(operation, group, command, body);
        for (int tries = 1; ; tries++) {
            long share = Math.max((end - System.nanoTime()) / Math.max(1, TRIES - tries + 1), 1);
            Packet answer = answer(share, request);
            if (answer != null) {
                return content(answer);
            }
            if (System.nanoTime() >= end) {
                throw new NoAnswer(patience);
            }
            framing.drop();
            pipe.write(framing.wrap(request.bytes()));
        }
    }

    /** One of the few requests that must not be repeated; without an answer nobody knows whether it arrived. */
    void once(int operation, int group, int command, ObjectNode body, Duration patience) throws IOException, Refusal {
        Packet answer = answer(patience.toNanos(), send(operation, group, command, body));
        if (answer != null) {
            content(answer);
        }
    }

    private @Nullable Packet answer(long nanos, Packet request) throws IOException {
        long end = System.nanoTime() + nanos;
        for (int strays = 0; strays < STRAYS_MOST; strays++) {
            Packet answer = receive(end);
            if (answer == null || answer.answers(request)) {
                return answer;
            }
        }
        throw new SmpException("the device answers what it was not asked");
    }

    /** Sends one request more, without waiting; the caller matches the answers. */
    Packet send(int operation, int group, int command, ObjectNode body) throws IOException {
        Packet request =
                new Packet(operation, VERSION_2, group, sequence = (sequence + 1) & 0xFF, command, Cbor.bytes(body));
        pipe.write(framing.wrap(request.bytes()));
        return request;
    }

    /** The next packet until {@code end} of {@link System#nanoTime}, or null. */
    @Nullable
    Packet receive(long end) throws IOException {
        while (received.isEmpty()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            framing.take(pipe.read(Duration.ofNanos(left)), received::add);
        }
        return Packet.of(received.remove());
    }

    void drop() {
        framing.drop();
        received.clear();
    }

    /** What an answer holds, if it is no refusal. */
    static JsonNode content(Packet answer) throws IOException, Refusal {
        JsonNode content = Cbor.read(answer.body());
        JsonNode error = content.path("err");
        if (error.isObject()) {
            throw new Refusal(error.path("group").asInt(0), error.path("rc").asInt(1), text(content.path("rsn")));
        }
        int code = content.path("rc").asInt(0);
        if (code != 0) {
            throw Refusal.general(Math.max(1, code), text(content.path("rsn")));
        }
        return content;
    }

    /** Printable, and short: it goes to logs and to the server. */
    private static @Nullable String text(JsonNode node) {
        if (!node.isString()) {
            return null;
        }
        String text = node.asString().replaceAll("\\p{Cntrl}", " ").strip();
        return text.isEmpty() ? null : text.substring(0, Math.min(100, text.length()));
    }
}
