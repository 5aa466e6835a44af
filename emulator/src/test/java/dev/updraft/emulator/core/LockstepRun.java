package dev.updraft.emulator.core;

import java.util.ArrayList;
import java.util.List;

/** The long run of {@link Lockstep}, for bench/emulator/lockstep.sh. Arguments: integer, float or double; seed; cases; translate or not. */
final class LockstepRun {
    private LockstepRun() {}

    static List<Encodings.Row> rows(String which) {
        List<Encodings.Row> rows = new ArrayList<>(ThumbEncodings.all().rows);
        if (!which.equals("integer")) {
            List<Encodings.Row> floats =
                    which.equals("float") ? FloatEncodings.single().rows : FloatEncodings.doubles().rows;
            if (which.equals("double")) {
                rows = new ArrayList<>();
            }
            for (int i = 0; i < 4; i++) { // as often as the others
                rows.addAll(floats);
            }
        }
        return rows;
    }

    public static void main(String[] arguments) {
        long wanted = Long.parseLong(arguments[2]);
        try (Lockstep lockstep = new Lockstep(
                Long.parseLong(arguments[1]),
                arguments[0].equals("double"),
                arguments[3].equals("translate"),
                rows(arguments[0]))) {
            while (lockstep.cases < wanted && lockstep.findings.size() < 20) {
                lockstep.program(12);
            }
            lockstep.findings.forEach(System.out::println);
            System.out.println(arguments[0] + " seed " + arguments[1] + ": " + lockstep.cases + " cases, "
                    + lockstep.instructions + " instructions, " + lockstep.findings.size() + " disagreements"
                    + (lockstep.settled.isEmpty() ? "" : ", known: " + lockstep.settled));
            if (!lockstep.findings.isEmpty()) {
                System.exit(1);
            }
        }
    }
}
