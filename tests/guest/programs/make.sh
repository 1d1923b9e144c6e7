# needs: make gcc
for i in 1 2 3 4 5; do echo "int f$i(int x) { return x * $i; }" > f$i.c; done
echo 'int f1(int), f5(int); int part(int number) { return f1(number) + f5(number); }' > part.c
cp "$1/sum.c" .
printf '%s\n' 'objects = $(patsubst %.c,%.o,$(wildcard *.c))' 'sum: $(objects)' '	@gcc -o $@ $(objects)' '%.o: %.c' \
    '	@gcc -O2 -c $< -o $@' 'clean:' '	@rm -f *.o sum' > Makefile
make -j4 && ./sum
echo "status $?"
make -q && echo "up to date"
touch f1.c
make -n
make clean
