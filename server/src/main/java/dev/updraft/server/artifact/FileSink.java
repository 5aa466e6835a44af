package dev.updraft.server.artifact;

import dev.updraft.server.http.SlowRequests;
import io.helidon.common.GenericType;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.NioSocket;
import io.helidon.http.DateTime;
import io.helidon.http.Header;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http.spi.Sink;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends a part of a file as the whole body of an answer, from the page cache to the socket (sendfile) without a copy through the
 * heap: a seventh of the processor time of copying. For plain HTTP/1.1 only; what is encrypted must pass through this process.
 */
final class FileSink implements Sink<FileSink.Part> {
    static final GenericType<FileSink> TYPE = GenericType.create(FileSink.class);

    private static final Logger LOG = Logger.getLogger(FileSink.class.getName());

    /**
     * Helidon gives out its socket but not the channel in it, and sendfile needs the channel; null if it is not where 4.5 has it. Then
     * downloads are copied, the log says so, and a test fails.
     */
    private static final @Nullable VarHandle CHANNEL = channelOfSocket();

    private static final int PIECE = 8 * 1024;

    private final ServerResponse response;
    private final ConnectionContext connection;
    private final Runnable close;

    /** {@code length} bytes of {@code file} from {@code offset}; all of them must be there. {@code slow} ends it if nobody takes them. */
    record Part(FileChannel file, long offset, long length, SlowRequests slow) {}

    FileSink(ServerResponse response, ConnectionContext connection, Runnable close) {
        this.response = response;
        this.connection = connection;
        this.close = close;
    }

    /** True if the answer to {@code request} can be sent so. */
    static boolean fits(ServerRequest request) {
        HttpPrologue prologue = request.prologue();
        return CHANNEL != null
                && !request.isSecure()
                && prologue.protocolVersion().equals("1.1");
    }

    @Override
    public FileSink emit(Part part) {
        HelidonSocket socket = connection.serverSocket();
        if (CHANNEL == null || socket.getClass() != NioSocket.class) {
            throw new IllegalStateException("no socket channel under " + socket.getClass());
        }
        connection.dataWriter().writeNow(head());
        try {
            transfer(part, (SocketChannel) CHANNEL.get(socket));
        } catch (IOException e) {
            // The device has gone; how much it got is its own business.
            throw new ServerConnectionException("could not send a file", e);
        }
        return this;
    }

    private BufferData head() {
        BufferData head = BufferData.growing(512);
        head.write(("HTTP/1.1 " + response.status().code() + " "
                        + response.status().reasonPhrase() + "\r\nDate: ")
                .getBytes(StandardCharsets.US_ASCII));
        head.write(DateTime.http1Bytes());
        for (Header header : response.headers()) {
            header.writeHttp1Header(head);
        }
        head.write('\r');
        head.write('\n');
        return head;
    }

    private static void transfer(Part part, SocketChannel to) throws IOException {
        long at = part.offset();
        long end = part.offset() + part.length();
        while (at < end) {
            long sent = part.file().transferTo(at, end - at, to);
            // On a virtual thread transferTo does not wait for a socket that is full, and write does.
            at += sent > 0 ? sent : piece(part, at, end, to);
        }
    }

    private static int piece(Part part, long at, long end, SocketChannel to) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, end - at));
        int length = part.file().read(piece, at);
        if (length <= 0) {
            throw new IOException("the file is shorter than it was");
        }
        piece.flip();
        // Not by an interrupt, which would close the file as well, for all who read it.
        part.slow().awaitTaking(() -> close(to));
        try {
            while (piece.hasRemaining()) {
                to.write(piece);
            }
        } finally {
            SlowRequests.done();
        }
        return length;
    }

    private static void close(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is of no use any more either way.
        }
    }

    @Override
    public void close() {
        close.run();
    }

    private static @Nullable VarHandle channelOfSocket() {
        try {
            return MethodHandles.privateLookupIn(NioSocket.class, MethodHandles.lookup())
                    .findVarHandle(NioSocket.class, "delegate", SocketChannel.class);
        } catch (ReflectiveOperationException e) {
            LOG.log(
                    Level.WARNING,
                    "this version of Helidon hides its sockets: downloads cost seven times the processor time",
                    e);
            return null;
        }
    }
}
