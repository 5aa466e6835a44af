package dev.updraft.server.artifact;

import io.helidon.common.GenericType;
import io.helidon.common.media.type.MediaType;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http.spi.Sink;
import io.helidon.webserver.http.spi.SinkProvider;
import io.helidon.webserver.http.spi.SinkProviderContext;
import java.util.function.BiConsumer;

/** How Helidon finds {@link FileSink}. */
public final class FileSinkProvider implements SinkProvider<FileSink.Part> {
    @Override
    public boolean supports(GenericType<? extends Sink<?>> type, ServerRequest request) {
        return type.equals(FileSink.TYPE) && FileSink.fits(request);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <X extends Sink<FileSink.Part>> X create(SinkProviderContext context) {
        return (X) new FileSink(context.serverResponse(), context.connectionContext(), context.closeRunnable());
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "TypeParameterUnusedInFormals"})
    public <X extends Sink<FileSink.Part>> X create(
            ServerResponse response, BiConsumer<Object, MediaType> consumer, Runnable close) {
        throw new UnsupportedOperationException("needs the connection");
    }
}
