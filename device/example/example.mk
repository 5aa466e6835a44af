# Included by ../Makefile: the example application, beside any other version of itself.
# EXAMPLE_LINK: how it gets its updates, wifi (main.c), ethernet (ethernet.c) or serial (serial.c).
EXAMPLE_LINK ?= wifi
example_main_wifi := main
example_main_ethernet := ethernet
example_main_serial := serial
example_folders_wifi := net/at net/esp_at
example_folders_ethernet := net/ip net/w5500
example_folders_serial := smp
ifeq ($(example_main_$(EXAMPLE_LINK)),)
$(error EXAMPLE_LINK=$(EXAMPLE_LINK) is not one of wifi, ethernet, serial)
endif
FAULT_SUFFIX := $(patsubst %,-%,$(filter-out wifi,$(EXAMPLE_LINK)))$(if $(EXAMPLE_FAULT),-$(EXAMPLE_FAULT))
example_name := $(BUILD)/example-$(VERSION)$(FAULT_SUFFIX)

agent_folders := $(here)agent $(example_folders_$(EXAMPLE_LINK):%=$(here)%) $(here)example
example_main_of_others := $(filter-out %/$(example_main_$(EXAMPLE_LINK)).c,$(patsubst %,$(here)example/%.c,main ethernet serial))
example_sources := $(filter-out $(example_main_of_others),$(foreach folder,$(agent_folders),$(wildcard $(folder)/*.c))) $(core_sources) $(port_sources) \
                   $(if $(filter serial,$(EXAMPLE_LINK)),$(here)media/crc16.c)
$(eval $(call library,example_library,$(sha256_sources),))
example_objects := $(patsubst %.c,$(example_name).o/%.o,$(notdir $(example_sources))) $(example_library_objects)
example_defines := -DUPDRAFT_INTERRUPTS=$(interrupts) -DUPDRAFT_EXAMPLE_VERSION='"$(VERSION)"' \
                   $(if $(EXAMPLE_FAULT),-DUPDRAFT_EXAMPLE_FAULT_$(EXAMPLE_FAULT))

ifneq ($(filter-out hang selftest noconfirm,$(EXAMPLE_FAULT)),)
$(error EXAMPLE_FAULT=$(EXAMPLE_FAULT) is not one of hang, selftest, noconfirm)
endif

example: $(example_name).bin

define example_inputs
holds: $(subst _version=, ,$(filter mbedtls_version=%,$(third_party_versions)))
board: $(board_name), $(shell sha256sum <$(board_header) | cut -c 1-12)
built with: $(subst $(mbedtls),mbedtls,$(subst $(heatshrink),heatshrink,$(built_with)))
options: $(example_defines)
sources: $(subst $(here),,$(example_sources))
endef
$(example_name).inputs: always
	$(call record,example_inputs)

# A rule a source, because a search path would find the bootloader's main.c.
define compile_example
$(example_name).o/$(notdir $(1:.c=.o)): $(1) $(example_name).inputs $(headers) $(board_header)
	@mkdir -p $$(@D)
	@$(cross)gcc $(flags) $(for_board) $(warnings) $(agent_folders:%=-I%) $(example_defines) -c $$< -o $$@
endef
$(foreach source,$(example_sources),$(eval $(call compile_example,$(source))))

$(example_name).ld: $(here)port/image.ld $(board_header) $(example_name).inputs
	@$(call script,)
$(example_name).elf: $(example_objects) $(example_name).inputs $(example_name).ld
	@$(cross)gcc $(link) -T $(example_name).ld $(example_objects) -o $@
