#!/usr/bin/env bash
# MCP servers for the tests, installed into infra/mcp/node_modules as package-lock.json pins them; none of their install scripts runs.
# Exit codes: 0; 3 cannot be had on this machine.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
  echo "$1" >&2
  exit 3
}

for tool in node npm; do
  command -v "$tool" >/dev/null || fail "The MCP servers need Node.js 20 or later with npm, and '$tool' is not on the PATH. Install it, for instance with 'apt-get install nodejs npm'."
done
if [ ! -e "$here/node_modules/.package-lock.json" ] || [ "$here/package-lock.json" -nt "$here/node_modules/.package-lock.json" ]; then
  echo "Installing the MCP servers into infra/mcp/node_modules." >&2
  npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || fail "'npm ci' failed. Look whether this machine reaches its npm registry, then repeat."
fi
