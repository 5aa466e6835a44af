# Included by every makefile of this room: which files make which part, and the flags that must be the same everywhere.
device := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))

# Third-party source, pinned in tools/third-party.txt.
third_party := $(shell $(device)../tools/third-party mbedtls heatshrink)
mbedtls := $(patsubst mbedtls=%,%,$(filter mbedtls=%,$(third_party)))
heatshrink := $(patsubst heatshrink=%,%,$(filter heatshrink=%,$(third_party)))
ifeq ($(and $(mbedtls),$(heatshrink)),)
$(error the third-party sources are missing; the lines above say why)
endif
third_party_versions := $(filter mbedtls_version=% heatshrink_version=%,$(third_party))
p256 := $(mbedtls)/3rdparty/p256-m/p256-m

headers := $(foreach folder,agent boot core delta example media net port smp,$(wildcard $(device)$(folder)/*.h $(device)$(folder)/*/*.h))
core_sources := $(wildcard $(device)core/*.c)
delta_sources := $(wildcard $(device)delta/*.c)
# The bootloader without its main and its keys, which tests replace.
boot_room_sources := $(filter-out %/main.c %/keys.c,$(wildcard $(device)boot/*.c))
# What the bootloader's recovery needs of SMP.
recovery_sources := $(addprefix $(device)smp/,smp.c frame.c)
media_sources := $(wildcard $(device)media/*.c)
sha256_sources := $(mbedtls)/library/sha256.c $(mbedtls)/library/platform_util.c
# p256-m.c is a part of boot/curve.c.
boot_crypto_sources := $(sha256_sources) $(mbedtls)/library/aes.c
unpack_sources := $(heatshrink)/heatshrink_decoder.c

# heatshrink as the image room packs (docs/reference/image.md); its own configuration knows no other way to say so.
heatshrink_as_packed := -DHEATSHRINK_CONFIG_H -DHEATSHRINK_DYNAMIC_ALLOC=0 -DHEATSHRINK_STATIC_WINDOW_BITS=10 -DHEATSHRINK_STATIC_LOOKAHEAD_BITS=4 \
                        -DHEATSHRINK_STATIC_INPUT_BUFFER_SIZE=32 -DHEATSHRINK_DEBUGGING_LOGS=0
defines := -DMBEDTLS_CONFIG_FILE='"updraft_mbedtls_config.h"' $(heatshrink_as_packed)
includes := -I$(device) -I$(device)core -I$(device)delta -I$(device)boot -I$(device)port
third_party_includes := -isystem $(mbedtls)/include -isystem $(mbedtls)/library -isystem $(p256) -isystem $(heatshrink)
warnings := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
# What tests on this PC build: all that the bootloader can do.
every_option := -DUPDRAFT_ENCRYPTION=1 -DUPDRAFT_RECOVERY=1 -DUPDRAFT_CARD=1 -DUPDRAFT_NOR=1 -DUPDRAFT_COMPRESSION=1

# $(call quote,TEXT): TEXT as one word of the shell.
quote = '$(subst ','\'',$(1))'
# $(call record,NAME): a recipe that leaves the value of the variable NAME in its target, and touches that only when it says something else; so
# what is made from a file depends on how it is made, too. The first line, as make expands a recipe before it runs any of it.
# Two makes may do so at once, and each has a file of its own until then.
record_new = $@.new-$(shell echo $$PPID)
define record
	$(shell mkdir -p $(@D))$(file >$(record_new),$($(1)))
	@if cmp -s $(record_new) $@; then rm $(record_new); else mv $(record_new) $@; fi
endef
.PHONY: always
always:
