# needs: stress-ng
# Output has process ids and times: what counts is that each verifies, and the status.
for name in vm brk mmap mremap fork futex pipe signal shm msync mlock; do
    stress-ng --quiet --$name 1 --$name-ops 5 --verify --no-rand-seed --timeout 60 --vm-bytes 4m --mmap-bytes 4m --mremap-bytes 2m --shm-bytes 4m
    echo "$name $?"
done
