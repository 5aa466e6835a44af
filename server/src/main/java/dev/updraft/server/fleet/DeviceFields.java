package dev.updraft.server.fleet;

import dev.updraft.server.filter.Filter;
import dev.updraft.server.http.Problem;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** What a filter may ask of a device: id, board, version, digest, trial, seen, tag and attribute.NAME. */
public final class DeviceFields {
    private static final String ATTRIBUTE = "attribute.";

    private DeviceFields() {}

    /** @throws Problem 400 if {@code filter} is none */
    public static Predicate<Device> filter(String filter) {
        return Filter.parse(filter, name -> field(name));
    }

    /** Who is in the groups that a filter names. */
    interface GroupField {
        /**
         * @param test of the name of a group
         * @param named the names as they are written
         * @throws Problem 400 for a group that is not there
         */
        Predicate<Device> any(Predicate<String> test, List<String> named);
    }

    /** {@link #filter(String)} that may also name groups. */
    static Predicate<Device> filter(String filter, GroupField groups) {
        return Filter.parse(filter, new Filter.Fields<Device>() {
            @Override
            public Function<Device, Collection<String>> field(String name) {
                return DeviceFields.field(name);
            }

            @Override
            public Predicate<Device> any(String name, Predicate<String> test, List<String> named) {
                return name.equals("group") ? groups.any(test, named) : Filter.Fields.super.any(name, test, named);
            }
        });
    }

    private static Function<Device, Collection<String>> field(String name) {
        if (name.startsWith(ATTRIBUTE)) {
            String attribute = name.substring(ATTRIBUTE.length());
            return fact(facts -> facts.attributes().getOrDefault(attribute, ""));
        }
        return switch (name) {
            // The second is hawkBit's name for it.
            case "id", "controllerId", "controllerid" -> device -> List.of(device.id());
            case "tag" -> Device::tags;
            case "seen" -> device -> List.of(Long.toString(device.seen()));
            case "board" -> fact(CheckIn::board);
            case "version" -> fact(CheckIn::version);
            case "digest" -> fact(facts -> facts.digest().toString());
            case "trial" -> fact(facts -> Boolean.toString(facts.trial()));
            default ->
                throw Problem.badRequest(
                        "A device has no field '" + name
                                + "'; there are id, board, version, digest, trial, seen, tag and attribute.NAME; where groups are allowed also group.");
        };
    }

    private static Function<Device, Collection<String>> fact(Function<CheckIn, String> of) {
        return device -> {
            CheckIn facts = device.facts();
            return facts == null ? List.of() : List.of(of.apply(facts));
        };
    }
}
