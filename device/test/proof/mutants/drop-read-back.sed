# core/flash.c: programmed bytes are not read back
s/if \(flash->read\(.*memcmp\(back, data, unit\) != 0\)/if (flash->read(flash->context, area->address + offset, back, 0) != UPDRAFT_OK)/
