package dev.updraft.server.console;

import dev.updraft.server.access.Routes;
import dev.updraft.server.access.Sessions;
import dev.updraft.server.audit.Audit;
import dev.updraft.server.http.Problem;
import io.helidon.common.uri.UriFragment;
import io.helidon.common.uri.UriPath;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.media.ReadableEntity;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The operator API, asked within the process by one browser: the same routes, with the token of its session, so that role, scope and
 * tenant are the API's to hold; what changes something is in the audit log as if it had come over the network.
 */
final class Api {
    private static final String BASE = "/api/v1";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final Routes routes;
    private final Audit audit;
    private final ServerRequest outer;
    private final Sessions.Session session;

    Api(Routes routes, Audit audit, ServerRequest outer, Sessions.Session session) {
        this.routes = routes;
        this.audit = audit;
        this.outer = outer;
        this.session = session;
    }

    /**
     * What is asked for.
     *
     * @param pattern below {@code /api/v1}, such as {@code /devices/{id}}
     * @param names what stands for each part in braces
     * @param query leaves out what is empty
     */
    record Question(String pattern, Map<String, String> names, Map<String, String> query) {
        static Question of(String pattern) {
            return new Question(pattern, Map.of(), Map.of());
        }

        static Question of(String pattern, String id) {
            return new Question(pattern, Map.of("id", id), Map.of());
        }

        Question with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(query);
            if (!value.isEmpty()) {
                more.put(name, value);
            }
            return new Question(pattern, names, more);
        }

        private String path() {
            String path = pattern;
            for (Map.Entry<String, String> name : names.entrySet()) {
                path = path.replace("{" + name.getKey() + "}", encoded(name.getValue()));
            }
            return BASE + path;
        }

        private String rawQuery() {
            return query.entrySet().stream()
                    .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
                    .collect(Collectors.joining("&"));
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** @throws Problem as the API refuses it */
    <T> T get(Question question, Class<T> type) {
        return parsed(call(Method.GET, question, new byte[0]).body(), type);
    }

    JsonNode get(Question question) {
        return get(question, JsonNode.class);
    }

    /** @throws Problem as the API refuses it */
    JsonNode post(Question question, Object body) {
        return change(Method.POST, question, body);
    }

    /** A {@link #post} that changes nothing, and so is in no log. */
    <T> T ask(Question question, Object body, Class<T> type) {
        InnerResponse response = new InnerResponse();
        byte[] json = MAPPER.writeValueAsBytes(body);
        work(Method.POST, question, new InnerRequest.Bytes(json), json.length, response, false);
        return parsed(response.body(), type);
    }

    JsonNode change(Method method, Question question, Object body) {
        byte[] answer = call(method, question, MAPPER.writeValueAsBytes(body)).body();
        return answer.length == 0 ? MAPPER.createObjectNode() : parsed(answer, JsonNode.class);
    }

    /** Hands the body of the browser's request on as it comes. */
    JsonNode upload(Question question) {
        long length = outer.headers().contentLength().orElse(-1);
        if (length < 0) {
            throw Problem.badRequest("An upload says how long it is.");
        }
        InnerResponse response = new InnerResponse();
        call(Method.POST, question, outer.content(), length, response);
        return parsed(response.body(), JsonNode.class);
    }

    /** Sends what the API answers to the browser as it comes. */
    void stream(Question question, ServerResponse response) {
        call(Method.GET, question, new InnerRequest.Bytes(new byte[0]), 0, response);
    }

    private InnerResponse call(Method method, Question question, byte[] body) {
        InnerResponse response = new InnerResponse();
        call(method, question, new InnerRequest.Bytes(body), body.length, response);
        return response;
    }

    private void call(Method method, Question question, ReadableEntity content, long length, ServerResponse response) {
        work(method, question, content, length, response, !method.equals(Method.GET));
    }

    private void work(
            Method method,
            Question question,
            ReadableEntity content,
            long length,
            ServerResponse response,
            boolean changes) {
        String path = question.path();
        HttpPrologue prologue = HttpPrologue.create(
                "HTTP/1.1",
                "HTTP",
                "1.1",
                method,
                UriPath.create(path),
                UriQuery.create(question.rawQuery()),
                UriFragment.empty());
        InnerRequest request = new InnerRequest(outer, session.secret(), prologue, question.names(), content, length);
        Handler handler = routes.handler(method, BASE + question.pattern());
        int[] status = {500};
        Runnable work = () -> status[0] = run(handler, request, response, status);
        IntSupplier outcome = () -> status[0];
        if (changes) {
            audit.around(session.caller(), request, UriPath.create(path).path(), work, outcome);
        } else {
            work.run();
        }
    }

    private static int run(Handler handler, ServerRequest request, ServerResponse response, int[] status) {
        try {
            handler.handle(request, response);
            return response.status().code();
        } catch (Problem problem) {
            status[0] = problem.status();
            throw problem;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T parsed(byte[] json, Class<T> type) {
        return MAPPER.readValue(json, type);
    }
}
