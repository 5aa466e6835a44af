package dev.updraft.server.hawkbit.management;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.artifact.Download;
import dev.updraft.server.hawkbit.ddi.Hashes;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** {@code /rest/v1/softwaremodules}. */
final class ModuleApi implements OperatorApi {
    /** No path, no control characters: it goes into addresses and onto devices' file systems. */
    private static final Pattern FILENAME = Pattern.compile("[^/\\\\\\p{Cntrl}]{1,128}");

    private final Database database;
    private final Software software;
    private final Artifacts artifacts;
    private final Download download;
    private final Hashes hashes;
    private final DistributionViews views;

    ModuleApi(ApiContext parts) {
        this.database = parts.database();
        this.software = parts.software();
        this.artifacts = parts.artifacts();
        this.download = parts.download();
        this.hashes = parts.hawkbit().hashes();
        this.views = new DistributionViews(parts);
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.VIEWER, this::list)
                .post("/", Role.OPERATOR, this::create)
                .get("/{id}", Role.VIEWER, this::get)
                .put("/{id}", Role.OPERATOR, this::change)
                .delete("/{id}", Role.OPERATOR, this::delete)
                .get("/{id}/metadata", Role.VIEWER, this::metadata)
                .get("/{id}/artifacts", Role.VIEWER, this::files)
                .post("/{id}/artifacts", Role.OPERATOR, this::upload)
                .get("/{id}/artifacts/{file}", Role.VIEWER, this::file)
                .delete("/{id}/artifacts/{file}", Role.OPERATOR, this::deleteFile)
                .get("/{id}/artifacts/{file}/download", Role.VIEWER, this::fetch);
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                Listing.of(request).of(software.all(tenant).stream().map(module -> views.of(module, links))));
    }

    private void create(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        long now = System.currentTimeMillis();
        List<Software.Module> wanted = RequestBody.list(request).stream()
                .map(body -> new Software.Module(
                        0,
                        RequestBody.text(body, "type"),
                        RequestBody.text(body, "name"),
                        RequestBody.text(body, "version"),
                        RequestBody.textOr(body, "vendor", null),
                        RequestBody.textOr(body, "description", null),
                        now,
                        false))
                .toList();
        // All of them or none.
        List<Software.Module> added = database.write(handle -> wanted.stream()
                .map(module -> software.add(handle, tenant, module))
                .toList());
        Links links = Links.of(request);
        ArrayNode created = HawkbitJson.array();
        added.forEach(module -> created.add(views.of(module, links)));
        HawkbitJson.sendJson(response, 201, created);
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, views.of(known(request), Links.of(request)));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Software.Module module = module(request);
        JsonNode body = RequestBody.body(request);
        software.describe(
                module,
                RequestBody.textOr(body, "description", module.description()),
                RequestBody.textOr(body, "vendor", module.vendor()));
        HawkbitJson.sendJson(response, 200, views.of(module(request), Links.of(request)));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        software.remove(known(request));
        response.status(204).send();
    }

    /** There is none: it cannot be set. */
    private void metadata(ServerRequest request, ServerResponse response) {
        known(request);
        HawkbitJson.sendJson(response, 200, Listing.of(request).of(Stream.empty()));
    }

    private void files(ServerRequest request, ServerResponse response) {
        Software.Module module = module(request);
        Links links = Links.of(request);
        ArrayNode files = HawkbitJson.array();
        software.files(module.key()).forEach(file -> files.add(views.of(file, links)));
        HawkbitJson.sendJson(response, 200, files);
    }

    private void upload(ServerRequest request, ServerResponse response) {
        long tenant = Caller.of(request).tenant();
        Software.Module module = software.get(tenant, RequestBody.key(request, "id"));
        Upload upload = Upload.receive(request, artifacts);
        String name = request.query().first("filename").orElse(String.valueOf(upload.filename()));
        if (upload.filename() == null || !FILENAME.matcher(name).matches() || name.equals("..") || name.equals(".")) {
            throw Problem.badRequest("A file has a name of 1 to 128 characters without slashes.");
        }
        requireHash(request, "sha256sum", upload.stored().sha256());
        Hashes.Of of = hashes.of(upload.stored().sha256());
        requireHash(request, "sha1sum", of.sha1());
        requireHash(request, "md5sum", of.md5());
        Software.File file = software.addFile(
                tenant, module, name, upload.stored().sha256(), upload.stored().size());
        HawkbitJson.sendJson(response, 201, views.of(file, Links.of(request)));
    }

    private static void requireHash(ServerRequest request, String name, String is) {
        String wanted = request.query().first(name).orElse(is);
        if (!wanted.equalsIgnoreCase(is)) {
            throw Problem.badRequest("The file that came has the " + name + " " + is + ", not " + wanted + ".");
        }
    }

    private void file(ServerRequest request, ServerResponse response) {
        Software.File file = software.file(module(request), RequestBody.key(request, "file"));
        HawkbitJson.sendJson(response, 200, views.of(file, Links.of(request)));
    }

    private void fetch(ServerRequest request, ServerResponse response) throws IOException {
        Software.File file = software.file(module(request), RequestBody.key(request, "file"));
        download.send(request, response, file.sha256());
    }

    private void deleteFile(ServerRequest request, ServerResponse response) {
        Software.Module module = module(request);
        software.removeFile(software.file(module, RequestBody.key(request, "file")));
        response.status(204).send();
    }

    private Software.Module known(ServerRequest request) {
        return software.known(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }

    private Software.Module module(ServerRequest request) {
        return software.get(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }
}
