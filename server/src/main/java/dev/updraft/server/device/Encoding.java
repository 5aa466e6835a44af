package dev.updraft.server.device;

import dev.updraft.server.http.Accept;
import dev.updraft.server.http.Problem;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.cbor.CBORFactory;

/** The two encodings of the device protocol; bodies are tiny, so the limits are too. */
@SuppressWarnings("ImmutableEnumChecker") // factories are not changed once built
enum Encoding {
    CBOR(
            CBORFactory.builder().streamReadConstraints(Limits.READ).build(),
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/cbor")),
    JSON(JsonFactory.builder().streamReadConstraints(Limits.READ).build(), HeaderValues.CONTENT_TYPE_JSON);

    private static final class Limits {
        static final StreamReadConstraints READ = StreamReadConstraints.builder()
                .maxNestingDepth(8)
                .maxStringLength(4_096)
                .maxNameLength(256)
                .maxNumberLength(32)
                .build();
    }

    private final TokenStreamFactory factory;
    private final Header contentType;

    Encoding(TokenStreamFactory factory, Header contentType) {
        this.factory = factory;
        this.contentType = contentType;
    }

    /** @throws Problem 415 if the body is in neither */
    static Encoding of(ServerRequest request) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        int end = type.indexOf(';');
        return switch ((end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT)) {
            case "application/cbor" -> CBOR;
            case "application/json" -> JSON;
            default ->
                throw Problem.unsupportedType(
                        "Send the body as application/cbor or application/json and say so in Content-Type.");
        };
    }

    /** What to answer in: what the request says that it takes, else what it was sent in itself. */
    Encoding answer(ServerRequest request) {
        if (!request.headers().contains(HeaderNames.ACCEPT)) {
            return this;
        }
        List<Encoding> mineFirst = this == CBOR ? List.of(CBOR, JSON) : List.of(JSON, CBOR);
        Encoding asked =
                Accept.best(request, mineFirst, each -> each == CBOR ? "application/cbor" : "application/json");
        return asked == null ? this : asked;
    }

    Header contentType() {
        return contentType;
    }

    JsonParser parser(byte[] body) {
        return factory.createParser(ObjectReadContext.empty(), body);
    }

    JsonGenerator generator(java.io.OutputStream out) {
        return factory.createGenerator(ObjectWriteContext.empty(), out);
    }
}
