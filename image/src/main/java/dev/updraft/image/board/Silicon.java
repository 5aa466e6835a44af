package dev.updraft.image.board;

/**
 * What a series has in common, beside memories: the flash controller, and the port that is for it.
 *
 * @param port folder in device/port; empty while there is none
 * @param cpu as gcc's -mcpu takes it
 * @param programUnit bytes that are programmed together
 * @param ecc whether each unit carries check bits
 * @param megahertz what the port sets the processor to
 * @param interrupts how many its vector table has, where no board says so
 */
public record Silicon(String port, String cpu, int programUnit, boolean ecc, int megahertz, int interrupts) {
    private static final String NONE = "";

    static Silicon of(Part part) {
        String line =
                part.name().substring("STM32".length(), Math.min(part.name().length(), "STM32F407".length()));
        return switch (part.series()) {
            case "STM32F4" -> new Silicon("stm32f4", "cortex-m4", 4, false, f4Megahertz(line), f4Interrupts(line));
            case "STM32L4" -> new Silicon("stm32l4", "cortex-m4", 8, true, 80, l4Interrupts(line));
            case "STM32G4" -> new Silicon("stm32l4", "cortex-m4", 8, true, 80, 102);
            case "STM32WB" -> new Silicon("stm32l4", "cortex-m4", 8, true, 64, 63);
            case "STM32WL" -> new Silicon("stm32l4", "cortex-m4", 8, true, 48, 62);
            case "STM32H7" -> h7(part, line);
            case "STM32F2" -> new Silicon(NONE, "cortex-m3", 4, false, 0, 81);
            case "STM32F7" -> new Silicon(NONE, "cortex-m7", 4, false, 0, 110);
            case "STM32F0" -> new Silicon(NONE, "cortex-m0", 2, false, 0, 32);
            case "STM32F1" -> new Silicon(NONE, "cortex-m3", 2, false, 0, 68);
            case "STM32F3" -> new Silicon(NONE, "cortex-m4", 2, false, 0, 82);
            case "STM32G0", "STM32C0", "STM32U0" -> new Silicon(NONE, "cortex-m0plus", 8, true, 0, 32);
            case "STM32L0" -> new Silicon(NONE, "cortex-m0plus", 4, true, 0, 32);
            case "STM32L1" -> new Silicon(NONE, "cortex-m3", 4, true, 0, 57);
            case "STM32U5", "STM32H5", "STM32WBA" -> new Silicon(NONE, "cortex-m33", 16, true, 0, 141);
            default -> new Silicon(NONE, "cortex-m33", 8, true, 0, 128);
        };
    }

    public boolean carried() {
        return !port.isEmpty();
    }

    private static Silicon h7(Part part, String line) {
        boolean smallPages = line.startsWith("H7A") || line.startsWith("H7B");
        boolean later = line.startsWith("H72") || line.startsWith("H73");
        String port = part.cores() > 1 || smallPages ? NONE : "stm32h7";
        return new Silicon(port, "cortex-m7", smallPages ? 16 : 32, true, later ? 160 : 200, later ? 163 : 150);
    }

    /** What runs at the voltage that reset chooses. */
    private static int f4Megahertz(String line) {
        return line.startsWith("F40") && !line.equals("F401")
                        || line.startsWith("F415")
                        || line.startsWith("F417")
                        || f42(line)
                ? 168
                : 84;
    }

    private static boolean f42(String line) {
        return line.matches("F4(27|29|37|39|46|69|79)");
    }

    private static int f4Interrupts(String line) {
        return switch (line) {
            case "F405", "F407", "F415", "F417" -> 82;
            case "F401" -> 85;
            case "F411" -> 86;
            case "F427", "F429", "F437", "F439" -> 91;
            case "F446" -> 97;
            case "F469", "F479" -> 93;
            default -> 102;
        };
    }

    private static int l4Interrupts(String line) {
        return switch (line) {
            case "L471", "L475", "L476", "L485", "L486" -> 82;
            case "L431", "L432", "L433", "L442", "L443" -> 83;
            default -> 95;
        };
    }
}
