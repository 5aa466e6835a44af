package dev.updraft.server.artifact;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where in which S3-compatible store: {@code s3://BUCKET/PREFIX?endpoint=https://HOST:PORT&region=REGION}. Credentials come from where
 * AWS's own tools look for them: {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}, profiles, the instance's role.
 *
 * @param prefix empty, or ends with a slash
 * @param endpoint null = Amazon's own for the region
 */
record S3Location(String bucket, String prefix, @Nullable URI endpoint, String region) {
    /** @throws IllegalArgumentException with a sentence that says how to write it */
    static S3Location parse(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw wrong(text);
        }
        String bucket = uri.getAuthority();
        if (!"s3".equals(uri.getScheme()) || bucket == null || bucket.isEmpty()) {
            throw wrong(text);
        }
        Map<String, String> parameters = parameters(text, uri.getRawQuery());
        String path = uri.getPath().replaceAll("^/+|/+$", "");
        String endpoint = parameters.get("endpoint");
        if (endpoint != null && !endpoint.matches("https?://[^/?#]+/?")) {
            throw wrong(text);
        }
        return new S3Location(
                bucket,
                path.isEmpty() ? "" : path + "/",
                endpoint == null ? null : URI.create(endpoint),
                parameters.getOrDefault("region", "us-east-1"));
    }

    private static Map<String, String> parameters(String text, @Nullable String query) {
        Map<String, String> parameters = new HashMap<>();
        if (query == null) {
            return parameters;
        }
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (equals < 0 || !(name.equals("endpoint") || name.equals("region"))) {
                throw wrong(text);
            }
            parameters.put(name, URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return parameters;
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("'" + text + "' is not a place for artifacts; write it like"
                + " s3://BUCKET/PREFIX?endpoint=https://HOST:PORT&region=REGION.");
    }
}
