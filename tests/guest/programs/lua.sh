# needs: lua5.4
lua5.4 "$1/tables.lua"
