package dev.updraft.gateway.fleet;

import java.util.HexFormat;

/**
 * What the server wants a device to run.
 *
 * @param digest of the image that must run afterwards, in hex
 * @param url where its file is: a path on the server, or an address
 * @param size bytes of the file
 * @param sha256 of the file, in hex
 */
public record Offer(String digest, String version, String url, long size, String sha256, String kind) {
    public byte[] sha256Bytes() {
        return HexFormat.of().parseHex(sha256);
    }
}
