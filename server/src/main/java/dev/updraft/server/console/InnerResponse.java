package dev.updraft.server.console;

import io.helidon.common.uri.UriQuery;
import io.helidon.http.Header;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.ServerResponseTrailers;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** What the operator API answers to a page, kept instead of sent. */
final class InnerResponse implements ServerResponse {
    private final ServerResponseHeaders headers = ServerResponseHeaders.create();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Status status = Status.OK_200;
    private boolean sent;

    byte[] body() {
        return body.toByteArray();
    }

    @Override
    public ServerResponse status(Status to) {
        status = to;
        return this;
    }

    @Override
    public Status status() {
        return status;
    }

    @Override
    public ServerResponse header(Header header) {
        headers.set(header);
        return this;
    }

    @Override
    public void send() {
        sent = true;
    }

    @Override
    public void send(byte[] bytes) {
        sent = true;
        body.writeBytes(bytes);
    }

    @Override
    public void send(Object entity) {
        send(String.valueOf(entity).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean isSent() {
        return sent;
    }

    @Override
    public OutputStream outputStream() {
        sent = true;
        return body;
    }

    @Override
    public long bytesWritten() {
        return body.size();
    }

    @Override
    public ServerResponseHeaders headers() {
        return headers;
    }

    @Override
    public ServerResponse whenSent(Runnable listener) {
        throw unheard();
    }

    @Override
    public ServerResponse reroute(String path) {
        throw unheard();
    }

    @Override
    public ServerResponse reroute(String path, UriQuery query) {
        throw unheard();
    }

    @Override
    public ServerResponse next() {
        throw unheard();
    }

    @Override
    public ServerResponseTrailers trailers() {
        throw unheard();
    }

    @Override
    public void streamResult(String result) {
        throw unheard();
    }

    @Override
    public void streamFilter(UnaryOperator<OutputStream> filter) {
        throw unheard();
    }

    private static UnsupportedOperationException unheard() {
        return new UnsupportedOperationException("no answer of the operator API does this");
    }
}
