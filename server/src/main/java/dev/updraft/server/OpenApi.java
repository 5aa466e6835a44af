package dev.updraft.server;

import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Routes;
import io.helidon.http.HeaderValues;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** {@code /api/v1/openapi.json}: the operator API's description (OpenAPI 3.1); a test holds it to the routes. */
final class OpenApi implements OperatorApi {
    private final byte[] document;

    OpenApi() {
        try (InputStream in = OpenApi.class.getResourceAsStream("/dev/updraft/server/openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("openapi.json is missing from the build");
            }
            document = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void routes(Routes routes) {
        routes.open(
                "/",
                (request, response) ->
                        response.header(HeaderValues.CONTENT_TYPE_JSON).send(document));
    }
}
