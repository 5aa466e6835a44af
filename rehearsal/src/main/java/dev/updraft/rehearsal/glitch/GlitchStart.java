package dev.updraft.rehearsal.glitch;

/**
 * One fault that started an image which no key signed.
 *
 * @param way install or start
 * @param address of the instruction
 * @param where function and offset, if the bootloader's file names them
 * @param glitch what happened to the instruction
 * @param executions of it, told apart by caller and stack, in which it worked
 */
public record GlitchStart(String way, long address, String where, String glitch, int executions) {}
