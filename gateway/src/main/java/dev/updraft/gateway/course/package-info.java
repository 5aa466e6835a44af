/** The course of one device's update. */
@NullMarked
package dev.updraft.gateway.course;

import org.jspecify.annotations.NullMarked;
