package dev.updraft.emulator.part;

import dev.updraft.emulator.network.Network;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One of the module's five connections. */
final class EspLink {
    enum State {
        CLOSED,
        CONNECTING,
        OPEN,
        /** The peer closed; unread bytes are still there (passive mode withholds CLOSED until they are read). */
        CLOSED_BY_PEER
    }

    final int id;
    State state = State.CLOSED;
    Network.@Nullable Link link;
    String host = "";
    int port;
    boolean passive;
    /** In passive mode: the host was told of data and has not read since. */
    boolean told;

    private byte[] buffered = new byte[0];

    EspLink(int id) {
        this.id = id;
    }

    int available() {
        return buffered.length;
    }

    void add(byte[] bytes) {
        int old = buffered.length;
        buffered = Arrays.copyOf(buffered, old + bytes.length);
        System.arraycopy(bytes, 0, buffered, old, bytes.length);
    }

    byte[] take(int most) {
        int count = Math.min(most, buffered.length);
        byte[] out = Arrays.copyOf(buffered, count);
        buffered = Arrays.copyOfRange(buffered, count, buffered.length);
        if (link != null && count > 0) {
            link.consumed(count);
        }
        return out;
    }

    void drop() {
        Network.Link open = link;
        if (open != null) {
            open.close();
        }
        link = null;
        state = State.CLOSED;
        buffered = new byte[0];
        told = false;
    }
}
