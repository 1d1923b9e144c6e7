# needs: /usr/bin/python3
/usr/bin/python3 "$1/modules.py"
