package dev.updraft.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * HTTP/1.1 that also takes HTTP/1.0, which Helidon refuses with 505 and which nginx speaks to what is behind it unless it is told
 * otherwise. A connection that begins with HTTP/1.0 is for one request, read as one of HTTP/1.1 that asks for the connection to be closed:
 * so an answer is understood by a caller that knows no other (RFC 9110 section 6.2), and nothing of what it sent is taken as a second request.
 */
public final class Http10 implements ServerConnectionSelector {
    private static final String OLD = " HTTP/1.0\r\n";
    private static final byte[] NEW = " HTTP/1.1\r\nConnection: close\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Http1ConnectionSelector http11;

    public Http10(Http1Config config) {
        this.http11 = Http1ConnectionSelector.builder().config(config).build();
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http11.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        int available = data.available();
        byte[] start = new byte[available];
        for (int i = 0; i < available; i++) {
            start[i] = (byte) data.get(i);
        }
        return endOfLine(start) < 0 ? http11.supports(data) : Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http11.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        return http11.connection(new Translated(context));
    }

    /** Where the version of an HTTP/1.0 request line begins; -1 if {@code start} does not hold the whole of such a line. */
    private static int endOfLine(byte[] start) {
        for (int i = 0; i < start.length; i++) {
            if (start[i] == '\n') {
                int at = i + 1 - OLD.length();
                return at > 0 && new String(start, at, OLD.length(), StandardCharsets.US_ASCII).equals(OLD) ? at : -1;
            }
        }
        return -1;
    }

    private static byte[] translated(byte[] start) {
        int at = endOfLine(start);
        if (at < 0) {
            return start;
        }
        int rest = at + OLD.length();
        byte[] as11 = new byte[at + NEW.length + start.length - rest];
        System.arraycopy(start, 0, as11, 0, at);
        System.arraycopy(NEW, 0, as11, at, NEW.length);
        System.arraycopy(start, rest, as11, at + NEW.length, start.length - rest);
        return as11;
    }

    /** A connection whose first bytes are translated. A request line in several pieces stays as it is. */
    private static final class Translated implements ConnectionContext {
        private final ConnectionContext connection;
        private final DataReader reader = DataReader.create(this::next);
        private boolean begun;

        Translated(ConnectionContext connection) {
            this.connection = connection;
        }

        private byte[] next() {
            DataReader from = connection.dataReader();
            from.ensureAvailable();
            byte[] bytes = from.readBytes(from.available());
            byte[] as11 = begun ? bytes : translated(bytes);
            begun = true;
            return as11;
        }

        @Override
        public DataReader dataReader() {
            return reader;
        }

        @Override
        public ListenerContext listenerContext() {
            return connection.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return connection.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return connection.dataWriter();
        }

        @Override
        public Router router() {
            return connection.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return connection.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return connection.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return connection.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return connection.localPeer();
        }

        @Override
        public boolean isSecure() {
            return connection.isSecure();
        }

        @Override
        public String socketId() {
            return connection.socketId();
        }

        @Override
        public String childSocketId() {
            return connection.childSocketId();
        }
    }
}
