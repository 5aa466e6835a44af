package dev.updraft.cli.demo;

import dev.updraft.emulator.part.Console;
import dev.updraft.gateway.smp.Pipe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The cable between a board's console and a gateway, each of which runs in a thread of its own. */
final class SerialLine {
    private final Console console;
    private final LinkedBlockingQueue<byte[]> toBoard = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<byte[]> toGateway = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    SerialLine(Console console) {
        this.console = console;
        console.onByte(said::write);
    }

    /** Called by the board's thread between two pieces of its time. */
    void carry() {
        for (byte[] bytes = toBoard.poll(); bytes != null; bytes = toBoard.poll()) {
            console.type(bytes);
        }
        if (said.size() > 0) {
            toGateway.add(said.toByteArray());
            said.reset();
        }
    }

    /** The gateway's end. */
    Pipe open() {
        toGateway.clear();
        return new Pipe() {
            @Override
            public void write(byte[] bytes) {
                toBoard.add(bytes);
            }

            @Override
            public byte[] read(Duration atMost) throws IOException {
                try {
                    byte[] bytes = toGateway.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
                    return bytes == null ? new byte[0] : bytes;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("the gateway ends", e);
                }
            }

            @Override
            public void close() {}
        };
    }
}
