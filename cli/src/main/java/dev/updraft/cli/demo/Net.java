package dev.updraft.cli.demo;

/** How the boards of the demonstration get their update. */
enum Net {
    /** Each over its own Wi-Fi module. */
    WIFI,
    /** Over the wire of its console, carried by a gateway. */
    SERIAL
}
