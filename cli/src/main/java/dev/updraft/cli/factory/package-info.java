/** {@code updraft factory}: what the production line writes into a device. */
@NullMarked
package dev.updraft.cli.factory;

import org.jspecify.annotations.NullMarked;
