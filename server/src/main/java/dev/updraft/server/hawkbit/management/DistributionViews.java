package dev.updraft.server.hawkbit.management;

import dev.updraft.server.hawkbit.ddi.Hashes;
import dev.updraft.server.hawkbit.ddi.HawkbitJson;
import dev.updraft.server.hawkbit.ddi.Links;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Distribution sets, software modules and artifacts in hawkBit's shape. */
final class DistributionViews {
    private final Distributions distributions;
    private final Hashes hashes;

    DistributionViews(ApiContext parts) {
        this.distributions = parts.distributions();
        this.hashes = parts.hawkbit().hashes();
    }

    ObjectNode of(Distributions.Distribution set, Links links) {
        List<Software.Module> modules = distributions.modules(set.key());
        ObjectNode view = HawkbitJson.object()
                .put("id", set.key())
                .put("name", set.name())
                .put("version", set.version())
                .put("description", set.description())
                .put("type", set.type())
                .put("createdAt", set.created())
                .put("lastModifiedAt", set.created())
                .put("deleted", set.deleted())
                .put("valid", true)
                .put("complete", !modules.isEmpty())
                .put("locked", set.release() != null)
                .put("requiredMigrationStep", false);
        ArrayNode list = view.putArray("modules");
        modules.forEach(module -> list.add(of(module, links)));
        String self = "/rest/v1/distributionsets/" + set.key();
        links.add(view, "self", self);
        links.add(view, "metadata", self + "/metadata");
        SystemApi.linkType(view, links, "distributionsettypes", SystemApi.SETS, set.type());
        return view;
    }

    ObjectNode of(Software.Module module, Links links) {
        ObjectNode view = HawkbitJson.object()
                .put("id", module.key())
                .put("name", module.name())
                .put("version", module.version())
                .put("type", module.type())
                .put("vendor", module.vendor())
                .put("description", module.description())
                .put("createdAt", module.created())
                .put("lastModifiedAt", module.created())
                .put("deleted", module.deleted());
        String self = "/rest/v1/softwaremodules/" + module.key();
        links.add(view, "self", self);
        links.add(view, "artifacts", self + "/artifacts");
        links.add(view, "metadata", self + "/metadata");
        SystemApi.linkType(view, links, "softwaremoduletypes", SystemApi.MODULES, module.type());
        return view;
    }

    ObjectNode of(Software.File file, Links links) {
        Hashes.Of of = hashes.of(file.sha256());
        ObjectNode view = HawkbitJson.object()
                .put("id", file.key())
                .put("providedFilename", file.filename())
                .put("size", file.size())
                .put("createdAt", file.created())
                .put("lastModifiedAt", file.created());
        view.putObject("hashes").put("sha1", of.sha1()).put("md5", of.md5()).put("sha256", file.sha256());
        String self = "/rest/v1/softwaremodules/" + file.module() + "/artifacts/" + file.key();
        links.add(view, "self", self);
        links.add(view, "download", self + "/download");
        return view;
    }
}
