# needs: sqlite3
sqlite3 :memory: < "$1/tables.sql"
sqlite3 file.db < "$1/tables.sql"
sqlite3 file.db 'select avg(c) from t'
