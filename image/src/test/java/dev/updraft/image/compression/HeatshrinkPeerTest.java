package dev.updraft.image.compression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.Bytes;
import dev.updraft.image.Vectors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside the heatshrink that devices use, built for this machine from the source that the device room fetches. */
class HeatshrinkPeerTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void buildThePeer() throws Exception {
        Path fetch = Path.of("..", "tools", "third-party").toAbsolutePath().normalize();
        String sources = run(List.of(fetch.toString(), "heatshrink"))
                .lines()
                .filter(line -> line.startsWith("heatshrink="))
                .map(line -> line.substring("heatshrink=".length()))
                .findFirst()
                .orElseThrow();
        List<String> compiler = new ArrayList<>(
                List.of("gcc", "-O1", "-w", "-o", folder.resolve("heatshrink").toString()));
        for (String file : List.of("heatshrink.c", "heatshrink_encoder.c", "heatshrink_decoder.c")) {
            compiler.add(Path.of(sources, file).toString());
        }
        run(compiler);
    }

    @Test
    void eachReadsWhatTheOtherWritesAndOursIsNotLonger() throws Exception {
        for (Bytes content : List.of(compiled(), Bytes.wrapping(Vectors.payload()), Bytes.wrapping(new byte[5000]))) {
            for (int[] bits : new int[][] {{8, 4}, {10, 4}, {10, 5}, {11, 4}, {13, 7}}) {
                Heatshrink method = new Heatshrink(bits[0], bits[1]);
                Bytes ours = method.pack(content);
                Bytes theirs = peer("-e", method, content);

                assertThat(peer("-d", method, ours)).as(method.toString()).isEqualTo(content);
                assertThat(method.unpack(theirs, content.length()))
                        .as(method.toString())
                        .isEqualTo(content);
                // theirs may refer to the zeros before the content; that saves it a literal or two
                assertThat(ours.length()).as(method.toString()).isLessThanOrEqualTo(theirs.length() + 2);
            }
        }
    }

    /** Code and tables as a compiler makes them: this room's own classes. */
    private static Bytes compiled() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Class<?> type : List.of(Heatshrink.class, MatchFinder.class, Bytes.class)) {
            try (var in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
                all.writeBytes(in.readAllBytes());
            }
        }
        return Bytes.wrapping(all.toByteArray());
    }

    private static Bytes peer(String direction, Heatshrink method, Bytes content) throws Exception {
        Path in = Files.write(folder.resolve("in"), content.toArray());
        Path out = folder.resolve("out");
        run(List.of(
                folder.resolve("heatshrink").toString(),
                direction,
                "-w",
                Integer.toString(method.windowBits()),
                "-l",
                Integer.toString(method.lookaheadBits()),
                in.toString(),
                out.toString()));
        return Bytes.wrapping(Files.readAllBytes(out));
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return output;
    }
}
