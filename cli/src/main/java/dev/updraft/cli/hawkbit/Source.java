package dev.updraft.cli.hawkbit;

import dev.updraft.cli.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where hawkBit's data comes from; paths are those of its Management API below {@code /rest/v1/}. */
sealed interface Source {
    JsonMapper JSON = new JsonMapper();

    /** Every element of the list at {@code path}; none if there is no such list. */
    List<JsonNode> list(String path);

    /** The bytes at {@code path}, in {@code into}. */
    void fetch(String path, Path into);

    /** The elements of a page, or of a bare list. */
    private static List<JsonNode> elements(JsonNode answer) {
        return (answer.isArray() ? answer : answer.path("content"))
                .valueStream()
                .toList();
    }

    /** A running hawkBit. */
    record Url(String address, String credentials, HttpClient client) implements Source {
        private static final int PAGE = 500;

        static Url of(String address, String user, String password) {
            String both = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
            HttpClient client = HttpClient.newBuilder()
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();
            return new Url(address.replaceAll("/+$", ""), "Basic " + both, client);
        }

        @Override
        public List<JsonNode> list(String path) {
            List<JsonNode> all = new ArrayList<>();
            while (true) {
                byte[] body = send(
                        path + "?offset=" + all.size() + "&limit=" + PAGE, HttpResponse.BodyHandlers.ofByteArray());
                JsonNode answer = parsed(body, path);
                List<JsonNode> page = elements(answer);
                all.addAll(page);
                if (page.isEmpty()
                        || answer.isArray()
                        || all.size() >= answer.path("total").asLong()) {
                    return all;
                }
            }
        }

        @Override
        public void fetch(String path, Path into) {
            send(path, HttpResponse.BodyHandlers.ofFile(into));
        }

        private <T> T send(String path, HttpResponse.BodyHandler<T> body) {
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/rest/v1/" + path))
                        .header("Authorization", credentials)
                        .timeout(Duration.ofMinutes(10))
                        .build();
                HttpResponse<T> response = client.send(request, body);
                if (response.statusCode() != 200) {
                    throw new UserError("hawkBit at " + address + " answered " + response.statusCode() + " to " + path
                            + (response.statusCode() == 401 ? "; check --user and --password." : "."));
                }
                return response.body();
            } catch (IllegalArgumentException e) {
                throw new UserError(
                        "'" + address + "' is not the address of a hawkBit; write it as http://HOST:PORT.", e);
            } catch (IOException e) {
                throw new UserError("The connection to hawkBit at " + address + " failed: " + e.getMessage() + ".", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UserError("Interrupted while waiting for " + address + ".", e);
            }
        }
    }

    /** Saved answers: {@code targets.json}, {@code softwaremodules/7/artifacts.json} and so on. */
    record Directory(Path root) implements Source {
        @Override
        public List<JsonNode> list(String path) {
            Path file = root.resolve(path + ".json");
            try {
                return Files.exists(file) ? elements(parsed(Files.readAllBytes(file), file.toString())) : List.of();
            } catch (IOException e) {
                throw new UserError("The file '" + file + "' cannot be read.", e);
            }
        }

        @Override
        public void fetch(String path, Path into) {
            Path file = root.resolve(path);
            try {
                Files.copy(file, into, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UserError("The artifact '" + file + "' is missing; save it there.", e);
            }
        }
    }

    private static JsonNode parsed(byte[] json, String where) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            throw new UserError("What is at " + where + " is not JSON.", e);
        }
    }
}
