// An image as it runs, wherever its pieces stand: in the running slot, in a source, or during the walk in both; opened
// if it is encrypted there, unpacked if it is packed.
#ifndef UPDRAFT_BOOT_VIEW_H
#define UPDRAFT_BOOT_VIEW_H

#include "boot.h"
#include "source.h"

struct boot_view {
    struct boot *boot;
    struct updraft_reader source;
    uint32_t stored_size; // bytes that the image takes in its source
    uint16_t moved;       // steps of it that are moved already
    bool is_new;          // moves from the source to the running slot; else from the running slot to the source
    bool opened;          // what is read from the source is decrypted with boot->cipher
    bool packed;          // and unpacked with boot->unpack
};

static inline bool boot_view_is_packed(const struct boot_view *view) {
    return UPDRAFT_COMPRESSION && view->packed;
}

// What the running slot holds.
struct updraft_reader boot_view_slot(struct boot_view *view, struct boot *boot);

// The old image, of which `moved` steps are kept in staging.
struct updraft_reader boot_view_kept(struct boot_view *view, struct boot *boot, uint16_t moved);

// An image of a source, `moved` steps of which are in the running slot. UPDRAFT_ERROR_KEY when it is encrypted and not
// to us. One such view can be open at a time.
enum updraft_status boot_view_open(struct boot_view *view, struct boot *boot, enum updraft_source kind,
                                   enum boot_file file, uint16_t moved, struct updraft_reader *reader);

// The same image as it stands in its source, decrypted and not unpacked.
struct updraft_reader boot_view_stored(struct boot_view *view);

// The image to go back to, whole, at the place that the log names.
enum updraft_status boot_view_fallback(struct boot_view *view, struct boot *boot, struct updraft_reader *reader);

bool boot_is_skipped(const struct boot *boot, uint32_t step);

#endif
