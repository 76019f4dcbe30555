#!/usr/bin/env bash
# usage: scripts/generate.sh [--check] [--help]
#
# Writes every generated file of the repository anew: the built policy (if its sources changed), golden requests,
# docs/access-patterns.md, docs/errors.md, the generated parts of other pages, and the blocks of sam/template.yaml.
#
#   --check   writes nothing, and names what is stale
#
# Exit codes: 0 done · 1 something is stale or could not be made · 2 usage

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"

TEMPLATE=sam/template.yaml
GOLDEN=tests/access_patterns/golden
FAILED=false

# generate NAME COMMAND...: one failure does not hide the next.
generate() {
  step "$1"
  shift
  "$@" || FAILED=true
}

# The digests of sources and results stand beside the results, so that nobody needs opa to see that all is well.
policy() {
  (cd opa/build && { sha256sum --check --quiet policy.sha256 || shasum -a 256 -c policy.sha256; }) >/dev/null 2>&1 ||
    scripts/build_policy.sh ${CHECK:+"$CHECK"}
}

singletable() { "$VENV/bin/python" -m singletable "$@"; }
golden() { singletable golden --output "$GOLDEN" ${CHECK:+"$CHECK"}; }
design_docs() { singletable docs ${CHECK:+"$CHECK"}; }
app_docs() { "$VENV/bin/python" scripts/app_docs.py ${CHECK:+"$CHECK"}; }
routes() { "$VENV/bin/python" sam/routes.py "${CHECK:---write}"; }
table() { singletable table --format cloudformation --name '!Ref TableName' "${CHECK:---write}" "$TEMPLATE"; }

# Of every function that has a block of rights in the template.
rights() {
  local function
  for function in $(sed -n 's/^ *# singletable:policy \(.*\) begin$/\1/p' "$TEMPLATE"); do
    singletable policy --function "$function" --format cloudformation "${CHECK:---write}" "$TEMPLATE" || return
  done
}

case "${1:-}" in
  -h | --help) print_help "$0" && exit 0 ;;
  --check) CHECK=--check ;;
  '') CHECK='' ;;
  *) fail "$E_USAGE" "unknown option '$1'" "$0 --help" ;;
esac
ensure_environment dev
cd "$ROOT" || fail 1 "$ROOT is gone"

generate "the policy" policy
generate "golden requests" golden
generate "docs of the design" design_docs
generate "docs of the app" app_docs
generate "the template's routes" routes
generate "the template's table" table
generate "the template's rights" rights
[[ $FAILED == false ]] || fail 1 "some generated files are stale or could not be made" "make generate"
