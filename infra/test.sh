#!/usr/bin/env bash
# The test command: restores, builds with warnings as errors, checks the format, starts Azurite, runs all tests for each engine that restores.
# Last line: N passed, N failed, N skipped; a step that fails before the tests counts as one failed. The exit code is 0 only without failures.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Tests whose subject runs on an engine; they run once for each. All others run once.
engine_tests='Conformance Grains Silo Client EndToEnd Storage.Azure Infra'
results=artifacts/test-results
passed=0 failed=0 skipped=0
# A job in the background of a script ignores Ctrl-C, and all that it starts does; tests send it to silos and consoles.
heeding=$(env --default-signal=INT true 2>/dev/null && echo env --default-signal=INT)
mkdir -p "$results"

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
  exit
}

step() {
  local name=$1
  shift
  echo "== $name"
  if ! "$@"; then
    echo "$name failed."
    failed=$((failed + 1))
    return 1
  fi
}

# Adds the counters of a result file; what was not executed is skipped.
count() {
  local counters total executed ok bad
  counters=$(grep -o '<Counters [^>]*>' "$1") || return 1
  total=$(sed 's/.* total="\([0-9]*\)".*/\1/' <<<"$counters")
  executed=$(sed 's/.* executed="\([0-9]*\)".*/\1/' <<<"$counters")
  ok=$(sed 's/.* passed="\([0-9]*\)".*/\1/' <<<"$counters")
  bad=$((executed - ok))
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
}

# Runs the tests of a build that has been made; a run without a result file is a failure. A test that hangs ends the run and is named.
run_tests() {
  local build=$1 filter=$2 before=$failed file="$results/$1.trx"
  shift 2
  rm -f "$file"
  echo "== tests, $build"
  $heeding dotnet test tests -c Release --no-build --nologo -v quiet "$@" ${filter:+--filter "$filter"} \
    --blame-hang-timeout 15m --blame-hang-dump-type none \
    --logger "trx;LogFileName=$build.trx" --logger "console;verbosity=minimal" --results-directory "$results"
  local code=$?
  if ! count "$file"; then
    echo "The tests of $build left no result in $file."
    failed=$((failed + 1))
  elif [ "$code" -ne 0 ] && [ "$failed" -eq "$before" ]; then
    echo "The tests of $build ended with exit code $code."
    failed=$((failed + 1))
  fi
}

# Whether Orleans restores, with its packages for Azure and TLS or without them; says so in one line.
restore_orleans() {
  local log="$results/orleans-restore-$1.log"
  if timeout 180 dotnet restore tests --nologo -v quiet -p:Engine=Orleans "-p:OrleansCloud=$1" >"$log" 2>&1; then
    echo "== restore, engine Orleans, OrleansCloud=$1: its packages are there"
  else
    local missing
    missing=$(grep -oE 'Unable to find package [A-Za-z.]+' "$log" | sed 's/.* //; s/\.$//' | sort -u | paste -sd ' ')
    echo "== restore, engine Orleans, OrleansCloud=$1: not here (${missing:+the feed lacks $missing; }see $log)"
    return 1
  fi
}

# Azure storage for the tests that need it, unless the environment names one; it ends with this script, however that ends.
start_azurite() {
  export AZURITE_RUN=$PWD/$results/azurite
  trap 'infra/azurite/azurite.sh stop' EXIT
  local log="$results/azurite-start.log" code=0
  STEPTOOL_AZURITE=$(infra/azurite/azurite.sh start 2>"$log") || code=$?
  export STEPTOOL_AZURITE STEPTOOL_AZURITE_MISSING=
  case $code in
    0) echo "== Azurite runs" ;;
    3)
      STEPTOOL_AZURITE_MISSING=$(tail -1 "$log")
      echo "== Azurite cannot run here, so its tests are skipped: $STEPTOOL_AZURITE_MISSING"
      ;;
    *)
      cat "$log"
      failed=$((failed + 1))
      ;;
  esac
}

step restore dotnet restore StepTool.sln --nologo -v quiet || finish
step build dotnet build StepTool.sln -c Release --no-restore --nologo -v quiet -warnaserror || finish
step format dotnet format StepTool.sln --no-restore --verify-no-changes
step lint infra/lint.sh
[ -n "${STEPTOOL_AZURITE:-}" ] || start_azurite
infra/mcp/install.sh || echo "== MCP servers cannot run here, so their tests are skipped"
run_tests Embedded ""

cloud=
for choice in true false; do
  restore_orleans "$choice" && cloud=$choice && break
done
if [ -n "$cloud" ]; then
  step "build, engine Orleans" dotnet build tests -c Release --no-restore --nologo -v quiet -p:Engine=Orleans "-p:OrleansCloud=$cloud" \
    && run_tests Orleans "$(printf 'FullyQualifiedName~StepTool.Tests.%s.|' $engine_tests | sed 's/|$//')" -p:Engine=Orleans "-p:OrleansCloud=$cloud"
else
  also=$(grep -oE 'className="[^"]*"' "$results/Embedded.trx" | grep -cE "\.Tests\.(${engine_tests// /|})\.")
  echo "== tests, engine Orleans: $also skipped, since its packages do not restore here"
  skipped=$((skipped + also))
fi

# Torch is a few hundred megabytes: its first restore may take minutes. Where its library does not load, its tests are skipped with the reason.
torch_log="$results/torch-restore.log"
if timeout 300 dotnet restore tests --nologo -v quiet -p:Torch=true >"$torch_log" 2>&1; then
  step "build, Torch" dotnet build tests -c Release --no-restore --nologo -v quiet -p:Torch=true \
    && run_tests Torch 'FullyQualifiedName~TorchParityTests|FullyQualifiedName~TrainingOptionsValidatorTests' -p:Torch=true
else
  echo "== tests, Torch: not here, since its packages do not restore (see $torch_log)"
fi

finish
