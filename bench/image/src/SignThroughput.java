import dev.updraft.image.ImageSigner;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import java.util.Arrays;
import java.util.Random;

/** Time to make a signed image of 1 MB in memory: the median of 200 after 100 to warm up. */
public final class SignThroughput {
    private SignThroughput() {}

    public static void main(String[] args) {
        byte[] payload = new byte[1 << 20];
        new Random(1).nextBytes(payload);
        for (KeyType type : new KeyType[] {KeyType.P256, KeyType.ED25519}) {
            ImageSigner signer = ImageSigner.with(SigningKey.generate(type)).version("1.0.0");
            long[] times = new long[300];
            long bytes = 0;
            for (int i = 0; i < times.length; i++) {
                long began = System.nanoTime();
                bytes += signer.sign(payload).bytes().length();
                times[i] = System.nanoTime() - began;
            }
            long[] measured = Arrays.copyOfRange(times, 100, times.length);
            Arrays.sort(measured);
            double median = measured[measured.length / 2] / 1e6;
            System.out.printf("updraft %s: %.2f ms for 1 MB, %.0f MB/s (%d bytes made)%n", type.title(), median, 1000 / median, bytes);
        }
    }
}
