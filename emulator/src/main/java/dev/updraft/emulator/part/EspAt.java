package dev.updraft.emulator.part;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.core.Clock;
import dev.updraft.emulator.network.Network;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * An Espressif module with ESP-AT firmware on a UART (ESP-AT user guide v3.4): this class is its serial side, that is lines in, replies out
 * at the time they take, {@code busy p...} meanwhile, and raw bytes behind the send prompt. {@link EspCommands} knows the commands.
 */
public final class EspAt implements UartPart {
    static final long MILLI = 1_000_000;
    private static final int LONGEST_LINE = 256;
    /** Bytes that the UART takes while nobody reads them (ESP32 technical reference, UART controller). */
    private static final int FIFO = 128;
    /** From so many on it holds RTS, where that is switched on. */
    private static final int FIFO_NEARLY_FULL = 120;

    private static final int RTS = 1;
    private static final int CTS = 2;

    /** What happens when a reply is due. */
    enum Effect {
        NONE,
        READY,
        JOINED,
        /** The UART changes its speed once everything before is sent. */
        NEW_SPEED,
        /** Raw bytes for a send come next. */
        COLLECT,
        /** As NEW_SPEED: everything before must be sent. */
        RESTART
    }

    /** A reply on its way: what to print so much later than the one before, and what happens then. */
    record Step(long nanos, String text, Effect effect) {}

    private final ChipTime time;
    private final EspSettings settings;
    private final UartSender sender;
    private final Clock.Timer timer;
    private final Clock.Timer reconnect;
    private final EspFaults faults = new EspFaults();
    private final EspCommands commands;
    private final Deque<Step> steps = new ArrayDeque<>();
    private final StringBuilder line = new StringBuilder();

    private boolean powered;
    private boolean ready;
    private boolean echo = true;
    private long nextBaud = 115_200;
    private int nextFlowControl;
    private int flowControl;
    private final Deque<Integer> fifo = new ArrayDeque<>();
    private final Clock.Timer busyElsewhere;
    private final Clock.Timer timeServer;
    private int collecting;
    private byte[] collected = new byte[0];
    private long lastByteNanos;

    public EspAt(ChipTime time, Network network, EspSettings settings) {
        this.time = time;
        this.settings = settings;
        sender = new UartSender("ESP-AT", time);
        timer = time.clock().timer("ESP-AT reply", this::stepDue);
        time.keepInTime(timer);
        reconnect = time.clock().timer("ESP-AT reconnect", this::reconnected);
        time.keepInTime(reconnect);
        busyElsewhere = time.clock().timer("ESP-AT reads on", this::readOn);
        time.keepInTime(busyElsewhere);
        commands = new EspCommands(this, network, settings);
        timeServer = time.clock().timer("ESP-AT time server", commands::timeCame);
        time.keepInTime(timeServer);
    }

    /** What can be made to go wrong. */
    public EspFaults faults() {
        return faults;
    }

    /** The access point is lost: connections break, and the module joins again on its own after about a second. */
    public void loseWifi() {
        commands.loseWifi();
        reconnect.start(time.cyclesOfNanos(scaled(1500 * MILLI)));
    }

    /** The module resets on its own: everything is forgotten, and {@code ready} comes. */
    public void resetModule() {
        restart();
    }

    /**
     * The module does not read its UART for so long, as while it writes its own flash: what the chip sends waits in 128 bytes, behind which RTS
     * holds the chip if that is switched on, and bytes are lost if not.
     */
    public void standStill(long millis) {
        busyElsewhere.start(time.cyclesOfNanos(millis * MILLI));
    }

    @Override
    public boolean ready() {
        return (flowControl & RTS) == 0 || fifo.size() < FIFO_NEARLY_FULL;
    }

    void askTime() {
        timeServer.start(time.cyclesOfNanos(scaled(300 * MILLI)));
    }

    private void readOn() {
        while (!fifo.isEmpty()) {
            read(fifo.remove());
        }
    }

    /** The connection breaks, and unread bytes are lost with it. */
    public void breakLink(int id) {
        commands.breakLink(id);
    }

    /**
     * Whether the module has nothing to do but to wait for bytes from the network: as long as it does, virtual time must not run
     * ahead of real time when the network is real.
     */
    public boolean waitsForNetwork() {
        boolean chipIsSending = time.nanos() - lastByteNanos < 20_000_000_000L / sender.baud();
        return ready
                && sender.idle()
                && steps.isEmpty()
                && collecting == 0
                && !chipIsSending
                && commands.waitsForNetwork();
    }

    @Override
    public void connect(UartWire wire) {
        sender.connect(new UartWire() {
            @Override
            public void deliver(int value, long baud) {
                int out = faults.pass(value);
                if (out >= 0) {
                    wire.deliver(out, baud);
                }
            }

            @Override
            public boolean clearToSend() {
                return wire.clearToSend();
            }

            @Override
            public void onClearToSend(Runnable action) {
                wire.onClearToSend(action);
            }
        });
    }

    @Override
    public void powerUp() {
        powered = true;
        restart();
    }

    @Override
    public void powerDown() {
        powered = false;
        ready = false;
        forget();
    }

    private void forget() {
        commands.forget();
        steps.clear();
        timer.cancel();
        reconnect.cancel();
        sender.clear();
        line.setLength(0);
        fifo.clear();
        busyElsewhere.cancel();
        timeServer.cancel();
        collecting = 0;
    }

    void restart() {
        forget();
        ready = false;
        echo = true;
        sender.setBaud(115_200);
        flowControl = 0;
        sender.setFlowControl(false);
        later(300, "\r\nready\r\n", Effect.READY);
    }

    @Override
    public void receive(int value, long baud) {
        lastByteNanos = time.nanos();
        if (!powered || !ready) {
            return;
        }
        boolean rubbish = Math.abs(baud - sender.baud()) * 100 > sender.baud() * 4;
        int seen = rubbish ? (value * 0x9D ^ 0xA5) & 0xFF : value;
        if (!busyElsewhere.running()) {
            read(seen);
        } else if (fifo.size() < FIFO) {
            fifo.add(seen);
        }
    }

    private void read(int seen) {
        if (collecting > 0) {
            collect(seen);
        } else {
            lineByte(seen);
        }
    }

    private void lineByte(int value) {
        if (echo) {
            sender.send(new byte[] {(byte) value});
        }
        if (value != '\n') {
            line.append((char) value);
            if (line.length() > LONGEST_LINE) {
                line.setLength(0);
                print("\r\nERROR\r\n");
            }
            return;
        }
        String text = line.toString().strip();
        line.setLength(0);
        if (text.isEmpty()) {
            return;
        }
        if (busy() || faults.takeBusy()) {
            print("\r\nbusy p...\r\n");
            return;
        }
        AtCommand.parse(text).ifPresentOrElse(commands::execute, this::error);
    }

    private boolean busy() {
        return !steps.isEmpty() || commands.connecting();
    }

    private void collect(int value) {
        collected[collected.length - collecting] = (byte) value;
        collecting--;
        if (collecting == 0) {
            byte[] whole = collected;
            collected = new byte[0];
            commands.send(whole);
        }
    }

    // What commands do to the serial side.

    void print(String text) {
        sender.send(UartSender.ascii(text));
    }

    void print(byte[] bytes) {
        sender.send(bytes);
    }

    /** Prints after a while; replies follow one another. */
    void later(long millis, String text, Effect effect) {
        steps.add(new Step(scaled(millis * MILLI), text, effect));
        arm();
    }

    void ok() {
        later(2, "\r\nOK\r\n", Effect.NONE);
    }

    void ok(String before) {
        later(2, before + "\r\nOK\r\n", Effect.NONE);
    }

    void error() {
        later(2, "\r\nERROR\r\n", Effect.NONE);
    }

    void setEcho(boolean on) {
        echo = on;
    }

    /** Takes raw bytes for a send after the prompt. */
    void promptFor(int bytes) {
        collected = new byte[bytes];
        later(2, "\r\nOK\r\n\r\n>", Effect.COLLECT);
    }

    boolean withholdSendOk() {
        return faults.takeSendOk();
    }

    /** Speed and flow control after the reply. */
    void changeSpeed(long baud, int flow) {
        nextBaud = baud;
        nextFlowControl = flow;
        later(2, "\r\nOK\r\n", Effect.NONE);
        later(1, "", Effect.NEW_SPEED);
    }

    long baud() {
        return sender.baud();
    }

    /** As AT+UART_CUR has it: 1 RTS, 2 CTS. */
    int flowControl() {
        return flowControl;
    }

    private long scaled(long nanos) {
        return Math.max(1, Math.round(nanos * settings.factor()));
    }

    private void arm() {
        Step next = steps.peek();
        if (next != null && !timer.running()) {
            timer.start(time.cyclesOfNanos(next.nanos));
        }
    }

    private void stepDue() {
        Step step = steps.peek();
        if (step == null) {
            return;
        }
        boolean afterAll = step.effect == Effect.NEW_SPEED || step.effect == Effect.RESTART;
        if (afterAll && step.text.isEmpty() && !sender.idle()) {
            timer.start(time.cyclesOfNanos(MILLI));
            return;
        }
        steps.remove();
        print(step.text);
        switch (step.effect) {
            case NONE -> {}
            case READY -> ready = true;
            case JOINED -> commands.joined();
            case NEW_SPEED -> {
                sender.setBaud(nextBaud);
                flowControl = nextFlowControl;
                sender.setFlowControl((flowControl & CTS) != 0);
            }
            case COLLECT -> collecting = collected.length;
            case RESTART -> {
                restart();
                return;
            }
        }
        arm();
    }

    private void reconnected() {
        print("WIFI CONNECTED\r\nWIFI GOT IP\r\n");
        commands.joined();
    }

    private record Snapshot(
            UartSender.Snapshot sender,
            List<Step> steps,
            String line,
            List<Boolean> flags,
            long nextBaud,
            List<Integer> counts,
            List<Integer> fifo,
            long lastByteNanos,
            Object commands,
            Object faults) {}

    @Override
    public Object save() {
        return new Snapshot(
                sender.save(),
                List.copyOf(steps),
                line.toString(),
                List.of(powered, ready, echo),
                nextBaud,
                List.of(collecting, collected.length, flowControl, nextFlowControl),
                List.copyOf(fifo),
                lastByteNanos,
                commands.save(),
                faults.save());
    }

    @Override
    public void restore(Object from) {
        Snapshot snapshot = (Snapshot) from;
        sender.restore(snapshot.sender);
        steps.clear();
        steps.addAll(snapshot.steps);
        line.setLength(0);
        line.append(snapshot.line);
        powered = snapshot.flags.get(0);
        ready = snapshot.flags.get(1);
        echo = snapshot.flags.get(2);
        flowControl = snapshot.counts.get(2);
        nextFlowControl = snapshot.counts.get(3);
        fifo.clear();
        fifo.addAll(snapshot.fifo);
        nextBaud = snapshot.nextBaud;
        collecting = snapshot.counts.get(0);
        collected = new byte[snapshot.counts.get(1)];
        lastByteNanos = snapshot.lastByteNanos;
        commands.restore(snapshot.commands);
        faults.restore((int[]) snapshot.faults);
    }
}
