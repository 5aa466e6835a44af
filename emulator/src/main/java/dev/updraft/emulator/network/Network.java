package dev.updraft.emulator.network;

import dev.updraft.emulator.chip.ChipTime;

/** TCP as a module sees it. Everything happens on the board's thread: events come out of {@link #deliver()} or of the board's timers. */
public interface Network extends AutoCloseable {
    /** What happens on a connection. */
    interface Listener {
        void connected();

        void received(byte[] bytes);

        /** The peer closed, or the connection broke. */
        void closed();

        /** It could not be opened. */
        void refused(String why);
    }

    /** One connection, or an attempt at one. */
    interface Link {
        void send(byte[] bytes);

        /** So many received bytes were taken: the peer may send as many more. */
        void consumed(int count);

        /** Closes it; no event follows. */
        void close();
    }

    /** Called once, when the board is built. */
    void attach(ChipTime time);

    /** Begins to connect. */
    Link connect(String host, int port, Listener listener);

    /** Hands over what came in since the last call. */
    void deliver();

    /**
     * Waits in real time for something to come in.
     *
     * @return false at once when nothing outside of the board's own time can ever come
     */
    boolean await(long nanos);

    /** Whether what comes in follows real time. */
    boolean isReal();

    @Override
    void close();
}
