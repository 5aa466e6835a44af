package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeltaCommandsTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void twoImages() throws IOException {
        byte[] image = new byte[20_000];
        new Random(1).nextBytes(image);
        Files.write(folder.resolve("old.bin"), image);
        image[5000]++;
        Files.write(folder.resolve("new.bin"), image);
    }

    @Test
    void aPatchIsMadeExplainedAndApplied() throws IOException {
        Outcome made = run("delta", "make", path("old.bin"), path("new.bin"), "--ram", "4", "-o", path("p"));
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.out()).contains("instead of 20000");
        assertThat(Files.size(folder.resolve("p"))).isLessThan(200);

        assertThat(run("delta", "info", path("p")).out()).contains("4 KB of RAM", "20000 bytes", "frames   1");

        assertThat(run("delta", "apply", path("old.bin"), path("p"), "-o", path("again.bin"))
                        .code())
                .isZero();
        assertThat(folder.resolve("again.bin")).hasSameBinaryContentAs(folder.resolve("new.bin"));
    }

    @Test
    void aPatchFromNoneNeedsNoImage() {
        assertThat(run("delta", "make", "none", path("new.bin"), "-o", path("p"))
                        .code())
                .isZero();
        assertThat(run("delta", "apply", "none", path("p"), "-o", path("again.bin"))
                        .code())
                .isZero();
        assertThat(folder.resolve("again.bin")).hasSameBinaryContentAs(folder.resolve("new.bin"));
    }

    @Test
    void eachKindOfBadInputIsOneSentenceAndLeavesNoFile() throws IOException {
        assertThat(run("delta", "make", path("old.bin"), path("new.bin"), "-o", path("p"))
                        .code())
                .isZero();
        byte[] patch = Files.readAllBytes(folder.resolve("p"));
        Files.write(folder.resolve("cut"), Arrays.copyOf(patch, 60));
        patch[patch.length - 20] ^= 1;
        Files.write(folder.resolve("flipped"), patch);

        refused(
                "give the image that it was made from",
                "delta",
                "apply",
                path("new.bin"),
                path("p"),
                "-o",
                path("out"));
        refused("cut off", "delta", "apply", path("old.bin"), path("cut"), "-o", path("out"));
        refused("damaged", "delta", "apply", path("old.bin"), path("flipped"), "-o", path("out"));
        refused("no patch", "delta", "info", path("old.bin"));
        refused(
                "--ram 4, 8, 16 or 64",
                "delta",
                "make",
                path("old.bin"),
                path("new.bin"),
                "--ram",
                "5",
                "-o",
                path("out"));
        refused("There is no file", "delta", "make", path("absent"), path("new.bin"), "-o", path("out"));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("old.bin", "new.bin", "p", "cut", "flipped");
        }
    }

    private static void refused(String why, String... words) {
        Outcome outcome = run(words);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains(why);
        assertThat(outcome.err().strip().lines()).hasSize(1);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static Outcome run(String... words) {
        return Outcome.of(words);
    }
}
