# port/stm32l4/flash_l4.c: the NMI handler waits for a flag that does not come while ECCC stands
s/\(FLASH_ECCR_ECCD \| FLASH_ECCR_ECCC\)\)\) \{/FLASH_ECCR_ECCD)) {/
/so that the next error is told/d
