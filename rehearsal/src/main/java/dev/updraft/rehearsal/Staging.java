package dev.updraft.rehearsal;

/** Where the update waits until the bootloader installs it (docs/reference/flash-map.md). */
public enum Staging {
    CHIP("inside the chip"),
    CARD("on an SD card"),
    NOR("on an external SPI NOR flash");

    private final String where;

    Staging(String where) {
        this.where = where;
    }

    /** For a sentence. */
    public String where() {
        return where;
    }

    public boolean isOutside() {
        return this != CHIP;
    }
}
