# shells: busybox, bash
# Pipelines, background jobs, redirections, exit statuses of other programs.
seq() { i=$1; while [ "$i" -le "$2" ]; do echo "$i"; i=$((i + 1)); done; }
seq 1 100 | busybox sort -rn | busybox head -n 3
seq 1 1000 | busybox awk '{ s += $1 } END { print s }'
seq 1 10 | busybox grep 1 | busybox wc -l
echo content > file; echo more >> file; busybox cat < file
busybox ls /nonexistent 2> errors; echo "status $?"; busybox wc -l < errors
busybox ls /nonexistent > both 2>&1; busybox cat both
exec 3> third; echo third >&3; exec 3>&-; busybox cat third
{ echo out; echo err >&2; } 2>&1 >/dev/null | busybox tr a-z A-Z
busybox sleep 0.1 & wait $!; echo "slept $?"
(exit 5) & wait $!; echo "waited $?"
busybox sh -c 'kill -TERM $$'; echo "killed $?"
busybox sh -c 'exit 300'; echo "status $?"
value=$(busybox printf 'several\nlines\n\n'); echo "[$value]"
for n in 1 2 3; do (busybox sleep 0.0$n; echo "job $n" > "job$n") & done; wait; busybox cat job1 job2 job3
busybox mkdir -p d/e; busybox touch d/e/f; for name in d/*/*; do echo "$name"; done; echo d/[x-z]*
busybox true | busybox false; echo "pipe $?"
! busybox false; echo "not $?"
busybox yes | busybox head -n 2
busybox env -i A=1 busybox sh -c 'echo "$A $HOME."'
echo 'echo "$0 $1 $#"' > script; busybox sh script argument; . ./script dotted 2>/dev/null >/dev/null
printf '#!/bin/busybox sh\necho "by its first line: $1"\n' > direct; busybox chmod +x direct; ./direct yes
busybox find . -type f | busybox sort | busybox xargs busybox wc -c
busybox tar cf - d | busybox tar tf -
nonexistent-command 2>/dev/null; echo "status $?"
./file 2>/dev/null; echo "status $?"
exit 0
