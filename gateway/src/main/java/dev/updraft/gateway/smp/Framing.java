package dev.updraft.gateway.smp;

import java.util.function.Consumer;

/** How packets are told apart on a pipe. */
public interface Framing {
    byte[] wrap(byte[] packet);

    /** Takes what came in; gives each whole packet on. */
    void take(byte[] bytes, Consumer<byte[]> packets);

    /** Nothing came for a while, or the device started again: what was received of a packet is dropped. */
    void drop();
}
