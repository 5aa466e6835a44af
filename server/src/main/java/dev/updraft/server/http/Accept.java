package dev.updraft.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which of several forms of an answer a request asks for (RFC 9110 section 12.5.1). */
public final class Accept {
    private Accept() {}

    /**
     * The form with the greatest weight, of equal ones the first; the first too if the request does not say.
     *
     * @param type of a form, such as {@code application/json}
     * @return null if the request takes none of them
     */
    public static <F> @Nullable F best(ServerRequest request, List<F> forms, Function<F, String> type) {
        if (!request.headers().contains(HeaderNames.ACCEPT)) {
            return forms.getFirst();
        }
        return best(String.join(",", request.headers().values(HeaderNames.ACCEPT)), forms, type);
    }

    static <F> @Nullable F best(String accept, List<F> forms, Function<F, String> type) {
        if (accept.isBlank()) {
            return forms.getFirst();
        }
        F best = null;
        double most = 0;
        for (F form : forms) {
            double weight = weight(accept, type.apply(form));
            if (weight > most) {
                best = form;
                most = weight;
            }
        }
        return best;
    }

    /** True if {@code type} itself, and not only a range that holds it, is asked for. */
    public static boolean names(ServerRequest request, String type) {
        for (String range :
                String.join(",", request.headers().values(HeaderNames.ACCEPT)).split(",")) {
            String[] parts = range.split(";");
            if (parts[0].strip().equalsIgnoreCase(type)) {
                return quality(parts) > 0;
            }
        }
        return false;
    }

    /** Of {@code type}, from 0 for not acceptable to 1: the most specific range that holds it decides. */
    private static double weight(String accept, String type) {
        int slash = type.indexOf('/');
        String all = type.substring(0, slash) + "/*";
        double weight = 0;
        int specific = 0;
        for (String range : accept.split(",")) {
            String[] parts = range.split(";");
            String name = parts[0].strip().toLowerCase(Locale.ROOT);
            int rank = name.equals(type) ? 3 : name.equals(all) ? 2 : name.equals("*/*") || name.equals("*") ? 1 : 0;
            if (rank > specific) {
                specific = rank;
                weight = quality(parts);
            }
        }
        return weight;
    }

    private static double quality(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                String value = parameter.substring(2).strip();
                // What is no weight asks for nothing less than everything.
                return value.matches("(0(\\.\\d{0,3})?|1(\\.0{0,3})?)") ? Double.parseDouble(value) : 1;
            }
        }
        return 1;
    }
}
