#!/usr/bin/env bash
# The test command: installs what the tests need, builds with warnings as errors and runs every test.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p artifacts

# The viewer's tests drive a real browser, the engine's results are compared with what pandas makes of the same rows; Debian's packages will do.
missing=()
command -v chromium >/dev/null || missing+=(chromium)
/usr/bin/python3 -c 'import pandas' 2>/dev/null || missing+=(python3-pandas)
if [ ${#missing[@]} -gt 0 ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

dotnet build EtlTracing.slnf
dotnet test EtlTracing.slnf --no-build "$@" 2>&1 | tee artifacts/test.log
