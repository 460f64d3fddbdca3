#!/usr/bin/env bash
# Azurite, Azure storage on this machine: azurite.sh start | stop | status.
# start installs it where it is missing, starts it, waits until it answers and writes its connection string, alone, to standard output.
#   AZURITE_DATA                          folder that keeps the data; without it the data ends with the process
#   AZURITE_BLOB_PORT, AZURITE_TABLE_PORT ports on loopback; 0, the default, takes free ones
#   AZURITE_RUN                           folder of process id and log; default artifacts/azurite
# Exit codes: 0; 1 failed, or not running; 3 cannot be had on this machine.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
run=${AZURITE_RUN:-$here/../../artifacts/azurite}
program=$here/node_modules/azurite/dist/src/azurite.js
patience=60

# Azurite's own account, the same everywhere and published by its makers: no secret.
account=devstoreaccount1
key=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==

say() { echo "$*" >&2; }

fail() {
  say "$1"
  exit "${2:-1}"
}

# The command line of a process; ps is missing from small images.
command_of() { if [ -d /proc/self ]; then tr '\0' ' ' <"/proc/$1/cmdline"; else ps -p "$1" -o args=; fi; }

# The process id of what was started here, where it still runs.
running() {
  local id
  id=$(cat "$run/pid" 2>/dev/null) && [[ $(command_of "$id" 2>/dev/null) == *"$program"* ]] && echo "$id"
}

# Where a service listens, as the log says it.
address() { sed -n "s/^Azurite $1 service is successfully listening at //p" "$run/log" | tail -1; }

connection() {
  echo "DefaultEndpointsProtocol=http;AccountName=$account;AccountKey=$key;BlobEndpoint=$(address Blob)/$account;TableEndpoint=$(address Table)/$account;"
}

install() {
  local tool
  for tool in node npm; do
    command -v "$tool" >/dev/null || fail "Azurite needs Node.js 20 or later with npm, and '$tool' is not on the PATH. Install it, for instance with 'apt-get install nodejs npm'." 3
  done
  if [ ! -e "$program" ] || [ "$here/package-lock.json" -nt "$here/node_modules/.package-lock.json" ]; then
    say "Installing Azurite into infra/azurite/node_modules."
    npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || fail "'npm ci' failed. Look whether this machine reaches its npm registry, then repeat." 3
  fi
}

start() {
  if running >/dev/null; then
    connection
    return
  fi
  install
  mkdir -p "$run"
  local what=(--require "$here/keep-all.cjs" "$program" --inMemoryPersistence)
  if [ -n "${AZURITE_DATA:-}" ]; then
    mkdir -p "$AZURITE_DATA"
    what=("$program" --location "$AZURITE_DATA")
  fi
  : >"$run/log"
  # The client in use speaks newer versions of the protocol than Azurite knows by name.
  nohup node "${what[@]}" --silent --disableTelemetry --skipApiVersionCheck --blobHost 127.0.0.1 --queueHost 127.0.0.1 --tableHost 127.0.0.1 \
    --blobPort "${AZURITE_BLOB_PORT:-0}" --tablePort "${AZURITE_TABLE_PORT:-0}" --queuePort 0 >"$run/log" 2>&1 </dev/null &
  local id=$! tries
  echo "$id" >"$run/pid"
  for ((tries = 0; tries < patience * 5; tries++)); do
    kill -0 "$id" 2>/dev/null || fail "Azurite ended: $(tail -3 "$run/log")"
    if [ -n "$(address Table)" ]; then
      connection
      return
    fi
    sleep 0.2
  done
  stop
  fail "Azurite did not answer within $patience seconds; its log is $run/log."
}

stop() {
  local id tries
  id=$(running) || { rm -f "$run/pid"; return 0; }
  kill "$id"
  for ((tries = 0; tries < 50; tries++)); do
    running >/dev/null || break
    sleep 0.2
  done
  if running >/dev/null; then kill -KILL "$id"; fi
  rm -f "$run/pid"
}

case "${1:-}" in
  start) start ;;
  stop) stop ;;
  status)
    running >/dev/null || fail "Azurite is not running."
    connection
    ;;
  *) fail "Usage: azurite.sh start | stop | status" ;;
esac
