# core/boot_state.c: the other group is not erased before it is used
s/updraft_area_erase\(area, 0, area->size\)/area->size > 0 ? UPDRAFT_OK : UPDRAFT_ERROR_ERASE/
