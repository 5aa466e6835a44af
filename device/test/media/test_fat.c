// The FAT reader against volumes that dosfstools and mtools made: test_fat FOLDER (what make-images left there).
#include <string.h>

#include "expect.h"
#include "media/fat.h"

struct disk {
    uint8_t *content;
    uint32_t blocks, reads, writes;
    uint32_t broken; // reading this block fails
};

static const char *folder;
static struct disk disk;
static uint8_t sector[UPDRAFT_FAT_SECTOR];
static struct updraft_fat_volume volume;
static struct updraft_fat_file file;

static bool read_block(void *context, uint32_t block, uint8_t *data) {
    struct disk *d = context;
    d->reads++;
    if (block >= d->blocks || block == d->broken)
        return false;
    memcpy(data, d->content + (size_t)block * 512, 512);
    return true;
}

static bool write_block(void *context, uint32_t block, const uint8_t *data) {
    struct disk *d = context;
    d->writes++;
    if (block >= d->blocks)
        return false;
    memcpy(d->content + (size_t)block * 512, data, 512);
    return true;
}

static uint8_t *load_file(const char *name, uint32_t *size) {
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        exit(2);
    }
    fseek(in, 0, SEEK_END);
    *size = (uint32_t)ftell(in);
    rewind(in);
    uint8_t *data = malloc(*size + 1);
    if (fread(data, 1, *size, in) != *size)
        exit(2);
    fclose(in);
    return data;
}

static enum updraft_fat_status mount_image(const char *name) {
    uint32_t size;
    free(disk.content);
    disk = (struct disk){.content = load_file(name, &size), .broken = UINT32_MAX};
    disk.blocks = size / 512;
    memset(&volume, 0xEE, sizeof volume); // nothing is expected of the part that updraft_fat_mount fills
    volume.context = &disk;
    volume.read = read_block;
    volume.write = write_block;
    volume.sector = sector;
    volume.keeps_sector = false;
    return updraft_fat_mount(&volume);
}

static const char *const images[] = {"fat16.img", "fat32.img", "fat32-long-root.img", "fat16-mbr.img", "fat32-mbr.img"};
#define EACH_IMAGE(i) for (unsigned i = 0; i < sizeof images / sizeof images[0]; i++)

static void expect_content(const char *name, const char *source) {
    uint32_t size;
    uint8_t *want = load_file(source, &size), *got = malloc(size + 1);
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_open(&volume, name, 10000000, &file));
    EXPECT_EQUAL(size, file.size);
    static const uint32_t pieces[] = {1, 17, 512, 700, 4096, 65536, 10000000};
    for (unsigned p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
        uint32_t limit = pieces[p] < 512 && size > 20000 ? 20000 : size;
        memset(got, 0, size);
        for (uint32_t at = 0; at < limit; at += pieces[p]) {
            uint32_t part = pieces[p] < limit - at ? pieces[p] : limit - at;
            memset(sector, 0x5A, sizeof sector); // the buffer is everybody's between two calls
            EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_read(&volume, &file, at, got + at, part));
        }
        EXPECT(memcmp(want, got, limit) == 0);
    }
    uint32_t seed = 1;
    for (unsigned i = 0; i < 500 && size > 0; i++) { // back and forth
        seed = seed * 1103515245 + 12345;
        uint32_t at = (seed >> 3) % size, length = (seed >> 13) % 3000;
        if (length > size - at)
            length = size - at;
        EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_read(&volume, &file, at, got, length));
        EXPECT(memcmp(want + at, got, length) == 0);
    }
    free(want);
    free(got);
}

static uint32_t entry_of(uint32_t cluster) {
    const uint8_t *fat = disk.content + (size_t)volume.fat_block * 512;
    return volume.fat32 ? fat[cluster * 4] | (uint32_t)fat[cluster * 4 + 1] << 8 | (uint32_t)fat[cluster * 4 + 2] << 16
                        : fat[cluster * 2] | (uint32_t)fat[cluster * 2 + 1] << 8;
}

static bool is_in_one_piece(void) {
    uint32_t cluster = file.first;
    while (entry_of(cluster) == cluster + 1)
        cluster++;
    return (entry_of(cluster) & 0xFFF8) == 0xFFF8;
}

static void files_read_as_they_were_written(void) {
    EACH_IMAGE(i) {
        EXPECT_EQUAL(UPDRAFT_FAT_OK, mount_image(images[i]));
        EXPECT_EQUAL(i == 1 || i == 2 || i == 4, volume.fat32);
        expect_content("UPDATE  UPD", "update.upd");
        EXPECT(is_in_one_piece());
        expect_content("ODD     UPD", "odd.upd");
        expect_content("LARGE   UPD", "large.upd");
        EXPECT(!is_in_one_piece());
        expect_content("EMPTY   UPD", "empty.upd");
    }
}

static void what_is_not_in_the_root_directory_is_not_found(void) {
    EACH_IMAGE(i) {
        EXPECT_EQUAL(UPDRAFT_FAT_OK, mount_image(images[i]));
        EXPECT_EQUAL(UPDRAFT_FAT_NOT_FOUND, updraft_fat_open(&volume, "NOTHERE UPD", 1000000, &file));
        EXPECT_EQUAL(UPDRAFT_FAT_NOT_FOUND, updraft_fat_open(&volume, "FOLDER  UPD", 1000000, &file)); // a directory
        EXPECT_EQUAL(UPDRAFT_FAT_NOT_FOUND, updraft_fat_open(&volume, "PIECE1  BIN", 1000000, &file)); // deleted
        EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_open(&volume, "PIECE2  BIN", 1000000, &file));
    }
}

static void nothing_behind_the_end_is_read_or_written(void) {
    uint8_t data[600] = {0};
    EXPECT_EQUAL(UPDRAFT_FAT_OK, mount_image("fat16.img"));
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_open(&volume, "ODD     UPD", 70001, &file));
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_read(&volume, &file, 70001, data, 0));
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_read(&volume, &file, 70000, data, 1));
    EXPECT_EQUAL(UPDRAFT_FAT_RANGE, updraft_fat_read(&volume, &file, 70000, data, 2));
    EXPECT_EQUAL(UPDRAFT_FAT_RANGE, updraft_fat_read(&volume, &file, 70002, data, 0));
    EXPECT_EQUAL(UPDRAFT_FAT_RANGE, updraft_fat_read(&volume, &file, 1, data, UINT32_MAX));
    EXPECT_EQUAL(UPDRAFT_FAT_RANGE, updraft_fat_write(&volume, &file, 69900, data, 200));
    EXPECT_EQUAL(UPDRAFT_FAT_TOO_LARGE, updraft_fat_open(&volume, "ODD     UPD", 70000, &file));
}

static void overwriting_changes_the_bytes_asked_for_and_no_others(void) {
    EACH_IMAGE(i) {
        EXPECT_EQUAL(UPDRAFT_FAT_OK, mount_image(images[i]));
        uint32_t size;
        uint8_t *want = load_file("large.upd", &size), *got = malloc(size), data[5000];
        for (unsigned k = 0; k < sizeof data; k++)
            data[k] = (uint8_t)(k * 7);
        EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_open(&volume, "LARGE   UPD", size, &file));
        static const uint32_t places[][2] = {{0, 1}, {511, 2}, {1024, 512}, {39000, 5000}, {2999999, 1}, {100, 3000}};
        for (unsigned p = 0; p < 6; p++) {
            memcpy(want + places[p][0], data, places[p][1]);
            EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_write(&volume, &file, places[p][0], data, places[p][1]));
        }
        EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_read(&volume, &file, 0, got, size));
        EXPECT(memcmp(want, got, size) == 0);
        free(want);
        free(got);
        expect_content("UPDATE  UPD", "update.upd");
        expect_content("ODD     UPD", "odd.upd");
    }
}

static void fat12_exfat_and_no_file_system_are_refused(void) {
    EXPECT_EQUAL(UPDRAFT_FAT_UNSUPPORTED, mount_image("fat12.img"));
    EXPECT_EQUAL(UPDRAFT_FAT_UNSUPPORTED, mount_image("exfat.img"));
    EXPECT_EQUAL(UPDRAFT_FAT_NO_VOLUME, mount_image("large.upd"));
    EXPECT_EQUAL(UPDRAFT_FAT_OK, mount_image("fat16.img"));
    memset(disk.content, 0, 512);
    EXPECT_EQUAL(UPDRAFT_FAT_NO_VOLUME, updraft_fat_mount(&volume));
    disk.broken = 0;
    EXPECT_EQUAL(UPDRAFT_FAT_IO, updraft_fat_mount(&volume));
}

static void set_entry(uint32_t cluster, uint32_t value) {
    uint8_t *entry = disk.content + (size_t)volume.fat_block * 512 + cluster * (volume.fat32 ? 4 : 2);
    for (unsigned i = 0; i < (volume.fat32 ? 4 : 2); i++)
        entry[i] = (uint8_t)(value >> (8 * i));
}

static void a_chain_that_loops_ends_early_or_leaves_the_volume_is_refused(void) {
    EACH_IMAGE(i) {
        EXPECT_EQUAL(UPDRAFT_FAT_OK, mount_image(images[i]));
        uint32_t bad[] = {0, 1, volume.clusters + 2, 0xFFF7, 0x0FFFFFF7, 0x0FFFFFFF, 0, 0};
        EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_open(&volume, "UPDATE  UPD", 1000000, &file));
        uint32_t first = file.first;
        bad[6] = first;     // loops
        bad[7] = first + 3; // loops
        for (unsigned b = 0; b < 8; b++) {
            set_entry(first + 3, bad[b]);
            disk.reads = 0;
            EXPECT_EQUAL(UPDRAFT_FAT_CORRUPT, updraft_fat_open(&volume, "UPDATE  UPD", 1000000, &file));
            EXPECT(disk.reads < 600);
        }
        set_entry(first + 3, first + 4);
        EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_open(&volume, "UPDATE  UPD", 1000000, &file));
    }
}

static void a_root_directory_that_loops_is_left(void) {
    EXPECT_EQUAL(UPDRAFT_FAT_OK, mount_image("fat32-long-root.img"));
    set_entry(volume.root_cluster, volume.root_cluster);
    disk.reads = 0;
    EXPECT_EQUAL(UPDRAFT_FAT_NOT_FOUND, updraft_fat_open(&volume, "UPDATE  UPD", 1000000, &file));
    EXPECT(disk.reads < 9000);
}

static void a_block_that_cannot_be_read_is_an_error_and_not_content(void) {
    uint8_t data[2000];
    EXPECT_EQUAL(UPDRAFT_FAT_OK, mount_image("fat32.img"));
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_open(&volume, "UPDATE  UPD", 1000000, &file));
    disk.broken = volume.data_block + (file.first - 2) * volume.cluster_sectors + 1;
    EXPECT_EQUAL(UPDRAFT_FAT_OK, updraft_fat_read(&volume, &file, 0, data, 512));
    EXPECT_EQUAL(UPDRAFT_FAT_IO, updraft_fat_read(&volume, &file, 0, data, 1024));
    EXPECT_EQUAL(UPDRAFT_FAT_IO, updraft_fat_read(&volume, &file, 700, data, 10));
    disk.broken = volume.fat_block + file.first / 128;
    EXPECT_EQUAL(UPDRAFT_FAT_IO, updraft_fat_open(&volume, "UPDATE  UPD", 1000000, &file));
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    folder = argv[1];
    RUN(files_read_as_they_were_written);
    RUN(what_is_not_in_the_root_directory_is_not_found);
    RUN(nothing_behind_the_end_is_read_or_written);
    RUN(overwriting_changes_the_bytes_asked_for_and_no_others);
    RUN(fat12_exfat_and_no_file_system_are_refused);
    RUN(a_chain_that_loops_ends_early_or_leaves_the_volume_is_refused);
    RUN(a_root_directory_that_loops_is_left);
    RUN(a_block_that_cannot_be_read_is_an_error_and_not_content);
    free(disk.content);
    return expect_end("fat");
}
