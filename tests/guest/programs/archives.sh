# needs: find xargs tar gzip md5sum
mkdir -p in/a/b in/c
i=0
while [ $i -lt 40 ]; do echo "file $i" > in/a/$i; ln -s ../a/$i in/c/$i; i=$((i + 1)); done
ln in/a/1 in/a/b/hard
chmod 640 in/a/2
find in -type f -print0 | sort -z | xargs -0 -P4 -n5 cat | sort | md5sum
find in -type l | wc -l
tar cf - --sort=name in | gzip -9 | gzip -d | tar tf - | md5sum
tar czf all.tgz in && mkdir out && tar xzf all.tgz -C out && find out | wc -l
cmp in/a/1 out/in/a/b/hard && rm all.tgz
