# Included by ../../Makefile: the agent and the network drivers on this PC.
agent_includes := -I$(here)agent -I$(here)test -I$(here)test/agent
agent_core := $(core_sources) $(sha256_sources)
agent_headers := $(headers) $(wildcard $(here)test/*.h $(here)test/agent/*.h) $(BUILD)/test.inputs
agent_tests := test_messages test_http test_esp_at test_ip test_agent test_agent_hostile test_smp_application

test_messages_sources := $(addprefix $(here)agent/,cbor.c protocol.c settings.c)
test_http_sources := $(addprefix $(here)agent/,http.c http_head.c)
test_ip_sources := $(wildcard $(here)net/ip/*.c)
test_esp_at_sources := $(wildcard $(here)net/at/*.c $(here)net/esp_at/*.c) $(here)test/agent/fake_esp_at.c
test_agent_sources := $(wildcard $(here)agent/*.c) $(media_sources) $(here)test/agent/tiny_server.c $(here)test/sim_flash.c $(agent_core) -lpthread
test_agent_hostile_sources := $(test_agent_sources)
test_smp_application_sources := $(wildcard $(here)smp/*.c) $(test_agent_sources)

define agent_test
$(BUILD)/$(1): $(here)test/agent/$(1).c $(filter %.c,$($(1)_sources)) $(agent_headers)
	@mkdir -p $$(@D)
	@$(host) $(agent_includes) $(here)test/agent/$(1).c $($(1)_sources) -o $$@
run-$(1): $(BUILD)/$(1)
	@$$<
.PHONY: run-$(1)
test: run-$(1)
endef
$(foreach name,$(agent_tests),$(eval $(call agent_test,$(name))))

# A short look by libFuzzer at everything that comes from outside; FUZZ_SECONDS=600 for a long one.
FUZZ_SECONDS ?= 3
fuzz_targets := fuzz_cbor fuzz_http fuzz_settings fuzz_esp_at fuzz_esp_at_faults fuzz_ip fuzz_smp_application
fuzz_sources := $(addprefix $(here)agent/,cbor.c protocol.c settings.c http.c http_head.c) $(wildcard $(here)net/*/*.c) $(here)test/agent/fake_esp_at.c
fuzz_smp_application_sources := $(filter-out $(fuzz_sources),$(wildcard $(here)smp/*.c $(here)agent/*.c) $(media_sources) $(agent_core))
$(BUILD)/fuzz_%: $(here)test/fuzz/fuzz_%.c $(fuzz_sources) $(agent_headers)
	@mkdir -p $(@D)
	@clang -std=c11 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(includes) $(third_party_includes) $(agent_includes) $< $(fuzz_sources) $(fuzz_$*_sources) -o $@
fuzz-agent: $(fuzz_targets:%=$(BUILD)/%)
	@for target in $^; do echo "$$(basename $$target):" && \
	  $$target -max_total_time=$(FUZZ_SECONDS) -max_len=1024 -print_final_stats=1 -verbosity=0 2>&1 | grep -E 'units|ERROR|SUMMARY' && \
	  ! ls crash-* timeout-* 2>/dev/null || exit 1; done
check: fuzz-agent
.PHONY: fuzz-agent
