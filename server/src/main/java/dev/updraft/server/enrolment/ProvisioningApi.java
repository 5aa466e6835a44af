package dev.updraft.server.enrolment;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/provisioning-keys}. */
public final class ProvisioningApi implements OperatorApi {
    private static final long USUAL_RATE = 600;

    private final ProvisioningKeys keys;

    public ProvisioningApi(ProvisioningKeys keys) {
        this.keys = keys;
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/", Role.OPERATOR, this::create)
                .get("/", Role.OPERATOR, this::list)
                .delete("/{id}", Role.OPERATOR, this::revoke);
    }

    /**
     * @param expires milliseconds since 1970; null = never
     * @param most how many devices may enrol with it; null = without end
     * @param perMinute how many in a minute; null = 600
     */
    record NewKey(
            String name,
            @Nullable List<String> tags,
            @Nullable Long expires,
            @Nullable Long most,
            @Nullable Long perMinute) {}

    record CreatedKey(String name, String key) {}

    record KeyList(List<ProvisioningKeys.Key> keys) {}

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        NewKey wanted = Json.read(request, NewKey.class);
        if (wanted.name() == null || wanted.name().isBlank() || wanted.name().length() > 64) {
            throw Problem.badRequest("A provisioning key needs a name of 1 to 64 characters.");
        }
        List<String> tags = wanted.tags() == null ? List.of() : wanted.tags();
        long perMinute = wanted.perMinute() == null ? USUAL_RATE : wanted.perMinute();
        if (perMinute < 1 || perMinute > 60_000 || (wanted.most() != null && wanted.most() < 1)) {
            throw Problem.badRequest("'perMinute' is a number from 1 to 60000, and 'most' at least 1.");
        }
        if (wanted.expires() != null && wanted.expires() <= System.currentTimeMillis()) {
            throw Problem.badRequest("'expires' is a time to come, in milliseconds since 1970.");
        }
        String key = keys.create(
                caller.tenant(),
                new ProvisioningKeys.Wanted(wanted.name(), tags, wanted.expires(), wanted.most(), perMinute));
        Json.send(response, 201, new CreatedKey(wanted.name(), key));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Json.send(response, 200, new KeyList(keys.all(caller.tenant())));
    }

    private void revoke(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        keys.revoke(caller.tenant(), request.path().pathParameters().get("id"));
        response.status(204).send();
    }
}
