# needs: busybox
printf '%s\n' 'echo "$0"' 'cd /' 'pwd' 'echo "$HOME"' 'umask 027' 'umask' 'exit 4' | busybox ash -l
echo "status $?"
