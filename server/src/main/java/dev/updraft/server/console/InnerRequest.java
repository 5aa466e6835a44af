package dev.updraft.server.console;

import io.helidon.common.GenericType;
import io.helidon.common.context.Context;
import io.helidon.common.parameters.Parameters;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.uri.UriInfo;
import io.helidon.common.uri.UriPath;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RoutedPath;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.WritableHeaders;
import io.helidon.http.media.ReadableEntity;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A request to the operator API that the request of a browser leads to: its own path, query, token and body, over the same connection. */
final class InnerRequest implements ServerRequest {
    private final ServerRequest outer;
    private final HttpPrologue prologue;
    private final RoutedPath path;
    private final ReadableEntity content;
    private final ServerRequestHeaders headers;
    private final Context context = Context.create();

    /**
     * @param names what stands in the path for each part in braces
     * @param content of {@code length} bytes
     */
    InnerRequest(
            ServerRequest outer,
            String token,
            HttpPrologue prologue,
            Map<String, String> names,
            ReadableEntity content,
            long length) {
        this.outer = outer;
        this.prologue = prologue;
        this.path = new Routed(prologue.uriPath(), Parameters.createSingleValueMap("path", names));
        this.content = content;
        WritableHeaders<?> own = WritableHeaders.create();
        own.set(HeaderNames.AUTHORIZATION, "Bearer " + token);
        own.set(HeaderNames.CONTENT_LENGTH, Long.toString(length));
        outer.headers()
                .first(HeaderNames.create("Last-Event-ID"))
                .ifPresent(id -> own.set(HeaderNames.create("Last-Event-ID"), id));
        this.headers = ServerRequestHeaders.create(own);
    }

    private static final class Routed implements RoutedPath {
        private final UriPath plain;
        private final Parameters names;

        Routed(UriPath plain, Parameters names) {
            this.plain = plain;
            this.names = names;
        }

        @Override
        public Parameters pathParameters() {
            return names;
        }

        @Override
        public RoutedPath absolute() {
            return this;
        }

        @Override
        public String path() {
            return plain.path();
        }

        @Override
        public String rawPath() {
            return plain.rawPath();
        }

        @Override
        public String rawPathNoParams() {
            return plain.rawPathNoParams();
        }

        @Override
        public Parameters matrixParameters() {
            return plain.matrixParameters();
        }

        @Override
        public void validate() {
            plain.validate();
        }
    }

    /** A body that is there already. */
    static final class Bytes implements ReadableEntity {
        private final byte[] bytes;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public InputStream inputStream() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public <T> T as(GenericType<T> type) {
            throw new UnsupportedOperationException("the API reads bytes");
        }

        @Override
        public <T> Optional<T> asOptional(GenericType<T> type) {
            throw new UnsupportedOperationException("the API reads bytes");
        }

        @Override
        public boolean hasEntity() {
            return bytes.length > 0;
        }

        @Override
        public boolean consumed() {
            return true;
        }

        @Override
        public ReadableEntity copy(Runnable whenDone) {
            return this;
        }
    }

    @Override
    public HttpPrologue prologue() {
        return prologue;
    }

    @Override
    public RoutedPath path() {
        return path;
    }

    @Override
    public UriQuery query() {
        return prologue.query();
    }

    @Override
    public ServerRequestHeaders headers() {
        return headers;
    }

    @Override
    public ReadableEntity content() {
        return content;
    }

    @Override
    public Context context() {
        return context;
    }

    @Override
    public void header(Header header) {
        throw new UnsupportedOperationException("the request is as it was made");
    }

    @Override
    public void reset() {
        throw new UnsupportedOperationException("nothing is routed a second time");
    }

    @Override
    public void streamFilter(UnaryOperator<InputStream> filter) {
        throw new UnsupportedOperationException("the body is as it came");
    }

    @Override
    public boolean isSecure() {
        return outer.isSecure();
    }

    @Override
    public String socketId() {
        return outer.socketId();
    }

    @Override
    public String serverSocketId() {
        return outer.serverSocketId();
    }

    @Override
    public ListenerContext listenerContext() {
        return outer.listenerContext();
    }

    @Override
    public HttpSecurity security() {
        return outer.security();
    }

    @Override
    public boolean continueSent() {
        return outer.continueSent();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return outer.proxyProtocolData();
    }

    @Override
    public PeerInfo remotePeer() {
        return outer.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return outer.localPeer();
    }

    @Override
    public String authority() {
        return outer.authority();
    }

    @Override
    public int id() {
        return outer.id();
    }

    @Override
    public UriInfo requestedUri() {
        return outer.requestedUri();
    }
}
