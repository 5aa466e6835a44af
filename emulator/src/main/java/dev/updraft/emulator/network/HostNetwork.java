package dev.updraft.emulator.network;

import dev.updraft.emulator.chip.ChipTime;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Real TCP connections of this computer. Virtual threads wait on the sockets; the board takes what they bring. */
public final class HostNetwork implements Network {
    /** TCP window of an ESP-AT module (CONFIG_LWIP_TCP_WND_DEFAULT). */
    private static final int WINDOW = 5760;

    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    private final LinkedBlockingDeque<Runnable> events = new LinkedBlockingDeque<>();
    private final Set<HostLink> links = ConcurrentHashMap.newKeySet();

    @Override
    public void attach(ChipTime time) {}

    @Override
    public Link connect(String host, int port, Listener listener) {
        HostLink link = new HostLink(host, port, listener);
        links.add(link);
        Thread.ofVirtual().name("updraft-link-" + host + ":" + port).start(link::run);
        return link;
    }

    @Override
    public void deliver() {
        for (Runnable event = events.poll(); event != null; event = events.poll()) {
            event.run();
        }
    }

    @Override
    public boolean await(long nanos) {
        try {
            Runnable event = events.poll(nanos, TimeUnit.NANOSECONDS);
            if (event != null) {
                events.addFirst(event);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    @Override
    public boolean isReal() {
        return true;
    }

    @Override
    public void close() {
        links.forEach(HostLink::close);
    }

    private final class HostLink implements Link {
        private final String host;
        private final int port;
        private final Listener listener;
        private final Semaphore window = new Semaphore(WINDOW);
        private final LinkedBlockingDeque<byte[]> outgoing = new LinkedBlockingDeque<>();
        private volatile boolean closed;
        private volatile @Nullable Socket socket;

        HostLink(String host, int port, Listener listener) {
            this.host = host;
            this.port = port;
            this.listener = listener;
        }

        void run() {
            try (Socket opened = new Socket()) {
                socket = opened;
                opened.setTcpNoDelay(true);
                opened.connect(new InetSocketAddress(host, port), CONNECT_TIMEOUT_MILLIS);
                tell(listener::connected);
                Thread.ofVirtual().start(() -> write(opened));
                read(opened);
            } catch (IOException e) {
                tell(() -> listener.refused(host + ":" + port + ": " + e.getMessage()));
            } finally {
                links.remove(this);
            }
        }

        private void read(Socket from) {
            try {
                InputStream in = from.getInputStream();
                byte[] buffer = new byte[2920];
                while (!closed) {
                    window.acquireUninterruptibly();
                    int room = 1 + window.drainPermits();
                    int count = in.read(buffer, 0, Math.min(room, buffer.length));
                    window.release(room - Math.max(0, count));
                    if (count < 0) {
                        break;
                    }
                    byte[] bytes = Arrays.copyOf(buffer, count);
                    tell(() -> listener.received(bytes));
                }
            } catch (IOException e) {
                // A broken connection ends like a closed one: the module cannot tell them apart either.
            }
            tell(listener::closed);
        }

        private void write(Socket to) {
            try {
                while (!closed) {
                    byte[] bytes = outgoing.take();
                    if (bytes.length == 0) {
                        break;
                    }
                    to.getOutputStream().write(bytes);
                }
            } catch (IOException e) {
                // The reader sees the end of the connection.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void tell(Runnable event) {
            if (!closed) {
                events.add(() -> {
                    if (!closed) {
                        event.run();
                    }
                });
            }
        }

        @Override
        public void send(byte[] bytes) {
            if (bytes.length > 0) {
                outgoing.add(bytes.clone());
            }
        }

        @Override
        public void consumed(int count) {
            window.release(count);
        }

        @Override
        public void close() {
            closed = true;
            outgoing.add(new byte[0]);
            window.release(WINDOW);
            Socket open = socket;
            if (open != null) {
                try {
                    open.close();
                } catch (IOException e) {
                    // Closing is all that was wanted.
                }
            }
        }
    }
}
