#!/bin/sh
# Installs what the tests need, and runs them all. Where nothing can be installed, the tests that miss a tool are skipped and counted.
set -eu
cd "$(dirname "$0")/.."
if ! sh tests/install-packages.sh; then
    echo "run: some tools are missing; the tests that need them are skipped" >&2
    export EMU_ALLOW_SKIP=1
fi
exec dotnet test Emu.sln -c Release --nologo -- RunConfiguration.TestSessionTimeout=3600000
