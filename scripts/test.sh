#!/usr/bin/env bash
# usage: scripts/test.sh [--help] [pytest arguments...]
#
# The whole test suite in one command: makes .venv from locks/dev.txt, runs the offline tests, then those that need
# real services (marker "connected"), and ends with a line of totals. Stops what it started.
#
# The connected tests run against
#   DynamoDB  DYNAMODB_LOCAL_ENDPOINT, if set; else DynamoDB Local, if Java 17+ and Maven are here
#   Redis     REDIS_TEST_URL, if set; else redis-server, if it is here
#   opa       the official one in the pinned version: OPA, if set; else where it is found; else built, if Go is here
# What is in none of these ways to be had is named, and its tests are skipped. With REQUIRE_CONNECTED=1 that is a failure.
#
# pytest arguments go to both runs; without any, all cores are used.
# Exit codes: 0 passed · 1 failed · 2 usage · 3 prerequisite missing · 5 install or download failed · 6 a service did
#             not start · 130 interrupted

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"
# shellcheck source=lib/java.sh
source "$LIB/java.sh"
# shellcheck source=lib/process.sh
source "$LIB/process.sh"
# shellcheck source=lib/redis.sh
source "$LIB/redis.sh"
# shellcheck source=lib/opa.sh
source "$LIB/opa.sh"

RESULTS="$DEV_DIR/test-results"
NO_TESTS=5 # pytest's exit code when nothing was selected: no failure of a half, only of the whole
LOCAL_PORT=''

stop_services() {
  trap '' INT TERM HUP
  stop_redis
  [[ -z "$LOCAL_PORT" ]] || "$ROOT/scripts/dynamodb_local.sh" stop --port "$LOCAL_PORT" >/dev/null || true
}

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

# Sets and exports OPA; false when there is no way to have one.
have_opa() {
  find_opa || { can_build_opa && install_opa; } || return 1
  export OPA
}

# Sets MISSING: what each absent service needs.
have_services() {
  MISSING=()
  have_dynamodb || MISSING+=("DynamoDB Local: install Java 17+ and Maven (Debian: apt-get install \
openjdk-17-jre-headless maven), or set DYNAMODB_LOCAL_ENDPOINT")
  have_redis || MISSING+=("Redis: install redis-server (Debian: apt-get install redis-server), or set REDIS_TEST_URL")
  have_opa || MISSING+=("opa $OPA_VERSION: install Go (https://go.dev/doc/install), or set OPA")
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
trap stop_services EXIT
trap 'exit 130' INT TERM HUP

have_services
if ((${#MISSING[@]})) && [[ "${REQUIRE_CONNECTED:-}" == 1 ]]; then
  fail "$E_MISSING" "REQUIRE_CONNECTED=1, and not every service is to be had" "$(printf '%s; ' "${MISSING[@]}")"
fi

# Offline one worker more than there are cores, since some tests wait; the services of the others need their share.
offline=("$@") connected=("$@")
(($#)) || { offline=(-n "$(($(getconf _NPROCESSORS_ONLN) + 1))") connected=(-n auto); }
step "offline tests"
run offline "not connected" "${offline[@]}"
step "connected tests"
run connected connected "${connected[@]}"
((${#MISSING[@]} == 0)) || printf 'skipped, as its service is missing: %s\n' "${MISSING[@]}"
"$PYTHON" -I "$LIB/totals.py" "$RESULTS" || FAILED=true
[[ $FAILED == false ]]
