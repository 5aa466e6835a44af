package dev.updraft.server.access;

import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/tokens}: who may use the operator API. */
public final class TokenApi implements OperatorApi {
    private final Operators operators;

    public TokenApi(Operators operators) {
        this.operators = operators;
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/", Role.ADMIN, this::create)
                .get("/", Role.ADMIN, this::list)
                .delete("/{id}", Role.ADMIN, this::revoke);
    }

    record NewToken(
            String name,
            Role role,
            @Nullable String user,
            @Nullable List<String> scopes,
            @Nullable Long expires) {}

    record CreatedToken(String name, Role role, String token) {}

    record TokenList(List<Operators.Token> tokens) {}

    private void create(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        NewToken wanted = Json.read(request, NewToken.class);
        if (wanted.name() == null || !wanted.name().matches("[\\p{L}\\p{N} ._@-]{1,64}") || wanted.role() == null) {
            throw Problem.badRequest("A token needs a name of 1 to 64 letters, digits or . _ @ - and a role:"
                    + " viewer, operator, approver or admin.");
        }
        List<String> scopes = wanted.scopes() == null ? List.of() : wanted.scopes();
        String token = operators.create(
                caller, new Operators.Grant(wanted.name(), wanted.role(), wanted.user(), scopes, wanted.expires()));
        Json.send(response, 201, new CreatedToken(wanted.name(), wanted.role(), token));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Json.send(response, 200, new TokenList(operators.all(caller.tenant())));
    }

    private void revoke(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        operators.revoke(caller.tenant(), request.path().pathParameters().get("id"));
        response.status(204).send();
    }
}
