package dev.updraft.emulator.network;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a small network offers to its hosts beside TCP: a DHCP server (RFC 2131) and a name server (RFC 1035). Names get addresses of their
 * own (198.18.0.0/15, RFC 2544), so that a connection to such an address can be made to the name behind it.
 */
public final class EthernetServices {
    /** Addresses of the network: host, gateway (which gives the leases), name server. */
    public static final int HOST = 0x0A00020F;

    public static final int GATEWAY = 0x0A000202;
    public static final int NAME_SERVER = 0x0A000203;

    private static final int MASK = 0xFFFFFF00;
    private static final int NAMES = 0xC6120000;
    private static final int COOKIE = 0x63825363;
    private static final int OPTIONS = 240;
    private static final int DISCOVER = 1;
    private static final int REQUEST = 3;

    private final Map<String, Integer> addresses = new LinkedHashMap<>();
    private int leaseSeconds = 3600;
    private boolean givesLeases = true;
    private boolean refusesLeases;
    private boolean resolves = true;

    /** How long an address is lent. */
    public void leaseSeconds(int seconds) {
        leaseSeconds = seconds;
    }

    /** Whether DHCP is answered at all. */
    public void givesLeases(boolean on) {
        givesLeases = on;
    }

    /** Every request for a lease is answered with NAK. */
    public void refusesLeases(boolean on) {
        refusesLeases = on;
    }

    /** Whether names are answered at all. */
    public void resolves(boolean on) {
        resolves = on;
    }

    /** The name whose address this is, or the address as text. */
    public String hostAt(int address) {
        return addresses.entrySet().stream()
                .filter(known -> known.getValue() == address)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> text(address));
    }

    private static String text(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    /** The DHCP server's answer to a message, if it has one. */
    public Optional<byte[]> dhcp(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        if (!givesLeases || message.length < OPTIONS + 4 || message[0] != 1 || in.getInt(236) != COOKIE) {
            return Optional.empty();
        }
        int type = option(message, 53).map(value -> (int) value[0]).orElse(0);
        if (type != DISCOVER && type != REQUEST) {
            return Optional.empty();
        }
        int wanted = option(message, 50)
                .map(value -> ByteBuffer.wrap(value).getInt())
                .orElse(in.getInt(12));
        boolean lent = !refusesLeases && (type == DISCOVER || wanted == HOST);
        ByteBuffer out = ByteBuffer.allocate(300);
        out.put(0, (byte) 2)
                .put(1, (byte) 1)
                .put(2, (byte) 6)
                .put(4, message, 4, 4)
                .put(28, message, 28, 16);
        out.putInt(236, COOKIE).position(OPTIONS);
        out.put(new byte[] {53, 1, (byte) (type == DISCOVER ? 2 : lent ? 5 : 6)});
        option(out, 54, GATEWAY);
        if (type == DISCOVER || lent) {
            out.putInt(16, HOST);
            option(out, 51, leaseSeconds);
            option(out, 1, MASK);
            option(out, 3, GATEWAY);
            option(out, 6, NAME_SERVER);
        }
        out.put((byte) 255);
        return Optional.of(out.array());
    }

    private static void option(ByteBuffer out, int code, int value) {
        out.put((byte) code).put((byte) 4).putInt(value);
    }

    private static Optional<byte[]> option(byte[] message, int code) {
        for (int at = OPTIONS; at + 1 < message.length && message[at] != (byte) 255; ) {
            if (message[at] == 0) {
                at++;
                continue;
            }
            int length = message[at + 1] & 255;
            if (message[at] == code && length > 0 && at + 2 + length <= message.length) {
                return Optional.of(Arrays.copyOfRange(message, at + 2, at + 2 + length));
            }
            at += 2 + length;
        }
        return Optional.empty();
    }

    /** The name server's answer to a question, if it has one; names under {@code .invalid} (RFC 2606) are not there. */
    public Optional<byte[]> dns(byte[] question) {
        if (!resolves || question.length < 17) {
            return Optional.empty();
        }
        StringBuilder name = new StringBuilder();
        int at = 12;
        while (at < question.length && question[at] != 0) {
            int end = at + 1 + (question[at] & 63);
            if (end > question.length) {
                return Optional.empty();
            }
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(question, at + 1, end - at - 1, StandardCharsets.US_ASCII));
            at = end;
        }
        boolean there = !name.toString().endsWith(".invalid");
        byte[] head = Arrays.copyOf(question, Math.min(question.length, at + 5));
        head[2] = (byte) 0x81;
        head[3] = (byte) (there ? 0x80 : 0x83);
        if (!there) {
            return Optional.of(head);
        }
        head[7] = 2;
        int address = addresses.computeIfAbsent(name.toString(), fresh -> NAMES + 1 + addresses.size());
        // An alias first, as names behind a CDN have it; its name is a pointer to the question.
        ByteBuffer out = ByteBuffer.allocate(head.length + 2 * 12 + 2 + 4).put(head);
        for (List<Object> answer : List.of(List.<Object>of(5, (short) 0xC00C), List.<Object>of(1, address))) {
            out.putShort((short) 0xC00C)
                    .putShort(((Integer) answer.getFirst()).shortValue())
                    .putShort((short) 1);
            out.putInt(60);
            if (answer.getLast() instanceof Short pointer) {
                out.putShort((short) 2).putShort(pointer);
            } else {
                out.putShort((short) 4).putInt((Integer) answer.getLast());
            }
        }
        return Optional.of(out.array());
    }
}
