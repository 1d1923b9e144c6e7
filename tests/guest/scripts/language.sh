# shells: busybox, bash
# What needs no other process: loops, arithmetic, functions, case, quoting, traps.
fib() {
	local a=0 b=1 i=0 next
	while [ $i -lt "$1" ]; do
		next=$((a + b)); a=$b; b=$next; i=$((i + 1))
	done
	echo $a
}

factorial() {
	if [ "$1" -le 1 ]; then echo 1; else echo $(($1 * $(factorial $(($1 - 1))))); fi
}

classify() {
	case "$1" in
	'') echo empty ;;
	-*) echo option "${1#-}" ;;
	*.txt | *.md) echo text "${1%.*}" ;;
	[0-9]*) echo number ;;
	[!a-z]*) echo odd ;;
	*) echo word ;;
	esac
}

for n in 1 5 10 20 50 90; do echo "fib $n = $(fib $n)"; done
echo "10! = $(factorial 10)"
for word in '' -x a.txt READ.md 42 _z plain 'two words.txt'; do classify "$word"; done
echo $((7 / 2)) $((-7 / 2)) $((7 % 3)) $((1 << 40)) $((0x1f & 013)) $((5 > 3 ? 10 : 20)) $((~0)) $((2 ** 3 * 2 | 1))
i=10; echo $((i++ + ++i)) $i $((i += 5)) $((i *= 2, i - 1))
until [ $i -le 0 ]; do i=$((i - 7)); [ $i -eq 13 ] && continue; [ $i -lt -1 ] && break; printf '%d ' $i; done; echo
text=/usr/local/lib/name.tar.gz
echo "${text##*/} ${text%/*} ${text%%.*} ${text#*/} ${#text} ${none:-default} ${text:+set}"
set -- one "two three" four; echo $# "$2" "$*"; shift; echo $# "$@"
for arg; do echo "<$arg>"; done
IFS=:; set -- $(echo a:b::c); echo $# "$4"; unset IFS
true && echo and || echo or; false && echo and || echo or
{ echo group; echo 2nd; } | while read -r line; do echo "read $line"; done
(cd / && pwd); x=outer; (x=inner; echo $x); echo $x
cat_heredoc() { while IFS= read -r line; do echo "|$line|"; done; }
cat_heredoc <<TEXT
  indented $x $((1 + 1))
back\\slash \$kept
TEXT
cat_heredoc <<'TEXT'
raw $x
TEXT
eval 'y=evaluated; echo $y'
trap 'echo trapped' USR1; kill -USR1 $$; trap 'echo leaving' EXIT
test -d /proc -a ! -e /nonexistent && echo tests
[ abc \< abd ] 2>/dev/null; [ 010 -eq 10 ] && echo decimal
printf '%s-%03d|%x|%-5s|%5.2f\n' a 7 255 left 3.14159
command -v nothing-of-this-name || echo "status $?"
unset x; echo "${x-unset}" "${x:=assigned}" "$x"
readonly fixed=1; (fixed=2) 2>/dev/null; echo "status $?"
f() { return 42; }; f; echo $?
exit 7
