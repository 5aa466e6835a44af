// FAT16 and FAT32 volumes, as far as staging needs them: find a file in the root directory, read it at any offset,
// overwrite what it already has. Nothing is ever allocated, so the file system's own structures are never written.
// Facts: Microsoft FAT specification (fatgen103), "FAT: General Overview of On-Disk Format".
//
// The volume is found behind a partition table (the first FAT partition of an MBR) or directly at block 0. Sectors are
// of 512 bytes. FAT12 and exFAT are refused, and so is a file whose chain of clusters is not just as long as its size
// says: a chain that loops is refused when the file is opened.
#ifndef UPDRAFT_MEDIA_FAT_H
#define UPDRAFT_MEDIA_FAT_H

#include <stdbool.h>
#include <stdint.h>

enum { UPDRAFT_FAT_SECTOR = 512, UPDRAFT_FAT_NAME = 11 }; // bytes

enum updraft_fat_status {
    UPDRAFT_FAT_OK,
    UPDRAFT_FAT_IO,          // the medium failed to read or write
    UPDRAFT_FAT_NO_VOLUME,   // no FAT file system there
    UPDRAFT_FAT_UNSUPPORTED, // FAT12, exFAT, or sectors that are not of 512 bytes
    UPDRAFT_FAT_NOT_FOUND,   // no such file in the root directory
    UPDRAFT_FAT_CORRUPT,     // the volume contradicts itself
    UPDRAFT_FAT_TOO_LARGE,   // the file is larger than the caller takes
    UPDRAFT_FAT_RANGE,       // behind the end of the file
};

// Fill in the first five, then call updraft_fat_mount. The sector buffer is only used within a call: between calls its
// content is free, so it may be a part of a buffer that serves other things. Where it serves nothing else,
// `keeps_sector` saves reading the same sector again for pieces of it.
struct updraft_fat_volume {
    void *context;
    bool (*read)(void *context, uint32_t block, uint8_t *data); // one block of 512 bytes; false where that failed
    bool (*write)(void *context, uint32_t block, const uint8_t *data); // NULL where nothing is to be written
    uint8_t *sector;                                                   // UPDRAFT_FAT_SECTOR bytes
    bool keeps_sector;

    // Filled by updraft_fat_mount; blocks are counted from the start of the medium.
    uint32_t fat_block, root_block, data_block;
    uint32_t clusters;
    uint32_t root_cluster; // FAT32; on FAT16 the root directory has a place of its own
    uint32_t loaded;       // the block in `sector`, within a call
    uint16_t root_sectors;
    uint8_t cluster_sectors;
    bool fat32;
};

struct updraft_fat_file {
    uint32_t size;           // bytes
    uint32_t first;          // cluster
    uint32_t index, cluster; // a place in the chain that was seen last; cluster where index is 0: not set
};

enum updraft_fat_status updraft_fat_mount(struct updraft_fat_volume *volume);

// `name` is the 8.3 name as the directory has it, without the dot: "UPDRAFT UPD". Long names and sub-directories are
// not looked at. A file of more than `max_size` bytes is refused before its chain is walked, which bounds the time this
// takes.
enum updraft_fat_status updraft_fat_open(struct updraft_fat_volume *volume, const char *name, uint32_t max_size,
                                         struct updraft_fat_file *file);

// Reads or overwrites `length` bytes at `offset`; all of them have to lie within the file.
enum updraft_fat_status updraft_fat_read(struct updraft_fat_volume *volume, struct updraft_fat_file *file,
                                         uint32_t offset, uint8_t *data, uint32_t length);
enum updraft_fat_status updraft_fat_write(struct updraft_fat_volume *volume, struct updraft_fat_file *file,
                                          uint32_t offset, const uint8_t *data, uint32_t length);

#endif
