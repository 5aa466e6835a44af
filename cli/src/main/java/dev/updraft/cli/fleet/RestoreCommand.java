package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.backup.BackupException;
import dev.updraft.server.backup.Restore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft restore}. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description =
                "Puts a backup into a new data directory or an empty database of either kind, and verifies every byte of it.")
public final class RestoreCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE.zip", description = "As 'updraft backup' writes it.")
    private Path file;

    @Mixin
    private StorageOptions storage;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (!Files.exists(file)) {
            throw new UserError("There is no file '" + file + "'.");
        }
        try {
            Files.createDirectories(storage.data());
        } catch (IOException e) {
            throw new UserError(
                    "The data directory '" + storage.data() + "' cannot be made: " + e.getMessage() + ".", e);
        }
        try (Artifacts artifacts = storage.artifacts()) {
            Restore.Result result = Restore.read(file, storage.source(), artifacts);
            spec.commandLine()
                    .getOut()
                    .println("Restored and verified: " + result.rows() + " rows and " + result.artifacts()
                            + " artifacts.");
            return 0;
        } catch (BackupException e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
    }
}
