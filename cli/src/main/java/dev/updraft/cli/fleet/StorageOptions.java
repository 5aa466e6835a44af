package dev.updraft.cli.fleet;

import dev.updraft.cli.UserError;
import dev.updraft.server.Server;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.store.Source;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where a server keeps what it knows; mixed into every command that goes there itself. */
final class StorageOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "updraft-data",
            description = "Where the database, the artifacts and the first admin token are kept; default updraft-data.")
    private Path data;

    @Option(
            names = "--db",
            paramLabel = "URL",
            defaultValue = "${env:UPDRAFT_DB}",
            description = "jdbc:postgresql://HOST/NAME?user=…&password=…; default $UPDRAFT_DB, which keeps the password"
                    + " out of the list of processes, else SQLite in the data directory.")
    private @Nullable String database;

    @Option(
            names = "--artifacts",
            paramLabel = "URL",
            description =
                    "s3://BUCKET/PREFIX?endpoint=https://HOST:PORT&region=REGION, with the credentials of AWS's own tools"
                            + " (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, …); default in the data directory.")
    private @Nullable String artifacts;

    Path data() {
        return data;
    }

    @Nullable
    String database() {
        return database;
    }

    @Nullable
    String where() {
        return artifacts;
    }

    Source source() {
        try {
            return Source.of(database, data);
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
    }

    Artifacts artifacts() {
        try {
            return Server.artifacts(artifacts, data);
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UserError("The data directory '" + data + "' cannot be used: " + e.getMessage() + ".", e);
        }
    }
}
