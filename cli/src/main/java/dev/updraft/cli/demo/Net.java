package dev.updraft.cli.demo;

/** How the boards of the demonstration get their update. */
enum Net {
    /** Each over its own Wi-Fi module. */
    WIFI,
    /** Each over a W5500 of its own. */
    ETHERNET,
    /** Over the wire of its console, carried by a gateway. */
    SERIAL
}
