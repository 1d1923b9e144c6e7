# needs: go
# before: HOME=$PWD GOCACHE=${TMPDIR:-/tmp}/emu-test-go CGO_ENABLED=0 go build -o program "$1/routines.go"
./program
