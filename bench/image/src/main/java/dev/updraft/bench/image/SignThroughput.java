package dev.updraft.bench.image;

import dev.updraft.image.Image;
import dev.updraft.image.ImageSigner;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.SigningKey;
import dev.updraft.image.key.VerifyingKey;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Making and checking a signed image of 1 MB in memory; images a second are MB a second. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SignThroughput {
    @Param({"P256", "ED25519"})
    KeyType type = KeyType.P256;

    private byte[] payload = new byte[1 << 20];
    private ImageSigner signer = ImageSigner.unsigned();
    private VerifyingKey key = SigningKey.generate(KeyType.P256).verifying();
    private byte[] signed = {};

    @Setup
    public void prepare() {
        new Random(1).nextBytes(payload);
        SigningKey signing = SigningKey.generate(type);
        signer = ImageSigner.with(signing).version("1.0.0");
        key = signing.verifying();
        signed = signer.sign(payload).bytes().toArray();
    }

    @Benchmark
    public Image sign() {
        return signer.sign(payload);
    }

    @Benchmark
    public VerifyingKey verify() {
        return Image.parse(signed).verify(key);
    }
}
