package dev.updraft.gateway.course;

/**
 * A device whose SMP server is of another make, and does not say who it is.
 *
 * @param place as {@link dev.updraft.gateway.link.Place} writes it
 * @param board as in the images for it
 */
public record Foreign(String place, String id, String board) {}
