package dev.updraft.emulator.part;

/** What can be made to go wrong with a W5500. */
public final class W5500Faults {
    boolean unplugged;
    boolean absent;
    boolean commandsHang;
    boolean sendsHang;

    /** The cable is pulled out, or put back: what is sent is lost, and connections time out. */
    public void setUnplugged(boolean on) {
        unplugged = on;
    }

    /** Nothing answers on SPI. */
    public void setAbsent(boolean on) {
        absent = on;
    }

    /** Commands are never taken. */
    public void setCommandsHang(boolean on) {
        commandsHang = on;
    }

    /** What is sent is never said to be sent. */
    public void setSendsHang(boolean on) {
        sendsHang = on;
    }
}
