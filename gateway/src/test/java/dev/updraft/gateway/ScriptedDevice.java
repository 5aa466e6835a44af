package dev.updraft.gateway;

import dev.updraft.gateway.smp.Pipe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * The device's side of SMP as Zephyr's server answers it, or as Updraft's, written from the protocol alone; with a line that loses, doubles
 * and garbles, and a device that resets in between. A file is an image whose digest is its first 32 bytes.
 */
final class ScriptedDevice {
    private static final ObjectMapper CBOR = new CBORMapper();
    private static final int PACKET = 384;

    final String id;
    private final boolean ours;
    private final int window;

    /** What can go wrong; each draws on its own. */
    record Faults(double lose, double twice, double garble, double hangUp, double reset) {
        static final Faults NONE = new Faults(0, 0, 0, 0, 0);
    }

    private Faults faults = Faults.NONE;
    private SplittableRandom chance = new SplittableRandom(1);

    private byte[] running = new byte[32];
    private byte @Nullable [] before;
    private byte[] staged = new byte[0];
    private byte @Nullable [] stagedSum;
    private int wanted;
    private int received;
    private boolean pending;
    private boolean confirmed = true;
    private boolean good = true;
    private int outcome;
    private long seq;
    private int silent;

    int installed;
    int acknowledged;
    long bytesTaken;

    @Nullable
    String refusesWith;

    /** A device of Updraft's, or one of another make. */
    ScriptedDevice(String id, boolean ours, int window) {
        this.id = id;
        this.ours = ours;
        this.window = window;
        running[31] = 1;
    }

    synchronized void faults(Faults now, long seed) {
        faults = now;
        chance = new SplittableRandom(seed);
    }

    /** What is installed from now on does not pass its trial. */
    void isBad() {
        good = false;
    }

    synchronized boolean runs(byte[] digest) {
        return Arrays.equals(running, digest) && confirmed;
    }

    Pipe open() {
        return new Line();
    }

    private final class Line implements Pipe {
        private final LinkedBlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
        private boolean hungUp;

        @Override
        public void write(byte[] bytes) throws IOException {
            synchronized (ScriptedDevice.this) {
                if (hungUp || chance.nextDouble() < faults.hangUp()) {
                    hungUp = true;
                    throw new IOException("hung up");
                }
                if (chance.nextDouble() < faults.reset()) {
                    reset();
                }
                if (silent > 0) {
                    silent--;
                    return;
                }
                for (byte[] request : onTheLine(bytes)) {
                    if (silent > 0) {
                        return; // it has reset since the first one
                    }
                    for (byte[] answer : onTheLine(answer(request))) {
                        answers.add(answer);
                    }
                }
            }
        }

        private byte[][] onTheLine(byte[] bytes) {
            if (bytes.length == 0 || chance.nextDouble() < faults.lose()) {
                return new byte[0][];
            }
            byte[] sent = bytes.clone();
            if (chance.nextDouble() < faults.garble()) { // a line with a CRC drops it; this one has none
                return new byte[][] {Arrays.copyOf(sent, sent.length / 2)};
            }
            return chance.nextDouble() < faults.twice() ? new byte[][] {sent, sent} : new byte[][] {sent};
        }

        @Override
        public byte[] read(Duration atMost) throws IOException {
            if (hungUp) {
                throw new IOException("hung up");
            }
            try {
                byte[] bytes = answers.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
                return bytes == null ? new byte[0] : bytes;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        @Override
        public void close() {}
    }

    /** Power goes and comes back: what a boot does. */
    private void reset() {
        silent = 3;
        if (!confirmed) { // on trial, and not confirmed
            running = java.util.Objects.requireNonNull(before);
            confirmed = true;
            finish(6);
        } else if (pending) {
            pending = false;
            before = running;
            running = Arrays.copyOf(staged, 32);
            staged = new byte[0];
            installed++;
            confirmed = false;
        }
    }

    private void finish(int event) {
        outcome = event;
        seq++;
    }

    private byte[] answer(byte[] packet) {
        if (packet.length < 8 || packet.length != 8 + ((packet[2] & 0xFF) << 8 | packet[3] & 0xFF)) {
            return new byte[0];
        }
        if (!confirmed && !good) {
            reset(); // the watchdog bites
            return new byte[0];
        }
        if (!confirmed && ours) { // somebody is there: the self-test passes
            confirmed = true;
            finish(5);
        }
        int operation = packet[0] & 7;
        int command = (packet[4] & 0xFF) << 24 | (packet[5] & 0xFF) << 16 | operation << 8 | packet[7];
        JsonNode request = CBOR.readTree(Arrays.copyOfRange(packet, 8, packet.length));
        ObjectNode said = CBOR.createObjectNode();
        switch (command) {
            case 6 -> said.put("buf_size", PACKET).put("buf_count", window);
            case 0x2_05 -> {
                // answered first
            }
            case 0x1_0000 -> images(said);
            case 0x1_0200 -> setState(request, said);
            case 0x1_0201 -> upload(request, said);
            case 0x1_0006 ->
                said.putArray("images")
                        .addObject()
                        .put("image", 0)
                        .putArray("slots")
                        .addObject()
                        .put("slot", 1)
                        .put("size", 1 << 20);
            case 0x5544_0000 -> checkIn(said);
            case 0x5544_0001 -> outcome(said);
            case 0x5544_0201 -> acknowledge(request);
            default -> said.put("rc", 8);
        }
        byte[] answer = packet(packet, said);
        if (command == 0x2_05) {
            reset();
        }
        return answer;
    }

    private static byte[] packet(byte[] request, ObjectNode said) {
        byte[] body = CBOR.writeValueAsBytes(said);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(request[0] + 1);
        out.write(0);
        out.write(body.length >> 8);
        out.write(body.length);
        out.write(request, 4, 4);
        out.writeBytes(body);
        return out.toByteArray();
    }

    private void images(ObjectNode said) {
        ArrayNode list = said.putArray("images");
        list.addObject()
                .put("slot", 0)
                .put("version", "1." + running[31] + ".0.0")
                .put("hash", running)
                .put("active", true)
                .put("confirmed", confirmed);
        if (staged.length > 0 && received == staged.length) {
            list.addObject()
                    .put("slot", 1)
                    .put("version", "1.9.0")
                    .put("hash", Arrays.copyOf(staged, 32))
                    .put("pending", pending);
        }
    }

    private void setState(JsonNode request, ObjectNode said) {
        byte[] hash = request.path("hash").isBinary() ? request.path("hash").binaryValue() : null;
        if (hash == null) {
            confirmed = true;
        } else if (staged.length > 0 && received == staged.length && Arrays.equals(hash, Arrays.copyOf(staged, 32))) {
            pending = true;
        } else {
            said.putObject("err").put("group", 1).put("rc", 8);
            return;
        }
        images(said);
    }

    private void upload(JsonNode request, ObjectNode said) {
        if (refusesWith != null) {
            said.put("rc", 9).put("rsn", refusesWith);
            return;
        }
        int offset = request.path("off").asInt();
        byte[] data = request.path("data").binaryValue();
        if (offset == 0) {
            byte[] sum = request.path("sha").binaryValue();
            if (!Arrays.equals(sum, stagedSum) || staged.length == 0) {
                stagedSum = sum;
                wanted = request.path("len").asInt();
                staged = new byte[wanted];
                received = 0;
                pending = false;
            }
        }
        if (offset == received && received < wanted) {
            System.arraycopy(data, 0, staged, offset, data.length);
            received += data.length;
            bytesTaken += data.length;
            if (received == wanted && !Arrays.equals(sha256(staged), stagedSum)) {
                staged = new byte[0];
                received = 0;
                said.put("rc", 9).put("rsn", "download");
                return;
            }
        }
        said.put("off", received);
    }

    private void checkIn(ObjectNode said) {
        if (!ours) {
            said.put("rc", 8);
            return;
        }
        // {1: digest}; the test's server reads no more of it
        byte[] checkIn = new byte[36];
        checkIn[0] = (byte) 0xA1;
        checkIn[1] = 1;
        checkIn[2] = 0x58;
        checkIn[3] = 32;
        System.arraycopy(running, 0, checkIn, 4, 32);
        said.put("id", id).put("check-in", checkIn);
    }

    private void outcome(ObjectNode said) {
        if (!ours) {
            said.put("rc", 8);
        } else if (outcome != 0) {
            said.put("seq", seq).put("report", new byte[] {(byte) 0xA2, 1, (byte) seq, 2, (byte) outcome});
        }
    }

    private void acknowledge(JsonNode request) {
        if (request.path("seq").asLong() == seq && outcome != 0) {
            outcome = 0;
            acknowledged++;
        }
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
