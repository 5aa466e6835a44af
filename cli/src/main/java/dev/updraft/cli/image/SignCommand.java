package dev.updraft.cli.image;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.FirmwareOptions;
import dev.updraft.cli.file.InputFile;
import dev.updraft.cli.file.Numbers;
import dev.updraft.cli.file.OutputFile;
import dev.updraft.cli.key.KeySource;
import dev.updraft.image.Bytes;
import dev.updraft.image.Dependency;
import dev.updraft.image.Image;
import dev.updraft.image.ImageSigner;
import dev.updraft.image.InstallCheck;
import dev.updraft.image.VectorTableMove;
import dev.updraft.image.board.Board;
import dev.updraft.image.encryption.AesSize;
import dev.updraft.image.firmware.Firmware;
import dev.updraft.image.key.SignatureMissing;
import dev.updraft.image.key.SigningKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code updraft image sign}. */
@Command(
        name = "sign",
        description =
                "Makes a signed MCUboot image of what a build wrote: ELF, Intel HEX, S-records, DfuSe, UF2 or raw binary.")
final class SignCommand implements Callable<Integer> {
    // --version is the image's here, so the standard options cannot be mixed in
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // picocli reads the annotation
    private boolean help;

    @Parameters(paramLabel = "IN", description = "The firmware; its format is seen from its content.")
    private Path input;

    @Option(
            names = "--key",
            required = true,
            paramLabel = "KEY",
            description = "The signing key: a PEM file, env:NAME, or pkcs11:token=TOKEN;object=LABEL?module-path=FILE."
                    + " With --digest-to or --signature-from its public half is enough.")
    private String key;

    @Option(
            names = "--version",
            required = true,
            paramLabel = "A.B.C[+BUILD]",
            description = "The firmware's version; parts at its end may be left out.")
    private String version;

    @Option(
            names = "--board",
            paramLabel = "NAME",
            description =
                    "The board the image is for: a name ('updraft board list'), or a board file of your own, as ./my-board.toml.")
    private @Nullable String board;

    @Option(
            names = "--header-size",
            paramLabel = "BYTES",
            description = "Default: what the board's vector table needs.")
    private @Nullable String headerSize;

    @Option(names = "--security-counter", paramLabel = "N", description = "Devices refuse images with a lower one.")
    private @Nullable String securityCounter;

    @Option(
            names = "--dependency",
            paramLabel = "ID:VERSION",
            description = "Another image that must be there; repeatable.")
    private List<String> dependencies = List.of();

    @Option(
            names = "--load-address",
            paramLabel = "ADDRESS",
            description = "The image is copied there and runs from RAM.")
    private @Nullable String loadAddress;

    @Option(
            names = "--rom-address",
            paramLabel = "ADDRESS",
            description = "The image can only run at this address in flash.")
    private @Nullable String romAddress;

    @Option(
            names = "--vendor-tlv",
            paramLabel = "TYPE=HEX",
            description = "Your own protected TLV, type 0xXXA0 to 0xXXFE; repeatable.")
    private Map<String, String> vendorTlvs = Map.of();

    @Option(names = "--whole-public-key", description = "Put the public key into the image instead of its hash.")
    private boolean wholePublicKey;

    @Option(names = "--pure", description = "Sign the image itself and not its hash (Ed25519 only).")
    private boolean pure;

    @Option(names = "--compress", description = "Pack the payload (heatshrink) where that makes the image smaller.")
    private boolean compress;

    @Option(
            names = "--encrypt-to",
            paramLabel = "KEY",
            description = "Encrypt the payload to this public key: P-256 or X25519.")
    private @Nullable String recipient;

    @Option(names = "--aes", paramLabel = "BITS", defaultValue = "128", description = "128 (default) or 256.")
    private int aesBits;

    @Option(
            names = "--no-checks",
            description = "Do not check that the firmware can start on the board; the board may be unknown then.")
    private boolean unchecked;

    @Mixin
    private FirmwareOptions reading;

    @Option(
            names = "--digest-to",
            paramLabel = "FILE",
            description = "The private key is behind a service: write the digest that it is to sign (32 bytes).")
    private @Nullable Path digestTo;

    @Option(
            names = "--signature-from",
            paramLabel = "FILE",
            description = "What the service made of the digest: DER, or the two numbers (64 bytes), also in Base64;"
                    + " with --compress there are two, so say it twice.")
    private List<Path> signatures = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            description = "Where to write the image.")
    private @Nullable Path output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (output == null && digestTo == null) {
            throw new UserError("Say where to write the image: -o OUT.");
        }
        if (board != null && !unchecked) {
            Board.find(board); // before anything else is wrong with the file
        }
        Firmware firmware = reading.read(input, board, spec.commandLine().getOut());
        try {
            write(signer().sign(firmware));
        } catch (SignatureMissing missing) {
            ask(missing);
        }
        return 0;
    }

    private void write(Image image) {
        if (output == null) {
            throw new UserError("All signatures are there: say where to write the image, -o OUT.");
        }
        OutputFile.write(output, image::writeTo);
        say("Wrote " + output + ": " + image + ", " + image.bytes().length() + " bytes.");
        if (board != null && !unchecked) {
            InstallCheck.problems(Board.find(board), image)
                    .forEach(problem -> spec.commandLine()
                            .getErr()
                            .println("Updraft's bootloader would refuse this image: " + problem));
            VectorTableMove.warning(Board.find(board), image)
                    .ifPresent(warning -> spec.commandLine().getErr().println("Warning: " + warning));
        }
    }

    private void ask(SignatureMissing missing) {
        if (digestTo == null) {
            throw new UserError(missing.getMessage() + " --digest-to FILE writes it, to be signed.", missing);
        }
        OutputFile.write(digestTo, missing.digest().toArray());
        say("Wrote " + digestTo + ", the digest " + missing.digest().hex()
                + ": have it signed, as 'openssl pkeyutl -sign' does, then run this again with --signature-from.");
    }

    private void say(String text) {
        spec.commandLine().getOut().println(text);
    }

    private SigningKey signingKey() {
        if (digestTo == null && signatures.isEmpty()) {
            return KeySource.signing(key);
        }
        if (pure) {
            throw new UserError("A pure signature is over the whole image, not over a digest: leave out --pure.");
        }
        List<Bytes> made = signatures.stream().map(SignCommand::signature).toList();
        return SigningKey.elsewhere(KeySource.read(key).verifying(), made);
    }

    /** Services answer with bytes or with Base64. */
    private static Bytes signature(Path file) {
        byte[] bytes = InputFile.bytes(file);
        try {
            return Bytes.wrapping(Base64.getDecoder().decode(new String(bytes, StandardCharsets.ISO_8859_1).strip()));
        } catch (IllegalArgumentException notBase64) {
            return Bytes.wrapping(bytes);
        }
    }

    private ImageSigner signer() {
        ImageSigner signer = ImageSigner.with(signingKey()).version(version);
        if (board != null) {
            signer = signer.board(board);
        }
        if (headerSize != null) {
            signer = signer.headerSize((int) Numbers.parse("--header-size", headerSize));
        }
        if (securityCounter != null) {
            signer = signer.securityCounter(Numbers.parse("--security-counter", securityCounter));
        }
        for (String dependency : dependencies) {
            signer = signer.dependency(Dependency.parse(dependency));
        }
        if (loadAddress != null) {
            signer = signer.loadAddress(Numbers.parse("--load-address", loadAddress));
        }
        if (romAddress != null) {
            signer = signer.romAddress(Numbers.parse("--rom-address", romAddress));
        }
        for (Map.Entry<String, String> tlv : vendorTlvs.entrySet()) {
            signer = signer.vendorTlv((int) Numbers.parse("--vendor-tlv", tlv.getKey()), Bytes.fromHex(tlv.getValue()));
        }
        if (wholePublicKey) {
            signer = signer.wholePublicKey();
        }
        if (pure) {
            signer = signer.pure();
        }
        if (compress) {
            signer = signer.compress();
        }
        if (recipient != null) {
            signer = signer.encryptTo(KeySource.read(recipient).encryption(), aesSize());
        }
        return unchecked ? signer.withoutChecks() : signer;
    }

    private AesSize aesSize() {
        return switch (aesBits) {
            case 128 -> AesSize.AES128;
            case 256 -> AesSize.AES256;
            default ->
                throw new UserError("AES with " + aesBits + " bits does not exist here: say --aes 128 or --aes 256.");
        };
    }
}
