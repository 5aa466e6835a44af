package dev.updraft.cli.key;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.cli.key.KeyHeader.Accepted;
import dev.updraft.image.Bytes;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import dev.updraft.image.key.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
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
    private List<String> sign;

    /** One key that is on its way out. */
    static final class Retired {
        @Option(
                names = "--retire",
                required = true,
                paramLabel = "KEY",
                description = "A key that signs no more than the images that are there: see --from.")
        private String key;

        @Option(
                names = "--from",
                required = true,
                paramLabel = "COUNTER",
                description =
                        "From this security counter on its images are refused; a device that holds it refuses the key for good.")
        private long from;
    }

    private static final int MOST_KEYS = 4;
    private static final long LARGEST_COUNTER = 0xFFFF_FFFFL;

    @ArgGroup(exclusive = false, multiplicity = "0..*")
    private List<Retired> retired = List.of();

    @Option(names = "--decrypt", paramLabel = "KEY", description = "The private key that encrypted images are for.")
    private @Nullable String decrypt;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where to write the header.")
    private Path output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        String header = KeyHeader.ofAccepted(accepted(), decrypt == null ? null : decryptionKey(decrypt));
        if (decrypt == null) {
            OutputFile.write(output, header.getBytes(StandardCharsets.US_ASCII));
        } else {
            OutputFile.writeSecret(output, header.getBytes(StandardCharsets.US_ASCII));
        }
        spec.commandLine().getOut().println("Wrote " + output + ".");
        return 0;
    }

    private List<Accepted> accepted() {
        List<Accepted> keys = new ArrayList<>();
        for (String source : sign) {
            add(keys, source, 0);
        }
        for (Retired each : retired) {
            if (each.from < 1 || each.from > LARGEST_COUNTER) {
                throw new UserError("--from " + each.from + ": a security counter is from 1 to 4294967295.");
            }
            add(keys, each.key, each.from);
        }
        if (keys.size() > MOST_KEYS) {
            throw new UserError("A bootloader holds at most four keys, not " + keys.size() + ".");
        }
        return keys;
    }

    private static void add(List<Accepted> keys, String source, long below) {
        VerifyingKey key = signingKey(source);
        if (keys.stream().anyMatch(each -> each.key().hash().equals(key.hash()))) {
            throw new UserError("'" + source + "' is named twice; name each key once, with --sign or with --retire.");
        }
        keys.add(new Accepted(key, below));
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
