package dev.updraft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.updraft.image.ImageSigner;
import dev.updraft.image.key.KeyType;
import dev.updraft.image.key.PemKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line of {@code rehearse}; what a rehearsal finds is tested in its room. */
class RehearseCommandTest {
    private static final int SLOT = 0x0801_4200;
    private static final int SLOT_SIZE = 464 * 1024;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void twoBuildsWroteFirmware() throws IOException {
        Files.write(folder.resolve("old.bin"), firmware(900, 1));
        Files.write(folder.resolve("new.bin"), firmware(900, 2));
        Files.write(folder.resolve("large.bin"), firmware(SLOT_SIZE, 3));
        Files.writeString(folder.resolve("empty.bin"), "");
        PemKey key = PemKey.generate(KeyType.P256);
        Files.writeString(folder.resolve("key.pem"), key.privatePem(null));
        ImageSigner signer = ImageSigner.with(key.signing());
        Files.write(
                folder.resolve("old.upd"),
                signer.version("1.0.0")
                        .board("stm32l476")
                        .sign(firmware(900, 1))
                        .bytes()
                        .toArray());
        Files.write(
                folder.resolve("f407.upd"),
                signer.version("1.1.0")
                        .board("stm32f407")
                        .headerSize(0x200)
                        .withoutChecks()
                        .sign(firmware(900, 2))
                        .bytes()
                        .toArray());
    }

    private static byte[] firmware(int size, int content) {
        return ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x2001_0000)
                .putInt(SLOT + 0x101)
                .putInt(0x100, 0xe7fe) // b . and not on into the random bytes of the signature
                .putInt(size - 4, content)
                .array();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--from absent.bin --to new.bin                    | There is no file",
                "--from old.bin --to empty.bin                     | empty.bin",
                "--from old.bin --to large.bin                     | slot",
                "--from old.upd --to new.bin                       | is a signed image and",
                "--from old.upd --to old.upd                       | must hold the key",
                "--from old.upd --to f407.upd --key key.pem        | is for the board stm32f407",
                "--from old.bin --to new.bin --bootloader old.bin  | is not signed: give --key",
                "--from old.bin --to new.bin --cuts 0              | --cuts takes 'all' or a number from 1 on, not '0'",
                "--from old.bin --to new.bin --cuts abc            | not 'abc'",
                "--from old.bin --to new.bin --cuts -3             | not '-3'",
                "--from old.bin --to new.bin --double 0            | --double takes",
                "--from old.bin --to new.bin --looks never         | --looks takes drawn or each",
                "--from old.bin --to new.bin --crypto quantum      | --crypto",
                "--from old.bin --to new.bin --staging moon        | --staging",
                "--from old.bin --to new.bin --no-fallback         | --no-fallback goes with",
                "--from old.bin --to new.bin --jobs 0              | --jobs takes 1 or more",
                "--from old.bin --to new.bin --trial-attempts 256  | --trial-attempts 1 to 255",
                "--from old.bin --to new.bin --run -1              | --run takes seconds from 0",
                "--from old.bin --to new.bin --run 0 --online      | leave out --run 0",
                "--from old.bin --to new.bin --settings key.pem    | Line 1 of",
                "--from old.bin                                    | --to",
            })
    void badInputIsOneSentenceAndExitCode2(String arguments, String sentence) throws IOException {
        assertThat(rehearse("stm32l476", arguments)).isEqualTo(2);
        assertThat(said(err)).contains(sentence).doesNotContain("Exception").doesNotContain("\tat ");
        assertThat(said(out)).isEmpty();
    }

    @Test
    void anUnknownBoardNamesThoseThatAreKnown() {
        assertThat(rehearse("stm32f103", "--from old.bin --to new.bin")).isEqualTo(2);
        assertThat(said(err)).contains("No board is called 'stm32f103'").contains("stm32h743");
    }

    @Test
    void theResultIsJsonForProgramsAndAPageForPeople() throws IOException {
        int code = rehearse(
                "stm32l476",
                "--from old.bin --to new.bin --cuts 1 --crypto host --staging card --run 0 --json --report report.html");
        assertThat(said(err)).isEmpty();
        assertThat(code).isZero();
        JsonNode result = JsonMapper.builder().build().readTree(said(out));
        assertThat(result.get("passed").asBoolean()).isTrue();
        assertThat(result.get("applicationRan").asBoolean()).isFalse();
        assertThat(result.get("application").get("verdict").asString()).isEqualTo("NOT_ASKED");
        assertThat(result.get("board").asString()).isEqualTo("stm32l476");
        assertThat(result.get("delivery").asString()).isEqualTo("on an SD card, with the old image beside it");
        assertThat(result.get("cutPoints").asInt()).isEqualTo(2);
        assertThat(result.get("failed").asInt()).isZero();
        assertThat(result.get("compared").asInt()).isEqualTo(1);
        assertThat(result.get("parts").get(0).get("name").asString()).isEqualTo("update");
        assertThat(result.get("parts").get(1).get("operations").asInt()).isPositive();
        assertThat(result.get("sectors").size()).isEqualTo(512);
        assertThat(Files.readString(folder.resolve("report.html"))).contains("on an SD card");
    }

    @Test
    void firmwareThatDoesNotWorkFailsThoughItIsInstalledThroughEveryCut() {
        int code = rehearse("stm32l476", "--from old.bin --to new.bin --cuts 1 --crypto host --run 31");

        assertThat(code).as(said(out)).isEqualTo(1);
        assertThat(said(out))
                .contains("The new application does not work")
                .contains("FAILED: every cut was survived, but");
    }

    private int rehearse(String board, String arguments) {
        List<String> line = new ArrayList<>(List.of("rehearse", "--board", board));
        for (String each : arguments.strip().split("\\s+")) {
            line.add(
                    each.matches(".*\\.(bin|upd|pem|html)")
                            ? folder.resolve(each).toString()
                            : each);
        }
        PrintStream usualOut = System.out;
        PrintStream usualErr = System.err;
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            return Main.run(line.toArray(String[]::new));
        } finally {
            System.setOut(usualOut);
            System.setErr(usualErr);
        }
    }

    private static String said(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
