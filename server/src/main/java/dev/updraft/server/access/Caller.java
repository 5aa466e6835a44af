package dev.updraft.server.access;

/**
 * An operator that has shown a valid token.
 *
 * @param tenant key of the tenant that the token belongs to; nothing of another tenant is visible
 * @param name the name the token was given
 */
public record Caller(long tenant, String name, Role role) {}
