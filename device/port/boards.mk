# What the build must know of a board: its chip family (a folder here) and the processor.
ifeq ($(BOARD),stm32f407)
chip := stm32f4
cpu := -mcpu=cortex-m4
header_size := 0x200
else
$(error BOARD=$(BOARD) is not known; boards: stm32f407)
endif
