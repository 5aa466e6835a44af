package dev.updraft.cli.rehearse;

import dev.updraft.rehearsal.RehearsalResult;
import dev.updraft.rehearsal.glitch.GlitchResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The result for programs: the record as it is, and what follows from it in front. */
final class ResultJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ResultJson() {}

    static String of(GlitchResult result) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("passed", result.passed());
        json.put("glitchStarts", result.starts().size());
        json.setAll((ObjectNode) MAPPER.valueToTree(result));
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    }

    static String of(RehearsalResult result) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("passed", result.passed());
        json.put("failed", result.failed());
        json.put("applicationRan", result.application().ran());
        json.put("cutPoints", result.cutPoints());
        json.put("sequences", result.sequences());
        json.put("cutPointsPerSecondAndCore", result.cutPointsPerSecond());
        json.put("longestRecoveryMicros", result.slowest().longestRecoveryMicros());
        json.setAll((ObjectNode) MAPPER.valueToTree(result));
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    }
}
