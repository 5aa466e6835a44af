package dev.updraft.rehearsal.application;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.network.Network;

/** Counts the connections that a firmware opened through another network. */
final class WatchedNetwork implements Network {
    private final Network inner;
    private int accepted;

    WatchedNetwork(Network inner) {
        this.inner = inner;
    }

    int accepted() {
        return accepted;
    }

    @Override
    public Link connect(String host, int port, Listener listener) {
        return inner.connect(host, port, new Listener() {
            @Override
            public void connected() {
                accepted++;
                listener.connected();
            }

            @Override
            public void received(byte[] bytes) {
                listener.received(bytes);
            }

            @Override
            public void closed() {
                listener.closed();
            }

            @Override
            public void refused(String why) {
                listener.refused(why);
            }
        });
    }

    @Override
    public void attach(ChipTime time) {
        inner.attach(time);
    }

    @Override
    public void deliver() {
        inner.deliver();
    }

    @Override
    public boolean await(long nanos) {
        return inner.await(nanos);
    }

    @Override
    public boolean isReal() {
        return inner.isReal();
    }

    @Override
    public void close() {
        inner.close();
    }
}
