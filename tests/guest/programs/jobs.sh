# needs: bash-static
bash-static "$1/jobs.bash" 2>/dev/null # its words there have process ids
