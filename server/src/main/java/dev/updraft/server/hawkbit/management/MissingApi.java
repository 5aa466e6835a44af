package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** What hawkBit has and this server does not: answered in words, so that nobody takes it for a wrong address. */
final class MissingApi implements OperatorApi {
    @Override
    public void routes(Routes routes) {
        routes.get("/targetgroups", Role.VIEWER, MissingApi::answer)
                .get("/autoassignments", Role.VIEWER, MissingApi::answer)
                .get("/targetfilters", Role.VIEWER, MissingApi::answer)
                .post("/targetfilters", Role.VIEWER, MissingApi::answer)
                .get("/targetfilters/{id}", Role.VIEWER, MissingApi::answer)
                .put("/targetfilters/{id}", Role.VIEWER, MissingApi::answer)
                .delete("/targetfilters/{id}", Role.VIEWER, MissingApi::answer)
                .post("/targetfilters/{id}/autoAssignDS", Role.VIEWER, MissingApi::answer)
                .get("/targettypes", Role.VIEWER, MissingApi::answer)
                .post("/targettypes", Role.VIEWER, MissingApi::answer)
                .get("/distributionsettags", Role.VIEWER, MissingApi::answer)
                .post("/distributionsettags", Role.VIEWER, MissingApi::answer)
                .post("/softwaremoduletypes", Role.VIEWER, MissingApi::answer)
                .post("/distributionsettypes", Role.VIEWER, MissingApi::answer)
                .get("/distributionsettypes/{id}/mandatorymoduletypes", Role.VIEWER, MissingApi::answer)
                .get("/distributionsettypes/{id}/optionalmoduletypes", Role.VIEWER, MissingApi::answer)
                .post("/targets/{id}/metadata", Role.VIEWER, MissingApi::answer)
                .get("/targets/{id}/metadata", Role.VIEWER, MissingApi::answer)
                .get("/targets/{id}/metadata/{key}", Role.VIEWER, MissingApi::answer)
                .post("/softwaremodules/{id}/metadata", Role.VIEWER, MissingApi::answer)
                .post("/distributionsets/{id}/metadata", Role.VIEWER, MissingApi::answer)
                .get("/distributionsets/{id}/statistics", Role.VIEWER, MissingApi::answer)
                .get("/distributionsets/{id}/statistics/rollouts", Role.VIEWER, MissingApi::answer)
                .post("/distributionsets/{id}/invalidate", Role.VIEWER, MissingApi::answer)
                .delete("/system/configs/{key}", Role.VIEWER, MissingApi::answer)
                .put("/system/configs", Role.VIEWER, MissingApi::answer)
                .put("/targets/{id}/actions/{action}", Role.VIEWER, MissingApi::answer)
                .put("/targets/{id}/actions/{action}/confirmation", Role.VIEWER, MissingApi::answer)
                .delete("/actions", Role.VIEWER, MissingApi::answer)
                .put("/rollouts/{id}", Role.VIEWER, MissingApi::answer)
                .post("/rollouts/{id}/triggerNextGroup", Role.VIEWER, MissingApi::answer)
                .post("/rollouts/{id}/deny", Role.VIEWER, MissingApi::answer)
                .post("/rollouts/{id}/retry", Role.VIEWER, MissingApi::answer)
                .get("/rollouts/{id}/deploygroups/{group}", Role.VIEWER, MissingApi::answer)
                .get("/rollouts/{id}/deploygroups/{group}/targets", Role.VIEWER, MissingApi::answer)
                .put("/targettags/{id}", Role.VIEWER, MissingApi::answer);
    }

    private static void answer(ServerRequest request, ServerResponse response) {
        throw Problem.notImplemented(
                "This part of hawkBit's Management API is not implemented here; nothing was changed."
                        + " docs/reference/hawkbit-management.md says what there is instead.");
    }
}
