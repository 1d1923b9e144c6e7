# needs: openssl
printf 'some text\n' > text
for name in md5 sha1 sha256 sha512 sha3-256 blake2b512; do openssl dgst -$name text; done
openssl enc -aes-256-cbc -pbkdf2 -pass pass:word -S 0102030405060708 -in text | openssl base64
openssl enc -chacha20 -K 00 -iv 00 -in text 2>/dev/null | openssl dgst -sha256
openssl prime 1000003
