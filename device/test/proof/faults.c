#include "faults.h"

const char *fault_name(enum fault_kind kind) {
    static const char *const names[FAULT_KINDS] = {"none",
                                                   "power goes in operation",
                                                   "power goes before operation",
                                                   "reset before operation",
                                                   "sector refuses from operation",
                                                   "boot-state group refuses from operation",
                                                   "flash cannot be read at reading",
                                                   "flash gives a wrong bit at reading",
                                                   "medium silent at reading",
                                                   "medium gives a wrong bit at reading",
                                                   "medium silent for this boot from reading",
                                                   "medium gone from reading",
                                                   "medium away in boot",
                                                   "another medium in boot"};
    return names[kind];
}

int64_t fault_places(enum fault_kind kind, const struct fault_counts *counts) {
    if (kind <= FAULT_NONE)
        return 0;
    if (kind <= FAULT_GROUP)
        return counts->operations;
    if (kind <= FAULT_READ_BIT)
        return counts->readings;
    if (kind <= FAULT_MEDIUM_GONE)
        return counts->medium_readings;
    return counts->medium_readings > 0 ? 1 : 0;
}
