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

    ObjectNode of(Distributions.Distribution set, Links links, boolean full) {
        List<Software.Module> modules = distributions.modules(set.key());
        ObjectNode view = HawkbitJson.object()
                .put("id", set.key())
                .put("name", set.name())
                .put("version", set.version())
                .put("type", set.type())
                .put("typeName", set.typeName())
                .put("deleted", set.deleted())
                .put("valid", set.valid())
                .put("complete", distributions.isComplete(set, modules))
                .put("locked", set.locked())
                .put("requiredMigrationStep", false);
        set.stamp().put(view);
        if (set.description() != null) {
            view.put("description", set.description());
        }
        ArrayNode list = view.putArray("modules");
        modules.forEach(module -> list.add(of(module, links, false)));
        String self = "/rest/v1/distributionsets/" + set.key();
        links.add(view, "self", self);
        if (full) {
            links.add(view, "modules", self + "/assignedSM?offset=0&limit=50");
            links.add(view, "type", "/rest/v1/distributionsettypes/" + set.typeNumber());
            links.add(view, "metadata", self + "/metadata");
        }
        return view;
    }

    ObjectNode of(Software.Module module, Links links, boolean full) {
        ObjectNode view = HawkbitJson.object()
                .put("id", module.key())
                .put("name", module.name())
                .put("version", module.version())
                .put("type", module.type())
                .put("typeName", module.typeName())
                .put("complete", module.complete())
                .put("locked", module.locked())
                .put("encrypted", false)
                .put("deleted", module.deleted());
        module.stamp().put(view);
        if (module.vendor() != null) {
            view.put("vendor", module.vendor());
        }
        if (module.description() != null) {
            view.put("description", module.description());
        }
        String self = "/rest/v1/softwaremodules/" + module.key();
        links.add(view, "self", self);
        if (full) {
            links.add(view, "artifacts", self + "/artifacts");
            links.add(view, "type", "/rest/v1/softwaremoduletypes/" + module.typeNumber());
            links.add(view, "metadata", self + "/metadata");
        }
        return view;
    }

    ObjectNode of(Software.File file, Links links, boolean full) {
        Hashes.Of of = hashes.of(file.sha256());
        ObjectNode view = HawkbitJson.object()
                .put("id", file.key())
                .put("providedFilename", file.filename())
                .put("size", file.size());
        file.stamp().put(view);
        view.putObject("hashes").put("sha1", of.sha1()).put("md5", of.md5()).put("sha256", file.sha256());
        String self = "/rest/v1/softwaremodules/" + file.module() + "/artifacts/" + file.key();
        links.add(view, "self", self);
        if (full) {
            links.add(view, "download", self + "/download");
        }
        return view;
    }
}
