package dev.updraft.image;

import dev.updraft.image.firmware.FirmwareSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Damages good inputs in many ways and reads them: every one must end as {@link AnyInput} demands.
 * The unit test runs some thousand; {@code main} as many as it is told, on all cores (bench/image/fuzz).
 */
public final class Mutations {
    private static final byte[][] SEEDS = seeds();

    private Mutations() {}

    /** How many inputs were still read as something good. */
    static long run(long from, long to) {
        long good = 0;
        for (long seed = from; seed < to; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] input = mutate(SEEDS[random.nextInt(SEEDS.length)], random);
            try {
                good += AnyInput.isGood(input) ? 1 : 0;
            } catch (RuntimeException | Error wrong) {
                throw new AssertionError("seed " + seed + " ends in " + wrong, wrong);
            }
        }
        return good;
    }

    private static byte[] mutate(byte[] seed, SplittableRandom random) {
        byte[] bytes = seed.clone();
        for (int count = 1 + random.nextInt(4); count > 0 && bytes.length > 0; count--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(8)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = random.nextBoolean() ? (byte) 0xff : 0;
                case 3 -> bytes = java.util.Arrays.copyOf(bytes, at);
                case 4 -> bytes[at] = (byte) "0123456789ABCDEF:S\r\n".charAt(random.nextInt(20));
                case 5 -> bytes = without(bytes, at, random.nextInt(1, 40));
                case 6 -> bytes = twice(bytes, at, random.nextInt(1, 40));
                default -> { // lengths and counts stand near the start and behind the payload
                    int low = random.nextInt(Math.min(bytes.length, 64));
                    bytes[random.nextBoolean() ? low : bytes.length - 1 - low] = (byte) random.nextInt(256);
                }
            }
        }
        return bytes;
    }

    private static byte[] without(byte[] bytes, int at, int count) {
        int end = Math.min(bytes.length, at + count);
        return Bytes.concat(
                        Bytes.wrapping(bytes).slice(0, at),
                        Bytes.wrapping(bytes).slice(end, bytes.length))
                .toArray();
    }

    private static byte[] twice(byte[] bytes, int at, int count) {
        Bytes all = Bytes.wrapping(bytes);
        int end = Math.min(bytes.length, at + count);
        return Bytes.concat(all.slice(0, end), all.slice(at, bytes.length)).toArray();
    }

    private static byte[][] seeds() {
        List<byte[]> seeds = new ArrayList<>(FirmwareSamples.all());
        for (String name :
                List.of("in/cr-only.hex", "in/nul-tail.hex", "in/s0-late.s19", "elf/lld.elf", "elf/overlay.elf")) {
            seeds.add(Cases.bytes(name));
        }
        byte[] payload = CompressionTest.compressible(600);
        ImageSigner small =
                ImageSigner.unsigned().headerSize(32).board("b").withoutChecks().securityCounter(1);
        seeds.add(small.sign(payload).bytes().toArray());
        seeds.add(small.compress().sign(payload).bytes().toArray());
        seeds.add(small.compress().sign(new byte[300]).bytes().toArray());
        seeds.add(small.dependency(new Dependency(1, new Version(1, 0, 0)))
                .sign(new byte[64])
                .bytes()
                .toArray());
        for (String name : List.of("p256", "p256-dependency-custom", "ed25519-enc-x25519")) {
            seeds.add(Vectors.bytes(name + ".bin"));
        }
        return seeds.toArray(byte[][]::new);
    }

    /** @param args how many, and from which seed on; or {@code --write-seeds FOLDER}, the files that are damaged */
    public static void main(String[] args) throws InterruptedException, IOException {
        if (args[0].equals("--write-seeds")) {
            for (int i = 0; i < SEEDS.length; i++) {
                Files.write(Path.of(args[1], "seed-" + i), SEEDS[i]);
            }
            return;
        }
        long count = Long.parseLong(args[0]);
        long start = args.length > 1 ? Long.parseLong(args[1]) : 0;
        int cores = Runtime.getRuntime().availableProcessors();
        AtomicLong good = new AtomicLong();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        long began = System.nanoTime();
        for (int core = 0; core < cores; core++) {
            long from = start + count * core / cores;
            long to = start + count * (core + 1) / cores;
            threads.add(Thread.ofPlatform()
                    .uncaughtExceptionHandler((thread, error) -> failed.set(error))
                    .start(() -> good.addAndGet(run(from, to))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failed.get() != null) {
            failed.get().printStackTrace();
            System.exit(1);
        }
        System.out.printf(
                "%d mutated inputs from seed %d: %d read, %d refused with a sentence, 0 anything else; %.0f s, heap limit %d MB%n",
                count,
                start,
                good.get(),
                count - good.get(),
                (System.nanoTime() - began) / 1e9,
                Runtime.getRuntime().maxMemory() >> 20);
    }
}
