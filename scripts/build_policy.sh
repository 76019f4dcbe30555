#!/usr/bin/env bash
# usage: scripts/build_policy.sh [--check] [--help]
#
# Proves the policies of opa/policies and builds them: formatting, strict check, tests with every line
# covered; then opa/build/policy.wasm, opa/build/data.json and opa/build/policy.sha256, to be committed.
# The same sources give the same bytes.
#
#   --check   builds into a temporary folder, changes nothing, and is exit 1 if opa/build is anything else
#
# policy.sha256 has a line for each built file and each source, as sha256sum writes it, with paths seen from
# opa/build: `cd opa/build && sha256sum -c policy.sha256` says whether both belong together.
#
# The official opa, in exactly the version that scripts/lib/opa.sh pins, is looked for in OPA (then it has to be
# that version), on PATH, in $(go env GOPATH)/bin and in .devserver/bin; else Go builds it there once.
# Exit codes: 0 done · 1 a check failed · 2 usage · 3 neither opa nor Go here · 5 Go could not build opa

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/opa.sh
source "$LIB/opa.sh"

OPA_DIR="$ROOT/opa"
BUILT="$OPA_DIR/build"
COVERED=100 # per cent of the lines of the policies

sha256() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

prove() {
  local report
  step "opa fmt, check, test"
  "$OPA" fmt --fail --list policies || fail 1 "the files above are not as opa fmt writes them" "$OPA fmt -w opa/policies"
  "$OPA" check --strict --bundle policies || fail 1 "opa check refused a policy" "see its words above"
  "$OPA" test --bundle policies || fail 1 "a test of the policies failed" "see its name above"
  report=$("$OPA" test --bundle policies --coverage --threshold "$COVERED") || {
    printf '%s\n' "$report" >&2
    fail 1 "the tests cover less than $COVERED% of the policies" "see not_covered above"
  }
}

# build_into FOLDER: opa packs a bundle; its wasm and its data are what runs.
build_into() {
  local unpacked
  unpacked=$(mktemp -d "$SCRATCH/bundle.XXXXXX")
  "$OPA" build --bundle policies --target wasm --entrypoint fmweb/allow --entrypoint actions/posts/visible \
    --ignore '*_test.rego' --output "$unpacked/bundle.tar.gz"
  tar -xzf "$unpacked/bundle.tar.gz" -C "$unpacked" 2>"$SCRATCH/tar.log" || # it grumbles about absolute names
    fail 1 "the bundle that opa built cannot be unpacked: $(<"$SCRATCH/tar.log")"
  mkdir -p "$1"
  install -m 644 "$unpacked/policy.wasm" "$unpacked/data.json" "$1"
  write_hashes "$1"
}

write_hashes() {
  (cd "$1" && sha256 data.json policy.wasm) >"$1/policy.sha256"
  (cd "$BUILT" && find ../policies -type f \( -name '*.rego' -o -name data.json \) ! -name '*_test.rego' -print0 |
    LC_ALL=C sort -z | while IFS= read -r -d '' source; do sha256 "$source"; done) >>"$1/policy.sha256"
}

compare() {
  build_into "$SCRATCH/build"
  diff -rq "$SCRATCH/build" "$BUILT" >&2 ||
    fail 1 "opa/build is not what opa/policies builds" "scripts/build_policy.sh, and commit opa/build"
}

CHECK=false
while (($#)); do
  case $1 in
    -h | --help) print_help "$0" && exit 0 ;;
    --check) CHECK=true ;;
    *) fail "$E_USAGE" "$0 knows no '$1'" "see $0 --help" ;;
  esac
  shift
done
need_opa
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
cd "$OPA_DIR" || fail 1 "$OPA_DIR is gone"
prove
if [[ $CHECK == true ]]; then
  compare
  say "opa/build is what opa/policies builds"
else
  mkdir -p "$BUILT"
  build_into "$BUILT"
  say "built: opa/build/policy.wasm, data.json, policy.sha256"
fi
