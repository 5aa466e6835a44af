package dev.updraft.emulator.gdb;

import dev.updraft.emulator.board.Board;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.BooleanSupplier;

/**
 * Lets gdb debug a board, from this computer only. The board stands still until a debugger is there, and again when one is lost; it
 * runs on by itself when one detaches.
 */
public final class GdbServer implements AutoCloseable {
    private final Board board;
    private final ServerSocket socket;

    private GdbServer(Board board, ServerSocket socket) {
        this.board = board;
        this.socket = socket;
    }

    /**
     * @param board switched on
     * @param port 0 for any free one
     */
    public static GdbServer listen(Board board, int port) throws IOException {
        return new GdbServer(board, new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
    }

    public int port() {
        return socket.getLocalPort();
    }

    /**
     * Serves debuggers, one after the other, on the thread of the caller.
     *
     * @param meanwhile called every 100 microseconds of the board's time while it runs; returns whether it gave the board something to do
     * @return true when the last one detached and the board is to run on, false when it is over: killed, or the firmware ended
     */
    public boolean serve(BooleanSupplier meanwhile) throws IOException, InterruptedException {
        while (true) {
            try (PacketChannel channel = new PacketChannel(socket.accept())) {
                switch (new GdbSession(board, channel, meanwhile).run()) {
                    case DETACHED -> {
                        return true;
                    }
                    case KILLED, EXITED -> {
                        return false;
                    }
                    case LOST -> {}
                }
            } catch (java.net.SocketException broken) {
                if (socket.isClosed()) {
                    throw broken;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
