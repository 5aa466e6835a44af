package dev.updraft.server.access;

/** A part of what operators may ask for; it has no way to a route but {@link Routes}, which wants to know who may use it. */
public interface OperatorApi {
    void routes(Routes routes);
}
