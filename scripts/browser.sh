#!/usr/bin/env bash
# usage: scripts/browser.sh URL [--screenshots] [--help]
#
# Uses /docs and /demo of a local stack, such as http://localhost:8001, in a headless Chromium: signs in as a demo account,
# writes and publishes posts, lists and reads them. Without a stack: scripts/with_stack.sh bash -c 'scripts/browser.sh $API_URL'
#
#   --screenshots   writes docs/images/ anew
#
# Chromium is the system's (CHROMIUM, else /usr/bin/chromium); Node comes with .venv, the driver by
# tests/browser/package-lock.json.
# Exit codes: 0 as it should be · 1 it is not · 2 usage · 3 prerequisite missing · 5 install failed

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"
# shellcheck source=lib/node.sh
source "$LIB/node.sh"

case "${1:-} ${2:-}${3:+ and more}" in
  -h\ * | --help\ *) print_help "$0" && exit 0 ;;
  http*\ | http*\ --screenshots) ;;
  *) fail "$E_USAGE" "$0 was not told the stack's URL alone, with --screenshots at most: '$*'" "see $0 --help" ;;
esac

export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[[ -x "$CHROMIUM" ]] ||
  fail "$E_MISSING" "no Chromium at $CHROMIUM" "install it (Debian: apt-get install chromium), or set CHROMIUM"
ensure_environment dev
find_node
install_modules "$ROOT/tests/browser"
node "$ROOT/tests/browser/docs.mjs" "$1" ${2:+--screenshots "$ROOT/docs/images"}
node "$ROOT/tests/browser/demo.mjs" "$1"
