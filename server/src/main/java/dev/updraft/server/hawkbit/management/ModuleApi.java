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
import dev.updraft.server.hawkbit.ddi.Refusal;
import dev.updraft.server.http.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** {@code /rest/v1/softwaremodules}. */
final class ModuleApi implements OperatorApi {
    /** No path, no control characters: it goes into addresses and onto devices' file systems. */
    private static final Pattern FILENAME = Pattern.compile("[^/\\\\\\p{Cntrl}]{1,128}");

    private final Software software;
    private final Artifacts artifacts;
    private final Download download;
    private final Hashes hashes;
    private final DistributionViews views;

    ModuleApi(ApiContext parts) {
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
                .get("/{id}/artifacts", Role.VIEWER, this::files)
                .post("/{id}/artifacts", Role.OPERATOR, this::upload)
                .get("/{id}/artifacts/{file}", Role.VIEWER, this::file)
                .delete("/{id}/artifacts/{file}", Role.OPERATOR, this::deleteFile)
                .get("/{id}/artifacts/{file}/download", Role.VIEWER, this::fetch);
    }

    private void list(ServerRequest request, ServerResponse response) {
        Links links = Links.of(request);
        HawkbitJson.sendJson(
                response,
                200,
                software.rows("")
                        .page(
                                Listing.of(request),
                                module -> views.of(module, links, false),
                                Caller.of(request).tenant()));
    }

    private void create(ServerRequest request, ServerResponse response) {
        List<Software.New> wanted = RequestBody.list(request).stream()
                .map(body -> {
                    if (Boolean.TRUE.equals(RequestBody.flag(body, "encrypted"))) {
                        throw Problem.notImplemented(
                                "Software modules are not encrypted by the server; sign an image with"
                                        + " 'updraft image sign --encrypt' instead. Nothing was made.");
                    }
                    return new Software.New(
                            RequestBody.text(body, "type", 64),
                            RequestBody.text(body, "name", 128),
                            RequestBody.text(body, "version", 64),
                            RequestBody.textOr(body, "vendor", null, 256),
                            RequestBody.textOr(body, "description", null, 512));
                })
                .toList();
        Links links = Links.of(request);
        ArrayNode created = HawkbitJson.array();
        software.add(Caller.of(request), wanted).forEach(module -> created.add(views.of(module, links, false)));
        HawkbitJson.sendJson(response, 201, created);
    }

    private void get(ServerRequest request, ServerResponse response) {
        HawkbitJson.sendJson(response, 200, views.of(known(request), Links.of(request), true));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Software.Module module = module(request);
        JsonNode body = RequestBody.body(request);
        software.change(
                module,
                RequestBody.textOr(body, "description", module.description(), 512),
                RequestBody.textOr(body, "vendor", module.vendor(), 256),
                RequestBody.flag(body, "locked"),
                Caller.of(request).name());
        HawkbitJson.sendJson(response, 200, views.of(module(request), Links.of(request), true));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        software.remove(known(request));
        response.status(204).send();
    }

    private void files(ServerRequest request, ServerResponse response) {
        Software.Module module = module(request);
        boolean full = Listing.of(request).full()
                && !request.query().first("useartifacturlhandler").orElse("").equals("true");
        Links links = Links.of(request);
        ArrayNode files = HawkbitJson.array();
        software.files(module.key()).forEach(file -> files.add(views.of(file, links, full)));
        HawkbitJson.sendJson(response, 200, files);
    }

    private void upload(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Software.Module module = software.get(caller.tenant(), RequestBody.key(request, "id"));
        Software.requireOpen(module);
        Upload upload = Upload.receive(request, artifacts);
        String name = request.query().first("filename").orElse(String.valueOf(upload.filename()));
        if (upload.filename() == null || !FILENAME.matcher(name).matches() || name.equals("..") || name.equals(".")) {
            throw Refusal.CONSTRAINT.of("A file has a name of 1 to 128 characters without slashes.");
        }
        if (upload.stored().size() == 0) {
            throw Refusal.CONSTRAINT.of("The file '" + name + "' is empty.");
        }
        requireHash(request, "sha256sum", upload.stored().sha256());
        Hashes.Of of = hashes.of(upload.stored().sha256());
        requireHash(request, "sha1sum", of.sha1());
        requireHash(request, "md5sum", of.md5());
        Software.File file = software.addFile(
                caller, module, name, upload.stored().sha256(), upload.stored().size());
        HawkbitJson.sendJson(response, 201, views.of(file, Links.of(request), true));
    }

    private static void requireHash(ServerRequest request, String name, String is) {
        String wanted = request.query().first(name).orElse(is);
        if (!wanted.equalsIgnoreCase(is)) {
            throw Refusal.CHECKSUM.of("The file that came has the " + name + " " + is + ", not " + wanted + ".");
        }
    }

    private void file(ServerRequest request, ServerResponse response) {
        Software.File file = software.file(module(request), RequestBody.key(request, "file"));
        HawkbitJson.sendJson(response, 200, views.of(file, Links.of(request), true));
    }

    private void fetch(ServerRequest request, ServerResponse response) throws IOException {
        Software.File file = software.file(module(request), RequestBody.key(request, "file"));
        download.send(request, response, file.sha256());
    }

    private void deleteFile(ServerRequest request, ServerResponse response) {
        Software.Module module = module(request);
        Software.File file = software.file(module, RequestBody.key(request, "file"));
        Software.requireOpen(module);
        software.removeFile(file);
        response.status(204).send();
    }

    private Software.Module known(ServerRequest request) {
        return software.known(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }

    private Software.Module module(ServerRequest request) {
        return software.get(Caller.of(request).tenant(), RequestBody.key(request, "id"));
    }
}
