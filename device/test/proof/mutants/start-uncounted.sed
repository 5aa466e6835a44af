# boot/boot.c: a start on trial that cannot be recorded is made (T3)
s/if \(!append\(boot\)\) \{/(void)append(boot); if (0) {/
