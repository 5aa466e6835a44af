@org.jspecify.annotations.NullMarked
package dev.updraft.server.patch;
