package dev.updraft.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the rooms and their one-way dependencies as tools/rooms.txt lists them. */
class RoomsTest {
    private static final Path HOME = Path.of(System.getenv("UPDRAFT_HOME"));

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.updraft");

    /** What each room may use beside itself. */
    private static final Map<String, List<String>> MAY_USE = rooms();

    private static Map<String, List<String>> rooms() {
        try (Stream<String> lines = Files.lines(HOME.resolve("tools/rooms.txt"))) {
            return lines.filter(line -> !line.startsWith("#"))
                    .map(line -> List.of(line.split("\\s+")))
                    .filter(words -> words.get(1).equals("java"))
                    .collect(Collectors.toMap(List::getFirst, words -> words.subList(2, words.size())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theListIsOfTheRoomsThatThereAre() throws IOException {
        List<String> modules = Pattern.compile("<module>([a-z]+)</module>")
                .matcher(Files.readString(HOME.resolve("pom.xml")))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(MAY_USE.keySet()).containsExactlyInAnyOrderElementsOf(modules);
        assertThat(MAY_USE.keySet())
                .containsAll(MAY_USE.values().stream().flatMap(List::stream).toList());
        for (String room : MAY_USE.keySet()) {
            assertThat(ALL.stream().anyMatch(each -> each.getPackageName().startsWith("dev.updraft." + room)))
                    .as("room %s has classes", room)
                    .isTrue();
        }
    }

    @TestFactory
    List<DynamicTest> roomsUseOnlyWhatTheyMay() {
        List<DynamicTest> tests = new ArrayList<>();
        MAY_USE.forEach((room, allowed) -> {
            String[] forbidden = MAY_USE.keySet().stream()
                    .filter(other -> !other.equals(room) && !allowed.contains(other))
                    .map(other -> "dev.updraft." + other + "..")
                    .toArray(String[]::new);
            tests.add(DynamicTest.dynamicTest(
                    room,
                    () -> noClasses()
                            .that()
                            .resideInAPackage("dev.updraft." + room + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(forbidden)
                            .check(ALL)));
        });
        return tests;
    }

    @Test
    void everyClassLivesInARoom() {
        classes()
                .should()
                .resideInAnyPackage(MAY_USE.keySet().stream()
                        .map(room -> "dev.updraft." + room + "..")
                        .toArray(String[]::new))
                .check(ALL);
    }

    @Test
    void featuresInsideARoomDoNotDependOnEachOtherInCircles() {
        for (String room : MAY_USE.keySet()) {
            SlicesRuleDefinition.slices()
                    .matching("dev.updraft." + room + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    // A room may be one feature.
                    .allowEmptyShould(true)
                    .check(ALL);
        }
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Util|Utils|Manager|Helper)")
                .orShould()
                .resideInAnyPackage("..service..", "..dao..", "..dto..", "..impl..", "..util..")
                .check(ALL);
    }
}
