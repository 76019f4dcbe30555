# What every script here shares: messages, exit codes, folders, one Python, one lock.
# Sourced with bash; knows neither the app nor DynamoDB.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LIB="$ROOT/scripts/lib"
DEV_DIR="${SINGLETABLE_DEV_DIR:-$ROOT/.devserver}" # another one is another stack, beside the first
LOG_DIR="$DEV_DIR/logs"
PID_DIR="$DEV_DIR/pids"
VENV="$ROOT/.venv"

# The exit codes of all scripts; 1 stays "ran, and the answer is no". Each script uses some of them.
# shellcheck disable=SC2034
{
  E_USAGE=2
  E_MISSING=3 # a prerequisite is not on this machine
  E_PORT=4    # a port is held by someone else
  E_INSTALL=5 # an install or a download failed
  E_START=6   # a part did not become healthy
}

say() { printf '%s\n' "$*"; }
step() { printf '==> %s\n' "$*"; }

# fail CODE WHAT [ADVICE]: WHAT names the thing and the place, ADVICE what to do about it.
fail() {
  printf 'error: %s\n' "$2" >&2
  [[ -z "${3:-}" ]] || printf '  fix: %s\n' "$3" >&2
  exit "$1"
}

make_dirs() { mkdir -p "$LOG_DIR" "$PID_DIR"; }

# The leading comment of a script is its help text.
print_help() { sed -n '2,/^$/s/^# \{0,1\}//p' "$1"; }

need_port_number() {
  if [[ ! "$2" =~ ^[1-9][0-9]{0,4}$ ]] || (($2 > 65535)); then
    fail "$E_USAGE" "$1 is '$2', which is no port" "give a number from 1 to 65535"
  fi
}

suits() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Sets PYTHON to a Python 3.11+ that can make environments. A name on PATH is not enough: version
# managers leave shims behind that answer nothing.
find_python() {
  local name
  for name in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3.14 python3 python; do
    if suits "$name"; then
      PYTHON=$(command -v "$name")
      return
    fi
  done
  fail "$E_MISSING" "no Python 3.11 or newer with the venv module on PATH" \
    "install it (Debian: apt-get install python3 python3-venv) or name one: PYTHON=/path/to/python3.11 $0"
}

probe() { "$PYTHON" -I "$LIB/probe.py" "$@"; }
machine() { "$PYTHON" -I "$LIB/machine.py" "$@"; }

# One script at a time changes what runs. The lock lives on descriptor 9 and ends with the script,
# however it ends; started servers must not inherit it (see spawn).
hold_lock() {
  make_dirs
  exec 9>"$DEV_DIR/$1.lock"
  machine lock 9 || fail 1 "another $(basename "$0") is at work in $ROOT" "wait for it to end, then try again"
}
