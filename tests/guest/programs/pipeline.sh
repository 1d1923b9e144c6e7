# needs: busybox
busybox dd if=/dev/zero bs=65536 count=320 2>/dev/null | busybox cat | busybox tr '\0' 'a' | busybox sed 's/b/c/' | busybox cat |
    busybox tail -c 20971520 | busybox cat | busybox dd bs=4096 2>/dev/null | busybox tee /dev/null | busybox md5sum
