package dev.updraft.gateway.smp;

import java.io.IOException;
import java.time.Duration;

/** Bytes to and from one device. Used by one thread, but closed by any. */
public interface Pipe extends AutoCloseable {
    /** @throws IOException if the device is gone */
    void write(byte[] bytes) throws IOException;

    /**
     * What has come in.
     *
     * @return nothing if nothing came in time
     * @throws IOException if the device is gone
     */
    byte[] read(Duration atMost) throws IOException;

    @Override
    void close();
}
