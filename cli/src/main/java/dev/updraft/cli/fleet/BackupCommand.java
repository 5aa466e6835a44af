package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.backup.Backup;
import dev.updraft.server.backup.BackupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft backup}. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description =
                "Writes everything a server knows into one file, while it runs or not. Keep it safe: it holds the hashes"
                        + " of all tokens and the secrets of webhooks.")
public final class BackupCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FILE.zip",
            description = "What to write; one that is there is replaced when the new one is whole.")
    private Path file;

    @Mixin
    private StorageOptions storage;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (storage.database() == null && !Files.exists(storage.data().resolve("updraft.db"))) {
            throw new UserError("There is no server's database in '" + storage.data()
                    + "'; name its directory with --data" + " or its database with --db.");
        }
        try (Artifacts artifacts = storage.artifacts()) {
            Backup.Result result = Backup.write(storage.source(), artifacts, file);
            spec.commandLine()
                    .getOut()
                    .println(result.rows() + " rows and " + result.artifacts() + " artifacts in '" + file + "', "
                            + result.bytes() + " bytes.");
            return 0;
        } catch (BackupException e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
    }
}
