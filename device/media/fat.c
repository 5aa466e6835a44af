#include "fat.h"

#include <string.h>

enum {
    MIN_CLUSTERS_FAT16 = 4085,
    MIN_CLUSTERS_FAT32 = 65525,
    MAX_CLUSTERS_FAT32 = 0x0FFFFFF5,
    END_OF_CHAIN = 0x0FFFFFF8, // and above
    MAX_FAT_SECTORS = MAX_CLUSTERS_FAT32 / 128 + 1,
    MAX_ROOT_SECTORS = 65536 * 32 / FAT_SECTOR, // a directory has at most 65536 entries

    ENTRY = 32, // bytes of a directory entry
    ATTRIBUTES = 11,
    NO_FILE = 0x18, // attribute bits: volume label (long name parts have it too), directory
};

static const uint32_t none = UINT32_MAX;

static uint32_t le16(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8;
}

static uint32_t le32(const uint8_t *at) {
    return le16(at) | le16(at + 2) << 16;
}

static enum fat_status load(struct fat_volume *volume, uint32_t block) {
    if (volume->loaded == block)
        return FAT_OK;
    volume->loaded = none;
    if (!volume->read(volume->context, block, volume->sector))
        return FAT_IO;
    volume->loaded = block;
    return FAT_OK;
}

// Reads the boot sector at `start`, which is in the sector buffer.
static enum fat_status take_boot_sector(struct fat_volume *volume, uint32_t start) {
    const uint8_t *boot = volume->sector;
    if (boot[0] != 0xEB && boot[0] != 0xE9)
        return FAT_NO_VOLUME;
    if (memcmp(boot + 3, "EXFAT", 5) == 0)
        return FAT_UNSUPPORTED;
    uint32_t sectors_per_cluster = boot[13], reserved = le16(boot + 14), tables = boot[16],
             root_entries = le16(boot + 17);
    uint32_t sectors = le16(boot + 19) ? le16(boot + 19) : le32(boot + 32);
    uint32_t table_sectors = le16(boot + 22) ? le16(boot + 22) : le32(boot + 36);
    if (sectors_per_cluster == 0 || (sectors_per_cluster & (sectors_per_cluster - 1)) != 0 || reserved == 0 ||
        tables == 0 || table_sectors == 0 || table_sectors > MAX_FAT_SECTORS) {
        return FAT_NO_VOLUME;
    }
    if (le16(boot + 11) != FAT_SECTOR)
        return FAT_UNSUPPORTED;
    volume->root_sectors = (uint16_t)((root_entries * ENTRY + FAT_SECTOR - 1) / FAT_SECTOR);
    volume->cluster_sectors = (uint8_t)sectors_per_cluster;
    uint32_t before_root = reserved + tables * table_sectors; // at most 65535 + 255 * 2^21, no overflow
    uint32_t before_data = before_root + volume->root_sectors;
    if (sectors <= before_data || start + sectors < start)
        return FAT_CORRUPT;
    volume->clusters = (sectors - before_data) / sectors_per_cluster;
    if (volume->clusters < MIN_CLUSTERS_FAT16)
        return FAT_UNSUPPORTED;
    volume->fat32 = volume->clusters >= MIN_CLUSTERS_FAT32;
    uint32_t room = table_sectors * (volume->fat32 ? FAT_SECTOR / 4 : FAT_SECTOR / 2);
    if (volume->clusters > MAX_CLUSTERS_FAT32 || volume->clusters + 2 > room)
        return FAT_CORRUPT;
    volume->fat_block = start + reserved;
    volume->root_block = start + before_root;
    volume->data_block = start + before_data;
    volume->root_cluster = volume->fat32 ? le32(boot + 44) : 0;
    return FAT_OK;
}

static enum fat_status mount_at(struct fat_volume *volume, uint32_t block) {
    enum fat_status status = load(volume, block);
    if (status != FAT_OK)
        return status;
    if (le16(volume->sector + 510) != 0xAA55)
        return FAT_NO_VOLUME;
    return take_boot_sector(volume, block);
}

enum fat_status fat_mount(struct fat_volume *volume) {
    volume->loaded = none;
    enum fat_status status = mount_at(volume, 0);
    for (unsigned entry = 0; entry < 4 && status == FAT_NO_VOLUME; entry++) {
        if (load(volume, 0) != FAT_OK)
            return FAT_IO;
        if (le16(volume->sector + 510) != 0xAA55)
            return FAT_NO_VOLUME;
        uint32_t start = le32(volume->sector + 0x1BE + 16 * entry + 8);
        if (start != 0)
            status = mount_at(volume, start);
    }
    return status;
}

static bool is_cluster(const struct fat_volume *volume, uint32_t cluster) {
    return cluster - 2 < volume->clusters;
}

static uint32_t block_of(const struct fat_volume *volume, uint32_t cluster) {
    return volume->data_block + (cluster - 2) * volume->cluster_sectors;
}

// Moves *cluster to the one behind it in its chain, or to END_OF_CHAIN or above. What it moves to is not checked before
// it is used: each use is.
static enum fat_status follow(struct fat_volume *volume, uint32_t *cluster) {
    if (!is_cluster(volume, *cluster))
        return FAT_CORRUPT;
    unsigned shift = volume->fat32 ? 2 : 1; // log2 of the bytes an entry takes
    uint32_t position = *cluster << shift;
    enum fat_status status = load(volume, volume->fat_block + position / FAT_SECTOR);
    if (status != FAT_OK)
        return status;
    const uint8_t *entry = volume->sector + position % FAT_SECTOR;
    if (volume->fat32) {
        *cluster = le32(entry) & 0x0FFFFFFF;
    } else {
        *cluster = le16(entry);
        if (*cluster >= 0xFFF8)
            *cluster |= 0x0FFF0000;
    }
    return FAT_OK;
}

// Looks through the sector in the buffer. FAT_OK: found; FAT_NOT_FOUND: the directory ends here; FAT_RANGE: go on.
static enum fat_status search(struct fat_volume *volume, const char *name, struct fat_file *file) {
    for (const uint8_t *entry = volume->sector; entry < volume->sector + FAT_SECTOR; entry += ENTRY) {
        if (entry[0] == 0)
            return FAT_NOT_FOUND;
        if ((entry[ATTRIBUTES] & NO_FILE) || memcmp(entry, name, FAT_NAME) != 0)
            continue;
        file->first = le16(entry + 26) | (volume->fat32 ? le16(entry + 20) << 16 : 0);
        file->size = le32(entry + 28);
        return FAT_OK;
    }
    return FAT_RANGE;
}

static enum fat_status find(struct fat_volume *volume, const char *name, struct fat_file *file) {
    uint32_t cluster = volume->root_cluster, limit = volume->fat32 ? MAX_ROOT_SECTORS : volume->root_sectors;
    for (uint32_t at = 0; at < limit; at++) {
        uint32_t block = volume->root_block + at;
        if (volume->fat32) {
            uint32_t within = at % volume->cluster_sectors;
            if (at != 0 && within == 0) {
                enum fat_status status = follow(volume, &cluster);
                if (status != FAT_OK)
                    return status;
                if (cluster >= END_OF_CHAIN)
                    return FAT_NOT_FOUND;
            }
            if (!is_cluster(volume, cluster))
                return FAT_CORRUPT;
            block = block_of(volume, cluster) + within;
        }
        enum fat_status status = load(volume, block);
        if (status == FAT_OK)
            status = search(volume, name, file);
        if (status != FAT_RANGE)
            return status;
    }
    return FAT_NOT_FOUND;
}

static uint32_t cluster_size(const struct fat_volume *volume) {
    return (uint32_t)volume->cluster_sectors * FAT_SECTOR;
}

enum fat_status fat_open(struct fat_volume *volume, const char *name, uint32_t max_size, struct fat_file *file) {
    volume->loaded = none;
    enum fat_status status = find(volume, name, file);
    if (status != FAT_OK)
        return status;
    if (file->size > max_size)
        return FAT_TOO_LARGE;
    file->index = 0;
    file->cluster = file->first;
    file->contiguous = true;
    if (file->size == 0)
        return FAT_OK;
    uint32_t count = (file->size - 1) / cluster_size(volume) + 1;
    if (count > volume->clusters)
        return FAT_CORRUPT;
    uint32_t cluster = file->first;
    for (uint32_t expected = cluster + 1; count > 0; count--, expected++) {
        status = follow(volume, &cluster);
        if (status != FAT_OK)
            return status;
        if (count > 1 && cluster != expected)
            file->contiguous = false;
    }
    return cluster >= END_OF_CHAIN ? FAT_OK : FAT_CORRUPT;
}

// Finds the block of the file that `offset` lies in.
static enum fat_status locate(struct fat_volume *volume, struct fat_file *file, uint32_t offset, uint32_t *block) {
    uint32_t index = offset / cluster_size(volume), cluster = file->first + index;
    if (!file->contiguous) {
        if (index < file->index) {
            file->index = 0;
            file->cluster = file->first;
        }
        for (; file->index < index; file->index++) {
            enum fat_status status = follow(volume, &file->cluster);
            if (status != FAT_OK)
                return status;
        }
        cluster = file->cluster;
    }
    if (!is_cluster(volume, cluster))
        return FAT_CORRUPT;
    *block = block_of(volume, cluster) + offset % cluster_size(volume) / FAT_SECTOR;
    return FAT_OK;
}

// Loads the sector that `offset` is in; *part is what of `length` bytes lies in it.
static enum fat_status load_part(struct fat_volume *volume, struct fat_file *file, uint32_t offset, uint32_t length,
                                 uint32_t *part) {
    uint32_t block;
    enum fat_status status = locate(volume, file, offset, &block);
    *part = FAT_SECTOR - offset % FAT_SECTOR;
    if (*part > length)
        *part = length;
    return status == FAT_OK ? load(volume, block) : status;
}

static enum fat_status begin(struct fat_volume *volume, const struct fat_file *file, uint32_t offset, uint32_t length) {
    if (!volume->keeps_sector)
        volume->loaded = none;
    return offset > file->size || length > file->size - offset ? FAT_RANGE : FAT_OK;
}

enum fat_status fat_read(struct fat_volume *volume, struct fat_file *file, uint32_t offset, uint8_t *data,
                         uint32_t length) {
    enum fat_status status = begin(volume, file, offset, length);
    for (uint32_t part; status == FAT_OK && length > 0; offset += part, data += part, length -= part) {
        status = load_part(volume, file, offset, length, &part);
        if (status == FAT_OK)
            memcpy(data, volume->sector + offset % FAT_SECTOR, part);
    }
    return status;
}

enum fat_status fat_write(struct fat_volume *volume, struct fat_file *file, uint32_t offset, const uint8_t *data,
                          uint32_t length) {
    enum fat_status status = volume->write == NULL ? FAT_IO : begin(volume, file, offset, length);
    for (uint32_t part; status == FAT_OK && length > 0; offset += part, data += part, length -= part) {
        status = load_part(volume, file, offset, length, &part);
        if (status != FAT_OK)
            break;
        memcpy(volume->sector + offset % FAT_SECTOR, data, part);
        if (!volume->write(volume->context, volume->loaded, volume->sector))
            status = FAT_IO;
    }
    return status;
}
