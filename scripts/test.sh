#!/usr/bin/env bash
# usage: scripts/test.sh [--help] [pytest arguments...]
#
# The whole test suite in one command: makes .venv from locks/dev.txt, runs the offline tests, then those that need
# a real DynamoDB (marker "connected"), and ends with a line of totals. Stops what it started.
#
# The connected tests run against
#   1. DYNAMODB_LOCAL_ENDPOINT, if set;
#   2. else DynamoDB Local on a free port, if Java 17+ and Maven are here (scripts/dynamodb_local.sh);
#   3. else they are skipped, and the script says so. With REQUIRE_CONNECTED=1 that is a failure.
#
# pytest arguments go to both runs; without any, the offline run uses all cores.
# Exit codes: 0 passed · 1 failed · 2 usage · 3 prerequisite missing · 5 install or download failed · 6 no DynamoDB Local

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"
# shellcheck source=lib/java.sh
source "$LIB/java.sh"

RESULTS="$DEV_DIR/test-results"
NO_TESTS=5 # pytest's exit code when nothing was selected: no failure of a half, only of the whole
LOCAL_PORT=''

stop_local() { [[ -z "$LOCAL_PORT" ]] || "$ROOT/scripts/dynamodb_local.sh" stop --port "$LOCAL_PORT" >/dev/null || true; }

# Sets and exports DYNAMODB_LOCAL_ENDPOINT; false when there is no way to have one.
have_dynamodb() {
  if [[ -n "${DYNAMODB_LOCAL_ENDPOINT:-}" ]]; then
    probe dynamodb "$DYNAMODB_LOCAL_ENDPOINT" ||
      fail "$E_START" "no DynamoDB answers at $DYNAMODB_LOCAL_ENDPOINT (DYNAMODB_LOCAL_ENDPOINT)" "start it, or unset it"
    return
  fi
  has_java && command -v mvn >/dev/null || return 1
  LOCAL_PORT=$(machine any-free-port)
  "$ROOT/scripts/dynamodb_local.sh" start --port "$LOCAL_PORT" || exit
  export DYNAMODB_LOCAL_ENDPOINT="http://127.0.0.1:$LOCAL_PORT"
}

# run NAME MARKER ARGUMENTS...: remembers that something failed; the totals say what.
FAILED=false
run() {
  local code=0 name=$1 marker=$2
  shift 2
  "$VENV/bin/python" -m pytest -m "$marker" --junitxml="$RESULTS/$name.xml" "$@" || code=$?
  ((code == 0 || code == NO_TESTS)) || FAILED=true
}

if [[ "${1:-}" =~ ^(-h|--help)$ ]]; then print_help "$0" && exit 0; fi
ensure_environment dev
cd "$ROOT" || fail 1 "$ROOT is gone"
rm -rf "$RESULTS"
trap stop_local EXIT
trap 'exit 130' INT TERM HUP

CONNECTED=true
have_dynamodb || CONNECTED=false
if [[ $CONNECTED == false && "${REQUIRE_CONNECTED:-}" == 1 ]]; then
  fail "$E_MISSING" "REQUIRE_CONNECTED=1, and no DynamoDB Local can be had" \
    "install Java 17+ and Maven, or set DYNAMODB_LOCAL_ENDPOINT"
fi

step "offline tests"
if (($#)); then run offline "not connected" "$@"; else run offline "not connected" -n auto; fi
if [[ $CONNECTED == true ]]; then
  step "connected tests, against $DYNAMODB_LOCAL_ENDPOINT"
  run connected connected "$@"
else
  say "skipped: the connected tests, which need DynamoDB Local. To run them: install Java 17+ and Maven"
  say "(Debian: apt-get install openjdk-17-jre-headless maven), or set DYNAMODB_LOCAL_ENDPOINT."
fi
"$PYTHON" -I "$LIB/totals.py" "$RESULTS" || FAILED=true
[[ $FAILED == false ]]
