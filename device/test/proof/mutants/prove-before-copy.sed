# boot/swap.c: a unit is recorded before it is copied
s/enum updraft_status status = copy_unit_twice\(boot, keeps \? keep : install, unit\);/state->units_done++; (void)updraft_boot_state_append(\&boot->log); state->units_done--; &/
