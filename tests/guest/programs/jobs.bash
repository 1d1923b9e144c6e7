for i in 1 2 3; do echo "loop $i"; done | tee loops | wc -l
cat <<END | tr a-z A-Z
here $((1 + 2)) $(echo from a child)
END
trap 'echo trapped' USR1
kill -USR1 $$
trap 'echo the end' EXIT
diff <(echo a; echo b) <(echo a; echo c)
set -m
sleep 0.2 &
wait
echo "waited $?"
sleep 5 &
sleep 0.3 # a job that is killed before it has become sleep would run the trap above
kill %%
wait $! 2>/dev/null
echo "killed $?"
n=0
for i in {1..300}; do (exit 3); n=$((n + $?)); done
echo $n
coproc cat
to=${COPROC[1]} from=${COPROC[0]}
echo "to a coprocess" >&"$to"
read -r -u "$from" line
echo "$line"
exec {to}>&-
mapfile -t lines < <(seq 5)
echo "${#lines[@]}"
read -r -t 0.1 line < <(sleep 0.3)
echo "late $?"
printf '%s\n' {a..e}{1..3} | sort -r | head -3
