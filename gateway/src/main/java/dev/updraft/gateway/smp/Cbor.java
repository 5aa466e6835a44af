package dev.updraft.gateway.smp;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORMapper;

/** The bodies of SMP. What comes from a device is not trusted: lengths, depth and repetition are bounded. */
final class Cbor {
    private static final CBORMapper MAPPER = new CBORMapper(CBORFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxStringLength(16 * 1024)
                    .maxNameLength(128)
                    .maxNumberLength(32)
                    .build())
            .build());

    private Cbor() {}

    static ObjectNode map() {
        return JsonNodeFactory.instance.objectNode();
    }

    static byte[] bytes(ObjectNode map) {
        return MAPPER.writeValueAsBytes(map);
    }

    /** @throws SmpException if it is no map, or not as it may be */
    static JsonNode read(byte[] body) throws SmpException {
        try {
            JsonNode content = MAPPER.readTree(body);
            if (content.isObject()) {
                return content;
            }
        } catch (JacksonException malformed) {
            throw new SmpException("the device answers what is no CBOR: " + malformed.getOriginalMessage());
        }
        throw new SmpException("the device answers something else than a map");
    }
}
