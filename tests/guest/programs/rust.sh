# needs: rustc
# before: rustc -C target-feature=+crt-static -o program "$1/threads.rs"
./program 2>/dev/null
