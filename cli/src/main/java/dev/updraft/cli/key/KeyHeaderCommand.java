package dev.updraft.cli.key;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.image.Bytes;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code updraft key header}: the C header that the bootloader is compiled with. */
@Command(
        name = "header",
        mixinStandardHelpOptions = true,
        description = "Writes the C header with the keys that a bootloader is compiled with.")
final class KeyHeaderCommand implements Callable<Integer> {
    @Option(
            names = "--sign",
            required = true,
            paramLabel = "KEY",
            description = "A key whose images are accepted; repeatable.")
    @SuppressWarnings("NullAway.Init")
    private List<String> sign;

    @Option(names = "--decrypt", paramLabel = "KEY", description = "The private key that encrypted images are for.")
    private @Nullable String decrypt;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where to write the header.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<VerifyingKey> keys =
                sign.stream().map(source -> signingKey(source)).toList();
        String header = KeyHeader.of(keys, decrypt == null ? null : decryptionKey(decrypt));
        if (decrypt == null) {
            OutputFile.write(output, header.getBytes(StandardCharsets.US_ASCII));
        } else {
            OutputFile.writeSecret(output, header.getBytes(StandardCharsets.US_ASCII));
        }
        spec.commandLine().getOut().println("Wrote " + output + ".");
        return 0;
    }

    private static VerifyingKey signingKey(String source) {
        PemKey key = KeySource.read(source);
        if (key.type() != KeyType.P256) {
            throw new UserError(
                    "'" + source + "' is an " + key.type().title() + " key; the bootloader verifies with P-256 keys.");
        }
        return key.verifying();
    }

    private static Bytes decryptionKey(String source) {
        PemKey key = KeySource.read(source);
        if (key.type() != KeyType.P256) {
            throw new UserError(
                    "'" + source + "' is an " + key.type().title() + " key; the bootloader decrypts with a P-256 key.");
        }
        return key.secret();
    }
}
