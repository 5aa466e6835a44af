package dev.updraft.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the rooms and their one-way dependencies: cli -> server, gateway, rehearsal -> emulator, delta, image. */
class RoomsTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.updraft");

    /** What each room may use beside itself. */
    private static final Map<String, List<String>> MAY_USE = Map.of(
            "image", List.of(),
            "delta", List.of(),
            "emulator", List.of(),
            "rehearsal", List.of("emulator", "delta", "image"),
            "server", List.of("emulator", "delta", "image"),
            "gateway", List.of("emulator", "delta", "image"),
            "cli", List.of("server", "gateway", "rehearsal", "emulator", "delta", "image"));

    @TestFactory
    List<DynamicTest> roomsUseOnlyWhatTheyMay() {
        List<DynamicTest> tests = new ArrayList<>();
        MAY_USE.forEach((room, allowed) -> {
            List<String> forbidden = MAY_USE.keySet().stream()
                    .filter(other -> !other.equals(room) && !allowed.contains(other))
                    .map(other -> "dev.updraft." + other + "..")
                    .toList();
            tests.add(DynamicTest.dynamicTest(
                    room,
                    () -> noClasses()
                            .that()
                            .resideInAPackage("dev.updraft." + room + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(forbidden.toArray(String[]::new))
                            .allowEmptyShould(true)
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
