package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import dev.updraft.cli.key.KeySource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code updraft tenant …}. */
@Command(
        name = "tenant",
        mixinStandardHelpOptions = true,
        description = "Makes fleets that know nothing of each other, and says what holds for all of one.")
public final class TenantCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: see 'updraft tenant --help'.");
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Makes a tenant and prints its first admin token, only this once.")
    int add(@Parameters(paramLabel = "NAME") String name, @Mixin Output output, @Mixin Connection server) {
        JsonNode made = server.post(
                "/api/v1/tenants", JsonNodeFactory.instance.objectNode().put("name", name));
        output.say(spec, made, made.path("token").asString());
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Says what this tenant demands of its releases, as JSON.")
    int show(@Mixin Connection server) {
        spec.commandLine().getOut().println(server.get("/api/v1/settings").toPrettyString());
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Changes what this tenant demands of its releases; what is not named stays as it is.")
    int set(
            @Option(
                            names = "--require-rehearsal",
                            negatable = true,
                            description =
                                    "Nothing goes to devices that has not passed a rehearsal; with --no-… it may.")
                    @Nullable
                    Boolean requireRehearsal,
            @Option(
                            names = "--rehearsal-cuts",
                            paramLabel = "N",
                            description = "Rehearsals with fewer cut points (of the update, or of the roll-back) do not"
                                    + " count, unless these are all.")
                    @Nullable
                    Long cuts,
            @Option(
                            names = "--rehearsal-application",
                            negatable = true,
                            description =
                                    "Only rehearsals in which the application was run and worked count; with --no-… others"
                                            + " do too.")
                    @Nullable
                    Boolean application,
            @Option(
                            names = "--rehearsal-bootloader",
                            paramLabel = "SHA256",
                            description = "Only rehearsals with this bootloader count; may be repeated; '' = with any."
                                    + " 'updraft rehearse' prints it; of boot.bin it is what sha256sum says.")
                    @Nullable
                    List<String> bootloaders,
            @Option(
                            names = "--rehearsal-key",
                            paramLabel = "KEY",
                            description =
                                    "Only reports signed by this key count (a PEM file or env:NAME, the public half"
                                            + " is enough and all that is sent); may be repeated; '' = also without signature.")
                    @Nullable
                    List<String> keys,
            @Mixin Connection server) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        if (requireRehearsal != null) {
            change.put("requireRehearsal", requireRehearsal);
        }
        if (cuts != null) {
            change.put("rehearsalCuts", cuts);
        }
        if (application != null) {
            change.put("rehearsalApplication", application);
        }
        if (bootloaders != null) {
            ArrayNode list = change.putArray("rehearsalBootloaders");
            bootloaders.stream().filter(each -> !each.isEmpty()).forEach(list::add);
        }
        if (keys != null) {
            ArrayNode list = change.putArray("rehearsalKeys");
            keys.stream()
                    .filter(each -> !each.isEmpty())
                    .forEach(each -> list.add(KeySource.read(each).publicPem()));
        }
        if (change.isEmpty()) {
            throw new UserError("Say what to change: see 'updraft tenant set --help'.");
        }
        spec.commandLine()
                .getOut()
                .println(server.patch("/api/v1/settings", change).toPrettyString());
        return 0;
    }
}
