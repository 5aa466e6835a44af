package dev.updraft.image.firmware;

/** The formats that firmware comes in. */
public enum Format {
    BINARY("raw binary"),
    INTEL_HEX("Intel HEX"),
    SREC("Motorola S-record"),
    ELF("ELF"),
    DFUSE("DfuSe"),
    UF2("UF2");

    private final String title;

    Format(String title) {
        this.title = title;
    }

    /** The name that people write. */
    public String title() {
        return title;
    }
}
