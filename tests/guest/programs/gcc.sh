# needs: gcc
echo 'int part(int number) { return number * number; }' > part.c
gcc -O2 -o sum "$1/sum.c" part.c && ./sum one two
echo "status $?"
gcc -c -o bad.o /dev/null -x c - <<'END'
int main(void) { return undeclared; }
END
echo "status $?"
rm -f sum *.o
