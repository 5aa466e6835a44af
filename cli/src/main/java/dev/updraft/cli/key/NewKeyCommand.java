package dev.updraft.cli.key;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code updraft key new}. */
@Command(
        name = "new",
        mixinStandardHelpOptions = true,
        description = "Makes a key pair and writes it as PKCS#8 PEM that only you can read.")
final class NewKeyCommand implements Callable<Integer> {
    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "p256",
            description = "p256 (signs, and receives encrypted images; default), ed25519 (signs), x25519 (receives).")
    private KeyType type;

    @Option(
            names = "--passphrase",
            description = "Encrypt the file with the passphrase in " + KeySource.PASSPHRASE + ".")
    private boolean encrypted;

    @Option(names = "--force", description = "Replace a file that is there; its key is lost.")
    private boolean force;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where to write the key.")
    private Path output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (Files.exists(output) && !force) {
            throw new UserError("'" + output + "' is there already: a key that is overwritten is lost for ever;"
                    + " name another file or say --force.");
        }
        char @Nullable [] passphrase = encrypted ? KeySource.passphrase() : null;
        if (encrypted && passphrase == null) {
            throw new UserError("Set the environment variable " + KeySource.PASSPHRASE + " to the passphrase first.");
        }
        PemKey key = PemKey.generate(type);
        OutputFile.writeSecret(output, key.privatePem(passphrase).getBytes(StandardCharsets.US_ASCII));
        spec.commandLine().getOut().println("Wrote a " + type.title() + " key to " + output + ".");
        return 0;
    }
}
