package dev.updraft.image.board;

/**
 * What is wrong with a board.
 *
 * @param member of its file, as flash.slot; empty where it is about the whole
 * @param sentence what is wrong and what to do
 */
public record Problem(String member, String sentence) {}
