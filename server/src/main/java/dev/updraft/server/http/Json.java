package dev.updraft.server.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Records to JSON and back; input is bounded in depth and length. */
public final class Json {
    private static final int LARGEST_BODY = 1 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxStringLength(LARGEST_BODY)
                            .maxNameLength(256)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Json() {}

    /** The body as a {@code type}; a member that {@code type} does not have is the caller's mistake and is told. */
    public static <T> T read(ServerRequest request, Class<T> type) {
        byte[] body = Body.read(request, LARGEST_BODY);
        Trail.asked(body);
        return parse(body, type);
    }

    /** @throws Problem 400 if {@code json} holds the character NUL, which one of the databases cannot keep */
    public static void requireNoNul(byte[] json) {
        for (int i = 0; i < json.length; i++) {
            boolean escaped = json[i] == '\\'
                    && i + 5 < json.length
                    && json[i + 1] == 'u'
                    && json[i + 2] == '0'
                    && json[i + 3] == '0'
                    && json[i + 4] == '0'
                    && json[i + 5] == '0';
            if (json[i] == 0 || escaped) {
                throw Problem.badRequest("The body has the character NUL, which no text may have.");
            }
        }
    }

    public static <T> T parse(byte[] json, Class<T> type) {
        requireNoNul(json);
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw Problem.badRequest("The body must be a JSON object, not null.");
            }
            requireAll(value, "");
            return value;
        } catch (JacksonException e) {
            throw Problem.badRequest("The body is not the JSON that this endpoint takes: " + firstLine(e));
        }
    }

    /** Jackson leaves what is absent null; only components marked {@link Nullable} may be. */
    private static void requireAll(Object value, String where) {
        switch (value) {
            case List<?> list -> {
                for (Object element : list) {
                    requirePresent(element, where + "[]");
                }
            }
            case Record record -> {
                for (RecordComponent component : record.getClass().getRecordComponents()) {
                    Object part = part(record, component);
                    String name = where.isEmpty() ? component.getName() : where + "." + component.getName();
                    if (part != null || !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                        requirePresent(part, name);
                    }
                }
            }
            default -> {}
        }
    }

    private static void requirePresent(@Nullable Object value, String name) {
        if (value == null) {
            throw Problem.badRequest("'" + name + "' is missing.");
        }
        requireAll(value, name);
    }

    private static @Nullable Object part(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    public static <T> T parse(String json, Class<T> type) {
        return parse(json.getBytes(StandardCharsets.UTF_8), type);
    }

    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    public static String string(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    public static void send(ServerResponse response, int status, Object value) {
        byte[] body = bytes(value);
        if (status == 201) {
            Trail.made(body);
        }
        response.status(status).header(HeaderValues.CONTENT_TYPE_JSON).send(body);
    }

    private static String firstLine(JacksonException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("malformed") + ".";
    }
}
