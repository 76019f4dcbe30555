#!/usr/bin/env bash
# usage: scripts/typescript_client.sh check | run URL | demo [--help]
#
# The API as a front end sees it: types are made from the OpenAPI document, and a small program is compiled with them.
#
#   check     types and program compile, every planted mistake is one, and demo/js is not stale; needs no API
#   run URL   check, then the program itself against a local stack such as http://localhost:8001
#
#   demo      writes demo/js, what the page under /demo is made of
#
# Node and npm come with .venv; packages as tests/clients/typescript/package-lock.json pins them.
# Exit codes: 0 done · 1 does not compile, is stale, or the program failed · 2 usage · 3 prerequisite missing · 5 install failed

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"
# shellcheck source=lib/node.sh
source "$LIB/node.sh"

CLIENT="$ROOT/tests/clients/typescript"

case "${1:-} ${2:+URL}${3:+ and more}" in
  -h\ * | --help\ *) print_help "$0" && exit 0 ;;
  "check " | "demo " | "run URL") ;;
  *) fail "$E_USAGE" "$0 knows no '$*'" "see $0 --help" ;;
esac

# Modules that a browser takes as they are: the one package that the client uses lies beside them, with its license.
compile_demo() {
  local package="$CLIENT/node_modules/openapi-fetch" out="$CLIENT/build/demo"
  rm -rf "$out"
  npm run --silent demo --prefix "$CLIENT" || fail 1 "the demo page does not compile" "see the compiler's words above"
  sed -i.bak 's|from "openapi-fetch"|from "./openapi-fetch.js"|' "$out"/*.js && rm "$out"/*.bak
  { echo '/*' && cat "$package/LICENSE" && echo '*/' && grep -v sourceMappingURL "$package/dist/index.mjs"; } >"$out/openapi-fetch.js"
}

ensure_environment dev
find_node
install_modules "$CLIENT"
cd "$ROOT" || fail 1 "$ROOT is gone"
step "types from OpenAPI"
mkdir -p "$CLIENT/build"
"$VENV/bin/python" scripts/app_docs.py --openapi >"$CLIENT/build/openapi.json" || fail 1 "no OpenAPI document was made" "see the lines above"
npm run --silent types --prefix "$CLIENT" >/dev/null
step "tsc --strict"
npm run --silent check --prefix "$CLIENT" || fail 1 "the client does not compile" "see the compiler's words above"
step "the demo's scripts"
compile_demo
if [[ "$1" == demo ]]; then
  rm -rf demo/js && cp -r "$CLIENT/build/demo" demo/js
else
  diff -r "$CLIENT/build/demo" demo/js || fail 1 "demo/js is stale" "$0 demo"
fi
[[ "$1" != run ]] || node "$CLIENT/src/program.ts" "$2"
