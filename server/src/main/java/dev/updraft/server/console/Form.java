package dev.updraft.server.console;

import dev.updraft.server.http.Body;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What somebody has entered, and what is wrong with it: shown again beside its field with everything else as it was. */
final class Form {
    private static final int LARGEST = 1 << 18;

    private final Map<String, List<String>> values;
    private final Map<String, String> errors = new LinkedHashMap<>();

    private Form(Map<String, List<String>> values) {
        this.values = values;
    }

    static Form empty() {
        return new Form(new LinkedHashMap<>());
    }

    /** The body of {@code request}, {@code application/x-www-form-urlencoded}. */
    static Form of(ServerRequest request) {
        return parsed(new String(Body.read(request, LARGEST), StandardCharsets.UTF_8));
    }

    static Form parsed(String text) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String pair : text.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.computeIfAbsent(decoded(pair.substring(0, equals)), name -> new ArrayList<>())
                        .add(decoded(pair.substring(equals + 1)));
            }
        }
        return new Form(values);
    }

    private static String decoded(String text) {
        try {
            String decoded = URLDecoder.decode(text, StandardCharsets.UTF_8);
            if (decoded.indexOf(0) >= 0) {
                throw Problem.badRequest("The form has the character NUL, which no text may have.");
            }
            return decoded;
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("The form is not written as browsers write it.");
        }
    }

    /** Without spaces around it; empty if the field is not there. */
    String value(String name) {
        return raw(name).strip();
    }

    /** As it was entered. */
    String raw(String name) {
        List<String> all = values.getOrDefault(name, List.of());
        return all.isEmpty() ? "" : all.getFirst();
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    Form with(String name, String value) {
        values.put(name, new ArrayList<>(List.of(value)));
        return this;
    }

    void wrong(String field, String sentence) {
        errors.putIfAbsent(field, sentence);
    }

    /** @return null if nothing is */
    @Nullable
    String error(String field) {
        return errors.get(field);
    }

    boolean isWrong() {
        return !errors.isEmpty();
    }

    Map<String, String> errors() {
        return errors;
    }

    /**
     * The number in {@code field}; what is none is told beside it.
     *
     * @return null if the field is empty or wrong
     */
    @Nullable
    Double number(String field) {
        String text = value(field);
        if (text.isEmpty()) {
            return null;
        }
        try {
            double number = Double.parseDouble(text.replace(',', '.'));
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        wrong(field, "'" + text + "' is no number.");
        return null;
    }

    /** {@link #number} without a fraction. */
    @Nullable
    Long whole(String field) {
        Double number = number(field);
        if (number != null && number != Math.rint(number)) {
            wrong(field, "'" + value(field) + "' is no whole number.");
            return null;
        }
        return number == null ? null : number.longValue();
    }
}
