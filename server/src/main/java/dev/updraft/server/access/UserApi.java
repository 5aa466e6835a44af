package dev.updraft.server.access;

import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/users}. */
public final class UserApi implements OperatorApi {
    private final Operators operators;

    public UserApi(Operators operators) {
        this.operators = operators;
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/", Role.ADMIN, this::create)
                .get("/", Role.ADMIN, this::list)
                .delete("/{name}", Role.ADMIN, this::remove)
                .put("/{name}/password", Role.ADMIN, this::setPassword)
                .delete("/{name}/password", Role.ADMIN, this::removePassword);
    }

    record NewUser(String name, Role role) {}

    /** @param weak true if a short password is what is wanted */
    record NewPassword(String password, @Nullable Boolean weak) {}

    record UserList(List<Users.User> users) {}

    private void create(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        NewUser wanted = Json.read(request, NewUser.class);
        if (!wanted.name().matches("[\\p{L}\\p{N}._@-]{1,64}")) {
            throw Problem.badRequest("A user's name has 1 to 64 letters, digits or . _ @ - characters.");
        }
        Json.send(response, 201, operators.users().create(tenant, wanted.name(), wanted.role()));
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Json.send(response, 200, new UserList(operators.users().all(tenant)));
    }

    private void remove(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        operators.removeUser(tenant, request.path().pathParameters().get("name"));
        response.status(204).send();
    }

    private void setPassword(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        requireAll(caller);
        NewPassword wanted = Json.read(request, NewPassword.class);
        Password.check(wanted.password(), Boolean.TRUE.equals(wanted.weak()));
        operators.setPassword(caller.tenant(), request.path().pathParameters().get("name"), wanted.password());
        response.status(204).send();
    }

    private void removePassword(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        operators.setPassword(tenant, request.path().pathParameters().get("name"), null);
        response.status(204).send();
    }

    /** A password is good for all that its user may, so that a token that is narrower cannot make one. */
    private static void requireAll(Caller caller) {
        if (!caller.scopes().isEmpty()) {
            throw Problem.forbidden("A token with scopes cannot give out a password, which has none.");
        }
    }
}
