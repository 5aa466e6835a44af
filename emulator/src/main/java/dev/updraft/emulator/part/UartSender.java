package dev.updraft.emulator.part;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.core.Clock;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The transmitter of a part on a UART: bytes leave one after the other, each taking its ten bit times, and stop while RTS says so. */
public final class UartSender {
    private final ChipTime time;
    private final Clock.Timer timer;
    private @Nullable UartWire wire;
    private byte[] queue = new byte[256];
    private int head;
    private int tail;
    private long baud = 115_200;
    private boolean flowControl;

    public UartSender(String name, ChipTime time) {
        this.time = time;
        timer = time.clock().timer(name + " sends", this::sent);
        time.keepInTime(timer);
    }

    public void connect(UartWire to) {
        wire = to;
        to.onClearToSend(this::begin);
    }

    /** Bits a second, 8N1. */
    public void setBaud(long bitsPerSecond) {
        baud = bitsPerSecond;
    }

    public long baud() {
        return baud;
    }

    /** Whether the chip's RTS holds the sender back. */
    public void setFlowControl(boolean on) {
        flowControl = on;
    }

    public boolean flowControl() {
        return flowControl;
    }

    /** Bytes that wait to be sent. */
    public int queued() {
        return tail - head;
    }

    public boolean idle() {
        return head == tail;
    }

    public void send(byte[] bytes) {
        if (head > 0) {
            System.arraycopy(queue, head, queue, 0, tail - head);
            tail -= head;
            head = 0;
        }
        if (tail + bytes.length > queue.length) {
            queue = Arrays.copyOf(queue, Math.max(queue.length * 2, tail + bytes.length));
        }
        System.arraycopy(bytes, 0, queue, tail, bytes.length);
        tail += bytes.length;
        begin();
    }

    /** Forgets what was not sent yet. */
    public void clear() {
        head = 0;
        tail = 0;
        timer.cancel();
    }

    private void begin() {
        if (head < tail && !timer.running() && wire != null && (!flowControl || wire.clearToSend())) {
            timer.start(time.cyclesOfNanos(10_000_000_000L / baud));
        }
    }

    private void sent() {
        UartWire to = wire;
        if (to != null && head < tail) {
            to.deliver(queue[head++] & 0xFF, baud);
            begin();
        }
    }

    /** The queue and the settings. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Snapshot(byte[] queued, long baud, boolean flowControl) {}

    public Snapshot save() {
        return new Snapshot(Arrays.copyOfRange(queue, head, tail), baud, flowControl);
    }

    public void restore(Snapshot from) {
        queue = Arrays.copyOf(from.queued, Math.max(256, from.queued.length));
        head = 0;
        tail = from.queued.length;
        baud = from.baud;
        flowControl = from.flowControl;
    }

    /** Bytes of ASCII text. */
    static byte[] ascii(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        text.chars().forEach(out::write);
        return out.toByteArray();
    }
}
