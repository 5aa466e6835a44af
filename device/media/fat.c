#include "fat.h"

#include <string.h>

enum {
    MIN_CLUSTERS_FAT16 = 4085,
    MIN_CLUSTERS_FAT32 = 65525,
    MAX_FAT_SECTORS = 0x1FFFFF, // then no number of a cluster is one of those with a meaning of their own
    END_OF_CHAIN = 0x0FFFFFF8,  // and above
    MAX_ROOT_SECTORS = 65536 * 32 / UPDRAFT_FAT_SECTOR, // a directory has at most 65536 entries

    PARTITIONS = 0x1BE, // of an MBR: four entries of 16 bytes; the first block is at 8
    ENTRY = 32,         // bytes of a directory entry
    ATTRIBUTES = 11,
    NO_FILE = 0x18, // attribute bits: volume label (long name parts have it too), directory
};

static const uint32_t none = UINT32_MAX;

// Inlined, each is one load.
#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE uint32_t le16(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8;
}

ALWAYS_INLINE uint32_t le32(const uint8_t *at) {
    return le16(at) | le16(at + 2) << 16;
}

static enum updraft_fat_status load(struct updraft_fat_volume *volume, uint32_t block) {
    if (volume->loaded == block)
        return UPDRAFT_FAT_OK;
    volume->loaded = none;
    if (!volume->read(volume->context, block, volume->sector))
        return UPDRAFT_FAT_IO;
    volume->loaded = block;
    return UPDRAFT_FAT_OK;
}

// Loads a boot sector: an MBR's or a volume's.
static enum updraft_fat_status load_boot(struct updraft_fat_volume *volume, uint32_t block) {
    enum updraft_fat_status status = load(volume, block);
    return status == UPDRAFT_FAT_OK && le16(volume->sector + 510) != 0xAA55 ? UPDRAFT_FAT_NO_VOLUME : status;
}

static enum updraft_fat_status mount_at(struct updraft_fat_volume *volume, uint32_t start) {
    const uint8_t *boot = volume->sector;
    enum updraft_fat_status status = load_boot(volume, start);
    if (status != UPDRAFT_FAT_OK)
        return status;
    if (boot[0] != 0xEB && boot[0] != 0xE9)
        return UPDRAFT_FAT_NO_VOLUME;
    if (le32(boot + 3) == 0x41465845) // "EXFA", T
        return UPDRAFT_FAT_UNSUPPORTED;
    uint32_t sectors_per_cluster = boot[13], reserved = le16(boot + 14), tables = boot[16];
    uint32_t sectors = le16(boot + 19) ? le16(boot + 19) : le32(boot + 32);
    uint32_t table_sectors = le16(boot + 22) ? le16(boot + 22) : le32(boot + 36);
    if (sectors_per_cluster * reserved * tables == 0 || table_sectors - 1 >= MAX_FAT_SECTORS) // no overflow
        return UPDRAFT_FAT_NO_VOLUME;
    if (le16(boot + 11) != UPDRAFT_FAT_SECTOR)
        return UPDRAFT_FAT_UNSUPPORTED;
    uint32_t root_sectors = (le16(boot + 17) * ENTRY + UPDRAFT_FAT_SECTOR - 1) / UPDRAFT_FAT_SECTOR;
    uint32_t before_root = reserved + tables * table_sectors; // at most 65535 + 255 * 2^21, no overflow
    uint32_t before_data = before_root + root_sectors;
    if (sectors <= before_data || start + sectors < start)
        return UPDRAFT_FAT_CORRUPT;
    uint32_t clusters = (sectors - before_data) / sectors_per_cluster;
    if (clusters < MIN_CLUSTERS_FAT16)
        return UPDRAFT_FAT_UNSUPPORTED;
    volume->fat32 = clusters >= MIN_CLUSTERS_FAT32;
    if (clusters + 2 > table_sectors * UPDRAFT_FAT_SECTOR >> (volume->fat32 ? 2 : 1))
        return UPDRAFT_FAT_CORRUPT;
    volume->clusters = clusters;
    volume->cluster_sectors = (uint8_t)sectors_per_cluster;
    volume->root_sectors = (uint16_t)(volume->fat32 ? MAX_ROOT_SECTORS : root_sectors);
    volume->fat_block = start + reserved;
    volume->root_block = start + before_root;
    volume->data_block = start + before_data;
    volume->root_cluster = le32(boot + 44); // FAT32
    return UPDRAFT_FAT_OK;
}

enum updraft_fat_status updraft_fat_mount(struct updraft_fat_volume *volume) {
    volume->loaded = none;
    enum updraft_fat_status status = mount_at(volume, 0);
    for (unsigned at = PARTITIONS + 8; at < 510 && status == UPDRAFT_FAT_NO_VOLUME; at += 16) {
        enum updraft_fat_status mbr = load_boot(volume, 0);
        if (mbr != UPDRAFT_FAT_OK)
            return mbr;
        uint32_t start = le32(volume->sector + at);
        if (start != 0)
            status = mount_at(volume, start);
    }
    return status;
}

// Moves *cluster to the one behind it in its chain, or to END_OF_CHAIN or above. What it moves to is not checked.
static enum updraft_fat_status follow(struct updraft_fat_volume *volume, uint32_t *cluster) {
    unsigned shift = volume->fat32 ? 2 : 1; // log2 of the bytes an entry takes
    uint32_t position = *cluster << shift;
    enum updraft_fat_status status = load(volume, volume->fat_block + position / UPDRAFT_FAT_SECTOR);
    if (status != UPDRAFT_FAT_OK)
        return status;
    const uint8_t *entry = volume->sector + position % UPDRAFT_FAT_SECTOR;
    if (volume->fat32) {
        *cluster = le32(entry) & 0x0FFFFFFF;
    } else {
        *cluster = le16(entry);
        if (*cluster >= 0xFFF8)
            *cluster |= 0x0FFF0000;
    }
    return UPDRAFT_FAT_OK;
}

// Finds the block that a sector of the file stands in, from the place in the chain that was seen last.
// UPDRAFT_FAT_RANGE: the chain ends before it, after file->index clusters.
static enum updraft_fat_status locate(struct updraft_fat_volume *volume, struct updraft_fat_file *file, uint32_t sector,
                                      uint32_t *block) {
    uint32_t index = sector / volume->cluster_sectors;
    if (index > volume->clusters)
        return UPDRAFT_FAT_CORRUPT; // bounds the walk along a chain that loops
    if (index < file->index)
        file->index = 0;
    if (file->index == 0)
        file->cluster = file->first;
    for (;; file->index++) {
        if (file->cluster >= END_OF_CHAIN)
            return UPDRAFT_FAT_RANGE;
        if (file->cluster - 2 >= volume->clusters)
            return UPDRAFT_FAT_CORRUPT;
        if (file->index == index)
            break;
        enum updraft_fat_status status = follow(volume, &file->cluster);
        if (status != UPDRAFT_FAT_OK)
            return status;
    }
    *block = volume->data_block + (file->cluster - 2) * volume->cluster_sectors + sector % volume->cluster_sectors;
    return UPDRAFT_FAT_OK;
}

// Looks through the sector in the buffer. UPDRAFT_FAT_OK: found; UPDRAFT_FAT_NOT_FOUND: the directory ends here;
// UPDRAFT_FAT_RANGE: go on.
static enum updraft_fat_status search(struct updraft_fat_volume *volume, const char *name,
                                      struct updraft_fat_file *file) {
    for (const uint8_t *entry = volume->sector; entry < volume->sector + UPDRAFT_FAT_SECTOR; entry += ENTRY) {
        if (entry[0] == 0)
            return UPDRAFT_FAT_NOT_FOUND;
        if ((entry[ATTRIBUTES] & NO_FILE) || memcmp(entry, name, UPDRAFT_FAT_NAME) != 0)
            continue;
        file->first = le16(entry + 26) | (volume->fat32 ? le16(entry + 20) << 16 : 0);
        file->size = le32(entry + 28);
        return UPDRAFT_FAT_OK;
    }
    return UPDRAFT_FAT_RANGE;
}

// On FAT32 the root directory is a chain like a file's, on FAT16 it has a place of its own.
static enum updraft_fat_status find(struct updraft_fat_volume *volume, const char *name,
                                    struct updraft_fat_file *file) {
    file->first = volume->root_cluster;
    file->index = 0;
    for (uint32_t at = 0; at < volume->root_sectors; at++) {
        uint32_t block = volume->root_block + at;
        enum updraft_fat_status status = volume->fat32 ? locate(volume, file, at, &block) : UPDRAFT_FAT_OK;
        if (status == UPDRAFT_FAT_OK)
            status = load(volume, block);
        if (status == UPDRAFT_FAT_OK)
            status = search(volume, name, file);
        if (status != UPDRAFT_FAT_RANGE)
            return status;
    }
    return UPDRAFT_FAT_NOT_FOUND;
}

enum updraft_fat_status updraft_fat_open(struct updraft_fat_volume *volume, const char *name, uint32_t max_size,
                                         struct updraft_fat_file *file) {
    volume->loaded = none;
    enum updraft_fat_status status = find(volume, name, file);
    if (status != UPDRAFT_FAT_OK)
        return status;
    if (file->size > max_size)
        return UPDRAFT_FAT_TOO_LARGE;
    file->index = 0;
    if (file->size == 0)
        return UPDRAFT_FAT_OK;
    // The chain must end just behind the cluster that the last byte is in.
    uint32_t last = (file->size - 1) / UPDRAFT_FAT_SECTOR, block;
    status = locate(volume, file, last + volume->cluster_sectors, &block);
    if (status == UPDRAFT_FAT_RANGE && file->index == last / volume->cluster_sectors + 1)
        return UPDRAFT_FAT_OK;
    return status == UPDRAFT_FAT_IO ? UPDRAFT_FAT_IO : UPDRAFT_FAT_CORRUPT;
}

// Loads the sector that `offset` is in; *part is what of `length` bytes lies in it.
static enum updraft_fat_status load_part(struct updraft_fat_volume *volume, struct updraft_fat_file *file,
                                         uint32_t offset, uint32_t length, uint32_t *part) {
    uint32_t block;
    enum updraft_fat_status status = locate(volume, file, offset / UPDRAFT_FAT_SECTOR, &block);
    *part = UPDRAFT_FAT_SECTOR - offset % UPDRAFT_FAT_SECTOR;
    if (*part > length)
        *part = length;
    return status == UPDRAFT_FAT_OK ? load(volume, block) : status;
}

static enum updraft_fat_status begin(struct updraft_fat_volume *volume, const struct updraft_fat_file *file,
                                     uint32_t offset, uint32_t length) {
    if (!volume->keeps_sector)
        volume->loaded = none;
    return offset > file->size || length > file->size - offset ? UPDRAFT_FAT_RANGE : UPDRAFT_FAT_OK;
}

enum updraft_fat_status updraft_fat_read(struct updraft_fat_volume *volume, struct updraft_fat_file *file,
                                         uint32_t offset, uint8_t *data, uint32_t length) {
    enum updraft_fat_status status = begin(volume, file, offset, length);
    for (uint32_t part; status == UPDRAFT_FAT_OK && length > 0; offset += part, data += part, length -= part) {
        status = load_part(volume, file, offset, length, &part);
        if (status == UPDRAFT_FAT_OK)
            memcpy(data, volume->sector + offset % UPDRAFT_FAT_SECTOR, part);
    }
    return status;
}

enum updraft_fat_status updraft_fat_write(struct updraft_fat_volume *volume, struct updraft_fat_file *file,
                                          uint32_t offset, const uint8_t *data, uint32_t length) {
    enum updraft_fat_status status = volume->write == NULL ? UPDRAFT_FAT_IO : begin(volume, file, offset, length);
    for (uint32_t part; status == UPDRAFT_FAT_OK && length > 0; offset += part, data += part, length -= part) {
        status = load_part(volume, file, offset, length, &part);
        if (status != UPDRAFT_FAT_OK)
            break;
        memcpy(volume->sector + offset % UPDRAFT_FAT_SECTOR, data, part);
        if (!volume->write(volume->context, volume->loaded, volume->sector))
            status = UPDRAFT_FAT_IO;
    }
    return status;
}
