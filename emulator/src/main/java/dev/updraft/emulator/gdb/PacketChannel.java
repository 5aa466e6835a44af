package dev.updraft.emulator.gdb;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One connection, as packets (GDB manual, appendix E.1 Overview): framed by $ and #, with a checksum, acknowledged until the
 * debugger asks for that to end. Bytes are characters of ISO 8859-1, so that binary data passes.
 */
final class PacketChannel implements AutoCloseable {
    private static final int INTERRUPT = 3;
    private static final int ESCAPE = '}';

    private final Socket socket;
    private final OutputStream out;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile boolean acknowledging = true;
    private byte[] last = {};

    /** What comes from the debugger. */
    sealed interface Event {
        record Packet(String text) implements Event {}

        /** Ctrl-C. */
        record Interrupt() implements Event {}

        /** The connection is gone. */
        record End() implements Event {}
    }

    PacketChannel(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        InputStream in = new BufferedInputStream(socket.getInputStream());
        Thread.ofVirtual().name("gdb connection").start(() -> read(in));
    }

    private void read(InputStream in) {
        try {
            while (true) {
                int value = in.read();
                switch (value) {
                    case -1 -> {
                        events.add(new Event.End());
                        return;
                    }
                    case INTERRUPT -> events.add(new Event.Interrupt());
                    case '-' -> write(last);
                    case '$' -> packet(in);
                    default -> {}
                }
            }
        } catch (IOException lost) {
            events.add(new Event.End());
        }
    }

    private void packet(InputStream in) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        int sum = 0;
        int value;
        while ((value = in.read()) != '#' && value >= 0) {
            sum += value;
            if (value == ESCAPE) {
                value = in.read();
                sum += value;
                value ^= 0x20;
            }
            content.write(value);
        }
        int expected = Character.digit(in.read(), 16) << 4 | Character.digit(in.read(), 16);
        boolean good = (sum & 0xFF) == expected;
        if (acknowledging) {
            write(new byte[] {(byte) (good ? '+' : '-')});
        }
        if (good) {
            events.add(new Event.Packet(content.toString(StandardCharsets.ISO_8859_1)));
        }
    }

    /** Waits for the next event. */
    Event take() throws InterruptedException {
        return events.take();
    }

    /** Whether something came that a running board must be stopped for; does not wait. */
    boolean isWaiting() {
        return !events.isEmpty();
    }

    /** What waits; null when nothing does. */
    @Nullable
    Event peek() {
        return events.peek();
    }

    /** Waits for something to come, at most so long. */
    void await(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (events.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(1);
        }
    }

    void stopAcknowledging() {
        acknowledging = false;
    }

    void send(String packet) throws IOException {
        ByteArrayOutputStream framed = new ByteArrayOutputStream(packet.length() + 4);
        framed.write('$');
        int sum = 0;
        for (byte each : packet.getBytes(StandardCharsets.ISO_8859_1)) {
            int value = each & 0xFF;
            if (value == '$' || value == '#' || value == ESCAPE || value == '*') {
                framed.write(ESCAPE);
                sum += ESCAPE;
                value ^= 0x20;
            }
            framed.write(value);
            sum += value;
        }
        framed.write('#');
        framed.writeBytes(String.format("%02x", sum & 0xFF).getBytes(StandardCharsets.US_ASCII));
        last = framed.toByteArray();
        write(last);
    }

    private synchronized void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
