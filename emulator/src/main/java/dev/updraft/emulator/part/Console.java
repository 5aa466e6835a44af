package dev.updraft.emulator.part;

import dev.updraft.emulator.chip.ChipTime;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** A terminal on a UART: whatever speed the firmware chose, it reads it. */
public final class Console implements UartPart {
    private static final int KEPT = 1 << 20;

    private final UartSender sender;
    private final List<IntConsumer> byteSinks = new ArrayList<>();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final List<Consumer<String>> lineSinks = new ArrayList<>();

    public Console(ChipTime time) {
        sender = new UartSender("console", time);
    }

    /** Told each byte that the firmware prints. */
    public void onByte(IntConsumer sink) {
        byteSinks.add(sink);
    }

    /** Told each line, without its end (LF; CR is dropped). */
    public void onLine(Consumer<String> sink) {
        lineSinks.add(sink);
    }

    /** Types bytes. */
    public void type(byte[] bytes) {
        sender.send(bytes);
    }

    /** All that was printed since the board was made; the first 1 MiB of it. */
    public String text() {
        return kept.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void connect(UartWire wire) {
        sender.connect(wire);
    }

    @Override
    public void receive(int value, long baud) {
        sender.setBaud(baud);
        if (kept.size() < KEPT) {
            kept.write(value);
        }
        byteSinks.forEach(sink -> sink.accept(value));
        if (value == '\n') {
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            lineSinks.forEach(sink -> sink.accept(text));
        } else if (value != '\r') {
            line.write(value);
        }
    }

    @Override
    public void powerDown() {
        sender.clear();
        line.reset();
    }

    @Override
    public Object save() {
        return sender.save();
    }

    @Override
    public void restore(Object from) {
        sender.restore((UartSender.Snapshot) from);
        line.reset();
    }
}
