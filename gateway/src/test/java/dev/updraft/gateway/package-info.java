@NullMarked
package dev.updraft.gateway;

import org.jspecify.annotations.NullMarked;
