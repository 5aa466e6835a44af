import dev.updraft.image.ImageSigner;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Writes a signed image 1.1.0 for a board of nobody (the server knows what those of Updraft can install), whose payload has about so many bytes of noise: Firmware FILE BYTES. */
class Firmware {
    public static void main(String[] args) throws Exception {
        byte[] payload = new byte[Integer.parseInt(args[1])];
        new Random(1).nextBytes(payload);
        Files.write(
                Path.of(args[0]),
                ImageSigner.with(SigningKey.generate(KeyType.P256))
                        .version("1.1.0")
                        .board("stm32f4xx")
                        .withoutChecks()
                        .sign(payload)
                        .bytes()
                        .toArray());
    }
}
