#!/usr/bin/env bash
# The test command: installs what the tests need, builds with warnings as errors and runs every test.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p artifacts

# The viewer's tests drive a real browser; Debian's package will do.
if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi

dotnet build EtlTracing.slnf
dotnet test EtlTracing.slnf --no-build "$@" 2>&1 | tee artifacts/test.log
