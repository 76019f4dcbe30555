#!/usr/bin/env bash
# usage: scripts/test.sh [--help] [--all] [--only ROOM,... | --changed] [pytest arguments...]
#
# Tests and checks the project: makes .venv from locks/dev.txt, starts the services that tests need, runs the tests and,
# beside them, the checks, and ends with a line of totals. Stops what it started.
#
#   (no option)      the quick tier: every room, in some minutes
#   --all            everything: also the tests marked slow, all examples of the properties, and the checks of what is
#                    built and served
#   --only ROOM,...  some rooms: lint types engine design app policy sam scripts docs package stack
#   --changed        the rooms that concern the files changed since this branch left main, committed or not
#
# What runs in which tier is in docs/testing.md. pytest arguments come last; with any, the tests alone run, and without,
# they use all cores.
#
# The tests marked connected run against
#   DynamoDB  DYNAMODB_LOCAL_ENDPOINT, if set; else DynamoDB Local, if Java 17+ and Maven are here
#   Redis     REDIS_TEST_URL, if set; else redis-server, if it is here
#   opa       the official one in the pinned version: OPA, if set; else where it is found; else built, if Go is here
# What is in none of these ways to be had is named, and its tests are skipped. With REQUIRE_CONNECTED=1 that is a failure.
#
# Exit codes: 0 passed · 1 failed · 2 usage · 3 prerequisite missing · 5 install or download failed · 6 a service did
#             not start · 130 interrupted

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
for library in environment java process redis opa services rooms checks; do
  # shellcheck source=/dev/null
  source "$LIB/$library.sh"
done

RESULTS="$DEV_DIR/test-results"
unset PYTHONDONTWRITEBYTECODE # dozens of processes start here, and each would compile the project again
TIER=quick CHANGED=false ONLY=() CHECKS_PID=''

read_options() {
  while (($#)); do
    case $1 in
      -h | --help) print_help "$0" && exit 0 ;;
      --all) TIER=all ;;
      --changed) CHANGED=true ;;
      --only)
        IFS=, read -ra ONLY <<<"${2:-}"
        ((${#ONLY[@]})) || fail "$E_USAGE" "--only names no room" "the rooms are: $(room_names)"
        shift
        ;;
      *) break ;;
    esac
    shift
  done
  PYTEST=("$@")
}

# Sets ONLY to the rooms that are wanted; empty: all.
choose_rooms() {
  local room
  for room in "${ONLY[@]+"${ONLY[@]}"}"; do need_room "$room"; done
  [[ $CHANGED == true ]] || return 0
  ((${#ONLY[@]} == 0)) || fail "$E_USAGE" "--changed and --only exclude each other" "see $0 --help"
  room=$(changed_rooms) || exit
  read -ra ONLY <<<"$room"
  say "changed: ${room:-nothing}"
  [[ -n "$room" ]] || exit 0
}

end_all() {
  trap '' INT TERM HUP
  [[ -z "$CHECKS_PID" ]] || kill -TERM -- "-$CHECKS_PID" 2>/dev/null || true
  stop_services
}

has_tests() { ((${#ONLY[@]} == 0 || ${#FOLDERS[@]})); }

# Beside the tests, in a group of processes of their own, with their output kept until the tests are over.
start_checks() {
  local names
  mapfile -t names < <(chosen_checks "$TIER" "${ONLY[@]+"${ONLY[@]}"}")
  ((${#names[@]} && ${#PYTEST[@]} == 0)) || return 0
  set -m
  run_checks "${names[@]}" >"$RESULTS/checks" 2>&1 &
  set +m
  CHECKS_PID=$!
}

end_checks() {
  [[ -n "$CHECKS_PID" ]] || return 0
  wait "$CHECKS_PID"
  CHECKS_PID=''
  cat "$RESULTS/checks"
}

# One worker more than there are cores, since some tests wait.
run_tests() {
  local code=0 given=("${PYTEST[@]+"${PYTEST[@]}"}")
  ((${#given[@]})) || given=(-n "$(($(getconf _NPROCESSORS_ONLN) + 1))" --dist worksteal)
  [[ $TIER == quick ]] || given+=(--all)
  step "tests"
  "$VENV/bin/python" -m pytest --junitxml="$RESULTS/tests.xml" "${given[@]}" "${FOLDERS[@]+"${FOLDERS[@]}"}" || code=$?
  ((code != 4)) || exit "$E_USAGE" # pytest knows no such option, or no such file
  ((${#MISSING[@]} == 0)) || printf 'skipped, as its service is missing: %s\n' "${MISSING[@]}"
  "$PYTHON" -I "$LIB/totals.py" "$RESULTS" && ((code == 0)) || say tests >>"$RESULTS/failed"
}

read_options "$@"
cd "$ROOT" || fail 1 "$ROOT is gone"
choose_rooms
ensure_environment dev
rm -rf "$RESULTS"
mkdir -p "$RESULTS"
trap end_all EXIT
trap 'exit 130' INT TERM HUP

mapfile -t FOLDERS < <(tests_of "${ONLY[@]+"${ONLY[@]}"}")
! has_tests || have_services # first: a check may want the same opa, which may have to be built
start_checks
! has_tests || run_tests
end_checks
[[ ! -s "$RESULTS/failed" ]] || fail 1 "failed: $(xargs <"$RESULTS/failed")" "each has its own output above"
