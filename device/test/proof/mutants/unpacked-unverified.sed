# boot/boot.c: of a packed image only the packed form is verified
s/status = boot_verify\(boot, &comparing, &wanted->image, running, digest\);/status = view.packed ? (compare.differs = UINT32_MAX, updraft_image_open(\&wanted->image, \&reader), updraft_image_tlv(\&reader, \&wanted->image.digest, digest, 32)) : boot_verify(boot, \&comparing, \&wanted->image, running, digest);/
