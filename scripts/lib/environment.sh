# Makes .venv from a lock, once per change of the locks, and repairs what an interrupted run left behind.
# Knows pip and venv, nothing of what is installed. Needs common.sh.
# shellcheck shell=bash

STAMP="$VENV/.installed"

digest() {
  "$PYTHON" -I -c 'import hashlib, sys
print(hashlib.sha256(b"".join(open(p, "rb").read() for p in sys.argv[1:])).hexdigest())' "$@"
}

# All locks count: dev and local pin the same versions, so one of them alone says too little.
environment_digest() { digest "$ROOT"/locks/*.txt "$ROOT/pyproject.toml"; }

# The dev lock holds all that the local lock holds.
is_installed() {
  local wanted=$1 stamped kind
  [[ -f "$STAMP" ]] && suits "$VENV/bin/python" || return 1
  read -r stamped kind <"$STAMP" || return 1
  [[ "$stamped" == "$(environment_digest)" ]] && [[ "$kind" == "$wanted" || "$kind" == dev ]]
}

write_stamp() { printf '%s %s\n' "$(environment_digest)" "$1" >"$STAMP"; }

make_venv() {
  if [[ -e "$VENV" ]] && suits "$VENV/bin/python" && "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
    return
  fi
  step "making .venv with $PYTHON"
  "$PYTHON" -m venv --clear "$VENV" ||
    fail "$E_INSTALL" "$PYTHON could not make $VENV" "see the lines above; Debian wants the package python3-venv"
}

# Under `-e .` the package is read from the work tree; its build backend comes from the lock, so no index
# is asked for anything without a hash.
install_lock() {
  local pip=("$VENV/bin/python" -m pip --disable-pip-version-check --no-input --quiet)
  step "installing locks/$1.txt into .venv (once; later runs reuse it)"
  "${pip[@]}" install --require-hashes -r "$ROOT/locks/$1.txt" &&
    "${pip[@]}" install --no-deps --no-build-isolation -e "$ROOT"
}

# ensure_environment local|dev: two scripts at once install one after the other.
ensure_environment() {
  find_python
  if is_installed "$1"; then return; fi
  make_dirs
  (
    exec 8>"$DEV_DIR/environment.lock"
    machine await-lock 8
    is_installed "$1" || install_environment "$1"
  ) || exit
}

# The stamp goes first and returns last: whatever happens in between, the next run starts over.
install_environment() {
  rm -f "$STAMP"
  make_venv
  install_lock "$1" ||
    fail "$E_INSTALL" "locks/$1.txt could not be installed into $VENV" "see pip's words above; the next run tries again"
  write_stamp "$1"
}
