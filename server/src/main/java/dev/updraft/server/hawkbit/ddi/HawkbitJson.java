package dev.updraft.server.hawkbit.ddi;

import dev.updraft.image.Sha256;
import dev.updraft.server.http.Accept;
import dev.updraft.server.http.Body;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.http.Trail;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORMapper;

/** JSON and CBOR as hawkBit's two APIs speak them: members that are not known are passed over, answers have a length and a tag. */
public final class HawkbitJson {
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(16)
            .maxStringLength(16_384)
            .maxNameLength(256)
            .build();

    private static final JsonMapper JSON =
            new JsonMapper(JsonFactory.builder().streamReadConstraints(LIMITS).build());
    private static final CBORMapper CBOR =
            new CBORMapper(CBORFactory.builder().streamReadConstraints(LIMITS).build());

    /** What the Management API's answer to the request of this thread is written in. */
    private static final ThreadLocal<Form> ASKED = new ThreadLocal<>();

    /** Whether that was asked for by its name. */
    private static final ThreadLocal<Boolean> NAMED = new ThreadLocal<>();

    private static final List<Form> MANAGEMENT = List.of(Form.HAL, Form.PLAIN);

    private HawkbitJson() {}

    /** A filter around the Management API: its answers are HAL, or plain JSON for who asks for that. */
    public static void negotiate(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (!request.path().absolute().path().startsWith("/rest/")) {
            chain.proceed();
            return;
        }
        // Who takes neither is answered all the same, as hawkBit does for downloads.
        Form asked = Accept.best(request, MANAGEMENT, each -> each.type.get());
        ASKED.set(asked == null ? Form.HAL : asked);
        NAMED.set(followsLinks(request));
        try {
            chain.proceed();
        } finally {
            ASKED.remove();
            NAMED.remove();
        }
    }

    /** What an answer is written in. */
    enum Form {
        /** JSON with links; what who does not say gets. */
        HAL("application/hal+json"),
        PLAIN("application/json"),
        BINARY("application/cbor");

        @SuppressWarnings("ImmutableEnumChecker") // a cached header does not change
        private final Header type;

        private static final List<Form> FORMS = List.of(values());

        Form(String type) {
            this.type = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, type);
        }

        /** The one that {@code request} asks for. */
        static Form of(ServerRequest request) {
            Form form = Accept.best(request, FORMS, each -> each.type.get());
            if (form == null) {
                throw Problem.notAcceptable(
                        "This is there as application/hal+json, application/json and application/cbor.");
            }
            return form;
        }
    }

    /** True if the caller names {@code application/hal+json}: it means to follow links. */
    static boolean followsLinks(ServerRequest request) {
        return request.headers().contains(HeaderNames.ACCEPT) && Accept.names(request, Form.HAL.type.get());
    }

    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    public static ArrayNode array() {
        return JSON.createArrayNode();
    }

    public static JsonNode parse(String json) {
        return JSON.readTree(json);
    }

    /**
     * The body, in what its {@code Content-Type} says.
     *
     * @throws Problem 400 if it is malformed, 413 if it is larger than {@code largest} bytes, 415 if it is neither JSON nor CBOR
     */
    public static JsonNode read(ServerRequest request, int largest) {
        String type = request.headers()
                .first(HeaderNames.CONTENT_TYPE)
                .orElse("application/json")
                .toLowerCase(Locale.ROOT);
        ObjectMapper mapper;
        if (type.contains("cbor")) {
            mapper = CBOR;
        } else if (type.contains("json")) {
            mapper = JSON;
        } else {
            throw Problem.unsupportedType("Send the body as application/json or application/cbor.");
        }
        try {
            byte[] body = Body.read(request, largest);
            if (mapper == JSON) {
                Json.requireNoNul(body);
                Trail.asked(body);
            }
            return mapper.readTree(body);
        } catch (JacksonException e) {
            throw Problem.badRequest("The body is not well-formed.");
        }
    }

    /**
     * An answer ready to be sent.
     *
     * @param tag its entity tag, in quotes
     */
    @SuppressWarnings("ArrayRecordComponent") // made for one answer and never compared
    record Rendered(Form form, byte[] body, String tag) {
        static Rendered of(Form form, JsonNode answer) {
            byte[] body =
                    form == Form.BINARY ? CBOR.writeValueAsBytes(relations(answer)) : JSON.writeValueAsBytes(answer);
            return new Rendered(form, body, tagOf(body));
        }

        void send(ServerRequest request, ServerResponse response) {
            response.header(HeaderNames.ETAG, tag);
            if (request.headers()
                    .first(HeaderNames.IF_NONE_MATCH)
                    .filter(tag::equals)
                    .isPresent()) {
                response.status(Status.NOT_MODIFIED_304).send();
            } else {
                response.header(form.type).send(body);
            }
        }
    }

    static void send(ServerRequest request, ServerResponse response, JsonNode answer) {
        Rendered.of(Form.of(request), answer).send(request, response);
    }

    /** Sends without a tag: hawkBit's Management API has none. */
    public static void sendJson(ServerResponse response, int status, JsonNode answer) {
        byte[] body = JSON.writeValueAsBytes(answer);
        if (status == 201) {
            Trail.made(body);
        }
        Form asked = ASKED.get();
        response.status(status)
                .header((asked == null ? Form.PLAIN : asked).type)
                .send(body);
    }

    /** Sends what hawkBit gives without links of HAL, unless that is asked for. */
    public static void sendPlain(ServerResponse response, JsonNode answer) {
        Form asked = ASKED.get();
        if (asked == Form.HAL && !NAMED.get()) {
            ASKED.set(Form.PLAIN);
        }
        sendJson(response, 200, answer);
    }

    static void sendError(ServerResponse response, int status, String code, String sentence) {
        sendJson(response, status, object().put("errorCode", code).put("message", sentence));
    }

    /** In CBOR hawkBit writes links as a list of relations. */
    private static JsonNode relations(JsonNode node) {
        if (node instanceof ArrayNode list) {
            ArrayNode out = array();
            list.forEach(element -> out.add(relations(element)));
            return out;
        }
        if (!(node instanceof ObjectNode map)) {
            return node;
        }
        ObjectNode out = object();
        map.properties().forEach(member -> {
            if (member.getKey().equals("_links")) {
                ArrayNode links = out.putArray("links");
                member.getValue()
                        .properties()
                        .forEach(link -> links.addObject()
                                .put("rel", link.getKey())
                                .set("href", link.getValue().get("href")));
            } else {
                out.set(member.getKey(), relations(member.getValue()));
            }
        });
        return out;
    }

    private static String tagOf(byte[] body) {
        return '"' + HexFormat.of().formatHex(Sha256.of(body), 0, 8) + '"';
    }
}
