@NullMarked
package dev.updraft.image;

import org.jspecify.annotations.NullMarked;
