package dev.updraft.server.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.server.http.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
    private static final Map<String, List<String>> DEVICE = Map.of(
            "id", List.of("pump-7"), "version", List.of("1.10.0"), "tag", List.of("beta", "eu"), "none", List.of());

    private static boolean matches(String filter) {
        return Filter.<Map<String, List<String>>>parse(filter, name -> {
                    if (!DEVICE.containsKey(name)) {
                        throw Problem.badRequest("no field " + name);
                    }
                    return device -> device.getOrDefault(name, List.of());
                })
                .test(DEVICE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id==pump-7|true",
                "id==PUMP-*|true",
                "id==*mp*7|true",
                "id==*8|false",
                "id==pump-7*7|false",
                "version=gt=1.9.0|true",
                "version=lt=1.9|false",
                "version=ge=1.10;version=le=1.10.0|true",
                "tag==beta;tag==eu|true",
                "tag==alpha,tag==eu|true",
                "tag!=beta|false",
                "tag=in=(alpha,beta)|true",
                "tag=out=(alpha,gamma)|true",
                "none==x|false",
                "none!=x|true",
                "(id==x,id==pump-7);(tag==eu)|true",
            })
    void picksWhatItSays(String filter, boolean expected) {
        assertThat(matches(filter)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "id==", "==x", "id==a;;id==b", "(id==a", "colour==red"})
    void whatIsNoFilterIsToldInOneSentence(String filter) {
        assertThatThrownBy(() -> matches(filter)).isInstanceOf(Problem.class);
    }

    @Test
    void anEmptyFilterPicksEverything() {
        assertThat(matches(" ")).isTrue();
    }

    @Test
    void howDeepAFilterMayGoIsCountedAndDoesNotDependOnTheStack() {
        assertThat(matches("(".repeat(50) + "id==pump-7" + ")".repeat(50))).isTrue();
        for (int depth : new int[] {51, 1_200, 2_040}) {
            assertThatThrownBy(() -> matches("(".repeat(depth) + "id==a" + ")".repeat(depth)))
                    .isInstanceOf(Problem.class)
                    .hasMessageContaining("brackets");
        }
        assertThat(matches("id=='" + "(".repeat(200) + "',id==pump-7")).isTrue();
    }
}
