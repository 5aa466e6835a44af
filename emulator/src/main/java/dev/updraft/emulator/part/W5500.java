package dev.updraft.emulator.part;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.core.Clock;
import dev.updraft.emulator.network.EthernetServices;
import dev.updraft.emulator.network.Network;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * WIZnet's W5500, Ethernet with TCP in hardware, on SPI (data sheet 1.1.0): frames of address, control byte and data; eight sockets with
 * memory of 16 KB each way. TCP and UDP (DHCP, names) are modelled; MACRAW, PPPoE, listening, interrupts and wake-on-LAN are not.
 */
public final class W5500 implements SpiPart {
    private static final int COMMON = 0x40;
    private static final int MODE = 0x00;
    private static final int RETRY_TIME = 0x19;
    private static final int RETRY_COUNT = 0x1B;
    private static final int PHY = 0x2E;
    private static final int VERSION = 0x39;
    private static final int SOCKETS = 8;

    private static final long LINK_NANOS = 1_600_000_000L;
    private static final long ANSWER_NANOS = 2_000_000;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Datagram(W5500Socket to, int from, int port, byte[] data) {}

    private final ChipTime time;
    private final Network network;
    private final EthernetServices services = new EthernetServices();
    private final W5500Faults faults = new W5500Faults();
    private final SpiFaults wires = new SpiFaults();
    private final Clock.Timer answer;
    private final Deque<Datagram> answers = new ArrayDeque<>();
    private final byte[] common = new byte[COMMON];
    private final W5500Socket[] sockets = new W5500Socket[SOCKETS];
    private Consumer<String> notes = text -> {};
    private boolean powered;
    private boolean selected;
    private long poweredAt;
    private int count;
    private int address;
    private int control;

    public W5500(ChipTime time, Network network) {
        this.time = time;
        this.network = network;
        answer = time.clock().timer("W5500 datagram", this::answerComes);
        time.keepInTime(answer);
        for (int i = 0; i < SOCKETS; i++) {
            sockets[i] = new W5500Socket(this, time, i);
        }
    }

    /** What can be made to go wrong with it. */
    public W5500Faults faults() {
        return faults;
    }

    /** What can be made to go wrong on its wires. */
    public SpiFaults wires() {
        return wires;
    }

    /** DHCP and names on its network. */
    public EthernetServices services() {
        return services;
    }

    /** Is told of what firmware asks for and the model does not do. */
    public void onNote(Consumer<String> listener) {
        notes = listener;
    }

    void note(String text) {
        notes.accept(text);
    }

    Network network() {
        return network;
    }

    boolean isLinkUp() {
        return powered && !faults.unplugged && time.nanos() - poweredAt >= LINK_NANOS;
    }

    /** Until it gives a peer up that does not answer: each wait is twice the one before (section 4.1, RTR and RCR). */
    long retryNanos() {
        long unit = ((common[RETRY_TIME] & 0xFFL) << 8 | common[RETRY_TIME + 1] & 0xFF) * 100_000;
        return unit * ((1L << Math.min(10, (common[RETRY_COUNT] & 0xFF) + 1)) - 1);
    }

    /** Whether some socket has nothing to do but to wait for bytes from the network. */
    public boolean waitsForNetwork() {
        return powered && network.isReal() && Arrays.stream(sockets).anyMatch(W5500Socket::waitsForNetwork);
    }

    @Override
    public void powerUp() {
        powered = true;
        poweredAt = time.nanos();
        reset();
    }

    @Override
    public void powerDown() {
        powered = false;
        reset();
    }

    private void reset() {
        Arrays.fill(common, (byte) 0);
        common[RETRY_TIME] = 0x07;
        common[RETRY_TIME + 1] = (byte) 0xD0;
        common[RETRY_COUNT] = 8;
        for (W5500Socket socket : sockets) {
            socket.reset();
        }
        answers.clear();
        answer.cancel();
    }

    @Override
    public void select(boolean on) {
        selected = on;
        count = 0;
    }

    @Override
    public int transfer(int value) {
        if (!selected || !powered || faults.absent) {
            return 0xFF;
        }
        return wires.pass(wires.isSilent() ? 0xFF : exchange(value));
    }

    private int exchange(int value) {
        int at = count++;
        switch (at) {
            case 0 -> address = value << 8;
            case 1 -> address |= value;
            case 2 -> control = value;
            default -> {
                int where = address++ & 0xFFFF;
                if ((control & 4) == 0) {
                    return read(where);
                }
                write(where, value);
            }
        }
        return Math.min(at + 1, 3); // what the chip gives meanwhile
    }

    private int read(int where) {
        int block = control >> 3;
        if (block == 0) {
            return switch (where) {
                case PHY -> 0xB8 | (isLinkUp() ? 7 : 0);
                case VERSION -> 0x04;
                default -> where < COMMON ? common[where] & 0xFF : 0;
            };
        }
        W5500Socket socket = sockets[block >> 2];
        return switch (block & 3) {
            case 1 -> socket.read(where);
            case 2 -> socket.readTransmit(where);
            case 3 -> socket.readReceive(where);
            default -> 0;
        };
    }

    private void write(int where, int value) {
        int block = control >> 3;
        if (block == 0) {
            if (where == MODE && (value & 0x80) != 0) {
                reset();
            } else if (where < COMMON && where != PHY && where != VERSION) {
                common[where] = (byte) value;
            }
        } else if ((block & 3) == 1) {
            sockets[block >> 2].write(where, value);
        } else if ((block & 3) == 2) {
            sockets[block >> 2].writeTransmit(where, value);
        }
    }

    // Datagrams: DHCP and names are answered, everything else gets lost.

    void datagram(W5500Socket from, int to, int port, byte[] data) {
        Optional<byte[]> reply = switch (port) {
            case 67 -> isLinkUp() ? services.dhcp(data) : Optional.empty();
            case 53 -> to == EthernetServices.NAME_SERVER ? services.dns(data) : Optional.empty();
            default -> Optional.empty();
        };
        int source = port == 67 ? EthernetServices.GATEWAY : to;
        reply.ifPresent(bytes -> {
            answers.add(new Datagram(from, source, port, bytes));
            answer.start(time.cyclesOfNanos(ANSWER_NANOS));
        });
    }

    private void answerComes() {
        while (!answers.isEmpty()) {
            Datagram datagram = answers.remove();
            datagram.to.datagramCame(datagram.from, datagram.port, datagram.data);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Snapshot(byte[] common, List<Object> sockets, boolean[] flags, long poweredAt, int[] numbers) {}

    @Override
    public Object save() {
        List<Object> saved = new ArrayList<>();
        for (W5500Socket socket : sockets) {
            saved.add(socket.save());
        }
        return new Snapshot(
                common.clone(), saved, new boolean[] {powered, selected}, poweredAt, new int[] {count, address, control
                });
    }

    @Override
    public void restore(Object from) {
        Snapshot snapshot = (Snapshot) from;
        System.arraycopy(snapshot.common, 0, common, 0, COMMON);
        for (int i = 0; i < SOCKETS; i++) {
            sockets[i].restore(snapshot.sockets.get(i));
        }
        powered = snapshot.flags[0];
        selected = snapshot.flags[1];
        poweredAt = snapshot.poweredAt;
        count = snapshot.numbers[0];
        address = snapshot.numbers[1];
        control = snapshot.numbers[2];
        answers.clear();
        answer.cancel();
    }
}
