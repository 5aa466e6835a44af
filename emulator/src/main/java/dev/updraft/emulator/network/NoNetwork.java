package dev.updraft.emulator.network;

import dev.updraft.emulator.chip.ChipTime;

/** A network where nobody answers. */
public final class NoNetwork implements Network {
    @Override
    public void attach(ChipTime time) {}

    @Override
    public Link connect(String host, int port, Listener listener) {
        listener.refused("this board has no network");
        return new Link() {
            @Override
            public void send(byte[] bytes) {}

            @Override
            public void consumed(int count) {}

            @Override
            public void close() {}
        };
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
}
