package dev.updraft.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptTest {
    private static final List<String> FORMS = List.of("application/hal+json", "application/json", "application/cbor");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/hal+json, application/json, application/cbor | application/hal+json",
                "application/cbor;q=0 | nothing",
                "application/cbor;q=0, */* | application/hal+json",
                "application/cbor | application/cbor",
                "application/cbor;q=0.5, application/json;q=0.6 | application/json",
                "application/json;q=0.1, */*;q=0.9 | application/hal+json",
                "application/* | application/hal+json",
                "APPLICATION/CBOR ; q=1.000 | application/cbor",
                "application/json; charset=utf-8 | application/json",
                "text/html | nothing",
                "text/html, application/xhtml+xml, */*;q=0.8 | application/hal+json",
                "application/hal+json;q=0, application/*;q=0.2, application/cbor;q=0.1 | application/json",
            })
    void theGreatestWeightWinsAndTheMostSpecificRangeSaysIt(String accept, String chosen) {
        String best = Accept.best(accept, FORMS, Function.identity());
        assertThat(best == null ? "nothing" : best).isEqualTo(chosen);
    }
}
