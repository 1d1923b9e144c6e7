# shells: bash
# What only bash has.
declare -A map=([one]=1 [two]=2 [three]=3)
for key in one two three; do echo "$key=${map[$key]}"; done; echo "${#map[@]}"
list=(a "b c" d); list+=(e); echo "${#list[@]} ${list[1]} ${list[@]:1:2} ${list[-1]}"
for ((i = 0; i < 5; i++)); do printf '%d ' $((i * i)); done; echo
[[ abc123 =~ ^([a-z]+)([0-9]+)$ ]] && echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
[[ text == t*t && ! -e /nonexistent ]] && echo matched
text="Hello World"; echo "${text,,} ${text^^} ${text/o/0} ${text//o/0} ${text:6:3} ${text: -5}"
echo {1..5} {a..e..2} x{1,2}y
mapfile -t lines < <(printf 'first\nsecond\n'); echo "${lines[1]}"
while read -r a b; do echo "$b $a"; done <<< "left right"
printf -v padded '%05d' 42; echo "$padded"
echo $((2#1010 + 16#ff + 36#z)) $((3 ** 5))
f() { local -n ref=$1; ref=changed; }; v=old; f v; echo "$v"
case abc in a*) echo one ;;& *c) echo two ;& x) echo three ;; esac
coproc { read -r line; echo "coprocess got $line"; }; echo hello >&"${COPROC[1]}"; read -r answer <&"${COPROC[0]}"; echo "$answer"
set -o pipefail; false | true; echo "pipefail $?"
echo "${PIPESTATUS[@]}"
exec 5<> fifofile; echo data >&5; exec 5>&-; cat() { while read -r l; do echo "$l"; done; }; cat < fifofile
select_sort() { local -a a=("$@"); local i j t; for ((i = 0; i < ${#a[@]}; i++)); do for ((j = i + 1; j < ${#a[@]}; j++)); do
	if ((a[j] < a[i])); then t=${a[i]}; a[i]=${a[j]}; a[j]=$t; fi; done; done; echo "${a[@]}"; }
select_sort 5 3 9 1 7 2 8
trap 'echo "error $?"' ERR; false; trap - ERR
( trap 'echo child leaves' EXIT; exit 3 ); echo $?
kill -l 9; ulimit -n > /dev/null && echo ulimit
exit 9
