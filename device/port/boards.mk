# What the build must know of a board: its chip family (a folder here) and the processor.
ifeq ($(BOARD),stm32f407)
chip := stm32f4
cpu := -mcpu=cortex-m4
# Interrupt lines in the vector table of an application, and which of them is the Wi-Fi UART's (RM0090 table 62).
interrupts := 82
wifi_irq := 38
else ifeq ($(BOARD),stm32l476)
chip := stm32l4
cpu := -mcpu=cortex-m4
# RM0351 table 57
interrupts := 82
wifi_irq := 38
else ifeq ($(BOARD),stm32h743)
chip := stm32h7
cpu := -mcpu=cortex-m7
# RM0433 table 145
interrupts := 150
wifi_irq := 38
else
$(error BOARD=$(BOARD) is not known; boards: stm32f407 stm32l476 stm32h743)
endif
