package dev.updraft.emulator.part;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.core.Clock;
import dev.updraft.emulator.network.Network;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** One of the eight sockets of a {@link W5500} (data sheet 1.1.0, section 4.2). */
final class W5500Socket {
    static final int REGISTERS = 0x30;
    private static final int MODE = 0x00;
    private static final int COMMAND = 0x01;
    private static final int EVENTS = 0x02;
    private static final int STATE = 0x03;
    private static final int PORT = 0x04;
    private static final int PEER = 0x0C;
    private static final int PEER_PORT = 0x10;
    private static final int RX_KB = 0x1E;
    private static final int TX_KB = 0x1F;
    private static final int TX_FREE = 0x20;
    private static final int TX_READ = 0x22;
    private static final int TX_WRITE = 0x24;
    private static final int RX_SIZE = 0x26;
    private static final int RX_READ = 0x28;
    private static final int RX_WRITE = 0x2A;

    private static final int CONNECTED = 0x01;
    private static final int DISCONNECTED = 0x02;
    private static final int RECEIVED = 0x04;
    private static final int TIMED_OUT = 0x08;
    private static final int SENT = 0x10;

    private static final int CLOSED = 0x00;
    private static final int INITIAL = 0x13;
    private static final int CONNECTING = 0x15;
    private static final int ESTABLISHED = 0x17;
    private static final int CLOSE_WAIT = 0x1C;
    private static final int UDP = 0x22;

    private static final int HEADER = 8;
    private static final long SENT_NANOS = 20_000;
    private static final long NANOS_A_BYTE = 80; // 100 Mbit/s

    private final W5500 chip;
    private final ChipTime time;
    private final Clock.Timer sent;
    private final byte[] registers = new byte[REGISTERS];
    private final byte[] transmit = new byte[1 << 14];
    private final byte[] receive = new byte[1 << 14];
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int taken;
    private boolean peerClosed;
    private boolean sending;
    private boolean lost;
    private Network.@Nullable Link link;

    W5500Socket(W5500 chip, ChipTime time, int number) {
        this.chip = chip;
        this.time = time;
        sent = time.clock().timer("W5500 socket " + number, this::sendIsDone);
        time.keepInTime(sent);
    }

    void reset() {
        close();
        Arrays.fill(registers, (byte) 0);
        registers[RX_KB] = 2;
        registers[TX_KB] = 2;
        put16(TX_FREE, 2048);
    }

    private void close() {
        if (link != null) {
            link.close();
            link = null;
        }
        waiting.clear();
        sent.cancel();
        peerClosed = false;
        sending = false;
        registers[STATE] = CLOSED;
        put16(RX_SIZE, 0);
    }

    boolean waitsForNetwork() {
        int state = registers[STATE];
        return state == CONNECTING || state == ESTABLISHED && u16(RX_SIZE) == 0 && !sending;
    }

    // Registers and buffers as SPI sees them.

    int read(int address) {
        return address < REGISTERS ? registers[address] & 0xFF : 0;
    }

    void write(int address, int value) {
        switch (address) {
            case COMMAND -> command(value);
            case EVENTS -> registers[EVENTS] &= (byte) ~value;
            case STATE, TX_FREE, TX_FREE + 1, TX_READ, TX_READ + 1, RX_SIZE, RX_SIZE + 1, RX_WRITE, RX_WRITE + 1 -> {}
            default -> {
                if (address < REGISTERS) {
                    registers[address] = (byte) value;
                }
            }
        }
    }

    void writeTransmit(int address, int value) {
        transmit[address & size(TX_KB) - 1] = (byte) value;
    }

    int readTransmit(int address) {
        return transmit[address & size(TX_KB) - 1] & 0xFF;
    }

    int readReceive(int address) {
        return receive[address & size(RX_KB) - 1] & 0xFF;
    }

    /** A socket without memory has one byte here, which holds nothing. */
    private int size(int register) {
        return Math.max(1, (registers[register] & 0xFF) * 1024);
    }

    private int u16(int register) {
        return (registers[register] & 0xFF) << 8 | registers[register + 1] & 0xFF;
    }

    private void put16(int register, int value) {
        registers[register] = (byte) (value >> 8);
        registers[register + 1] = (byte) value;
    }

    private int peer() {
        return u16(PEER) << 16 | u16(PEER + 2);
    }

    // Commands

    private void command(int value) {
        if (chip.faults().commandsHang) {
            registers[COMMAND] = (byte) value;
            return;
        }
        switch (value) {
            case 0x01 -> open();
            case 0x04 -> connect();
            case 0x08, 0x10 -> close();
            case 0x20 -> send();
            case 0x40 -> takeReceived();
            default -> chip.note("W5500 command " + Integer.toHexString(value) + " is not modelled");
        }
    }

    private void open() {
        close();
        for (int pointer : new int[] {TX_READ, TX_WRITE, RX_READ, RX_WRITE}) {
            put16(pointer, 0);
        }
        taken = 0;
        put16(TX_FREE, size(TX_KB));
        registers[STATE] =
                (byte) ((registers[MODE] & 0xF) == 1 ? INITIAL : (registers[MODE] & 0xF) == 2 ? UDP : CLOSED);
    }

    private void connect() {
        if (registers[STATE] != INITIAL) {
            return;
        }
        registers[STATE] = CONNECTING;
        if (!chip.isLinkUp()) {
            lose();
            return;
        }
        link = chip.network().connect(chip.services().hostAt(peer()), u16(PEER_PORT), new Network.Listener() {
            @Override
            public void connected() {
                registers[STATE] = ESTABLISHED;
                registers[EVENTS] |= CONNECTED;
            }

            @Override
            public void received(byte[] bytes) {
                waiting.add(bytes);
                fill();
            }

            @Override
            public void closed() {
                link = null;
                peerClosed = true;
                fill();
            }

            @Override
            public void refused(String why) {
                link = null;
                registers[EVENTS] |= TIMED_OUT;
                close();
            }
        });
    }

    /** What is sent into a cable that is not there: the chip tries again, and gives up. */
    private void lose() {
        lost = true;
        sending = true;
        sent.start(time.cyclesOfNanos(chip.retryNanos()));
    }

    private void send() {
        int from = u16(TX_READ);
        int length = u16(TX_WRITE) - from & 0xFFFF;
        byte[] bytes = new byte[Math.min(length, size(TX_KB))];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = transmit[from + i & size(TX_KB) - 1];
        }
        put16(TX_READ, u16(TX_WRITE));
        sending = true;
        lost = false;
        if (!chip.isLinkUp() && (registers[STATE] != UDP || peer() != -1)) {
            lose();
            return;
        }
        if (registers[STATE] == UDP) {
            chip.datagram(this, peer(), u16(PEER_PORT), bytes);
        } else if (link != null) {
            link.send(bytes);
        }
        put16(TX_FREE, size(TX_KB) - bytes.length);
        if (!chip.faults().sendsHang) {
            sent.start(time.cyclesOfNanos(SENT_NANOS + NANOS_A_BYTE * bytes.length));
        }
    }

    private void sendIsDone() {
        sending = false;
        put16(TX_FREE, size(TX_KB));
        if (!lost) {
            registers[EVENTS] |= SENT;
            return;
        }
        lost = false;
        registers[EVENTS] |= TIMED_OUT;
        if (registers[STATE] != UDP) {
            close();
        }
    }

    // Receiving

    /** Moves what came in into the buffer, as far as there is room; the peer learns of room only by RECV. */
    private void fill() {
        for (int room = size(RX_KB) - u16(RX_SIZE); room > 0 && !waiting.isEmpty(); room = size(RX_KB) - u16(RX_SIZE)) {
            byte[] first = waiting.remove();
            if (first.length > room) {
                waiting.addFirst(Arrays.copyOfRange(first, room, first.length));
                first = Arrays.copyOf(first, room);
            }
            store(first);
        }
        if (peerClosed && waiting.isEmpty() && registers[STATE] == ESTABLISHED) {
            registers[STATE] = CLOSE_WAIT;
            registers[EVENTS] |= DISCONNECTED;
        }
    }

    private void store(byte[] bytes) {
        int at = u16(RX_WRITE);
        for (byte value : bytes) {
            receive[at++ & size(RX_KB) - 1] = value;
        }
        put16(RX_WRITE, at);
        put16(RX_SIZE, u16(RX_SIZE) + bytes.length);
        registers[EVENTS] |= RECEIVED;
    }

    private void takeReceived() {
        int now = u16(RX_READ);
        int count = now - taken & 0xFFFF;
        taken = now;
        put16(RX_SIZE, u16(RX_WRITE) - now & 0xFFFF);
        if (link != null) {
            link.consumed(count);
        }
        fill();
    }

    /** A datagram came; it is dropped where there is no room. */
    void datagramCame(int from, int port, byte[] data) {
        if (registers[STATE] != UDP || data.length + HEADER > size(RX_KB) - u16(RX_SIZE)) {
            return;
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (int value :
                new int[] {from >>> 24, from >>> 16, from >>> 8, from, port >> 8, port, data.length >> 8, data.length
                }) {
            whole.write(value);
        }
        whole.writeBytes(data);
        store(whole.toByteArray());
    }

    int port() {
        return u16(PORT);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Snapshot(byte[] registers, byte[] transmit, byte[] receive, int taken) {}

    Object save() {
        return new Snapshot(registers.clone(), transmit.clone(), receive.clone(), taken);
    }

    /** Connections do not outlive it: the peer is another one by then. */
    void restore(Object from) {
        Snapshot snapshot = (Snapshot) from;
        close();
        System.arraycopy(snapshot.registers, 0, registers, 0, REGISTERS);
        System.arraycopy(snapshot.transmit, 0, transmit, 0, transmit.length);
        System.arraycopy(snapshot.receive, 0, receive, 0, receive.length);
        taken = snapshot.taken;
        if (registers[STATE] != UDP && registers[STATE] != CLOSED) {
            close();
        }
    }
}
