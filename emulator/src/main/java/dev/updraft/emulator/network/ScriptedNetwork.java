package dev.updraft.emulator.network;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.core.Clock;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A network inside the emulator: the peers are Java objects, answers take a fixed virtual time, and every run is the same. */
public final class ScriptedNetwork implements Network {
    /** One side of a conversation; called on the board's thread. */
    public interface Peer {
        default void opened(Conversation conversation) {}

        void received(Conversation conversation, byte[] bytes);

        default void closed() {}
    }

    /** What a peer can do. */
    public interface Conversation {
        void send(byte[] bytes);

        void close();
    }

    /** Who answers at an address. */
    @FunctionalInterface
    public interface Peers {
        /** The peer for a new connection; empty: refused. */
        Optional<Peer> at(String host, int port);
    }

    private static final int SEGMENT = 1460;
    /** TCP window of an ESP-AT module (CONFIG_LWIP_TCP_WND_DEFAULT): so much is under way before some of it was taken. */
    private static final int WINDOW = 5760;

    private record Event(long dueNanos, Runnable action) {}

    private final Peers peers;
    private final long latencyNanos;
    private final Deque<Event> events = new ArrayDeque<>();
    private @Nullable ChipTime time;
    private Clock.@Nullable Timer timer;

    /** @param latencyNanos virtual time for each way */
    public ScriptedNetwork(Peers peers, long latencyNanos) {
        this.peers = peers;
        this.latencyNanos = latencyNanos;
    }

    @Override
    public void attach(ChipTime chipTime) {
        if (time != null) {
            throw new IllegalStateException("a scripted network belongs to one board");
        }
        time = chipTime;
        Clock.Timer created = chipTime.clock().timer("scripted network", this::fire);
        chipTime.keepInTime(created);
        timer = created;
    }

    private void later(Runnable action) {
        ChipTime chipTime = time;
        if (chipTime != null) {
            events.add(new Event(chipTime.nanos() + latencyNanos, action));
            arm(chipTime);
        }
    }

    private void arm(ChipTime chipTime) {
        Event next = events.peek();
        if (timer != null && next != null && !timer.running()) {
            timer.start(chipTime.cyclesOfNanos(Math.max(1, next.dueNanos - chipTime.nanos())));
        }
    }

    private void fire() {
        Event event = events.poll();
        if (event != null) {
            event.action.run();
        }
        if (time != null) {
            arm(time);
        }
    }

    @Override
    public Link connect(String host, int port, Listener listener) {
        Optional<Peer> peer = peers.at(host, port);
        if (peer.isEmpty()) {
            later(() -> listener.refused(host + ":" + port + ": connection refused"));
            return new ScriptedLink(listener, null);
        }
        ScriptedLink link = new ScriptedLink(listener, peer.get());
        later(link::open);
        return link;
    }

    @Override
    public void deliver() {}

    @Override
    public boolean await(long nanos) {
        return false;
    }

    @Override
    public boolean isReal() {
        return false;
    }

    @Override
    public void close() {}

    private final class ScriptedLink implements Link {
        private final Listener listener;
        private final @Nullable Peer peer;
        private final Deque<byte[]> held = new ArrayDeque<>();
        private int underWay;
        private boolean closed;
        private boolean ending;

        ScriptedLink(Listener listener, @Nullable Peer peer) {
            this.listener = listener;
            this.peer = peer;
        }

        void open() {
            if (!closed && peer != null) {
                listener.connected();
                peer.opened(fromPeer());
            }
        }

        private Conversation fromPeer() {
            return new Conversation() {
                @Override
                public void send(byte[] bytes) {
                    for (int at = 0; at < bytes.length; at += SEGMENT) {
                        held.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + SEGMENT)));
                    }
                    release();
                }

                @Override
                public void close() {
                    ending = true;
                    release();
                }
            };
        }

        private void release() {
            while (!held.isEmpty() && underWay + held.element().length <= WINDOW) {
                byte[] segment = held.remove();
                underWay += segment.length;
                later(() -> {
                    if (!closed) {
                        listener.received(segment);
                    }
                });
            }
            if (ending && held.isEmpty()) {
                ending = false;
                later(() -> {
                    if (!closed) {
                        closed = true;
                        listener.closed();
                    }
                });
            }
        }

        @Override
        public void send(byte[] bytes) {
            byte[] copy = bytes.clone();
            later(() -> {
                if (!closed && peer != null) {
                    peer.received(fromPeer(), copy);
                }
            });
        }

        @Override
        public void consumed(int count) {
            underWay -= count;
            release();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                if (peer != null) {
                    later(peer::closed);
                }
            }
        }
    }
}
