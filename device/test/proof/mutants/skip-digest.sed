# boot/check.c: the digest that was computed is not compared
s/return updraft_digest_equal\(pass.named, boot->image.digest\) \?/return 1 ?/
