# What is checked beside the tests: a function for each check, and when it runs. Needs common.sh and RESULTS.
# docs/testing.md has the same table in words; a test compares them.
# shellcheck shell=bash

# Tier, room, check.
CHECKS='
quick lint ruff_check
quick lint ruff_format
quick lint import_contracts
quick types mypy
quick types pyright
quick design docs_of_the_design
quick app docs_of_the_app
quick sam template
all sam built_artefact
all policy policy_build
all package wheel
all stack client_browser_load
'

ruff_check() { "$VENV/bin/ruff" check .; }
ruff_format() { "$VENV/bin/ruff" format --check .; }
import_contracts() { "$VENV/bin/lint-imports"; }
mypy() { "$VENV/bin/mypy"; }
pyright() { "$VENV/bin/pyright"; }
docs_of_the_design() { singletable docs --check; }
docs_of_the_app() { "$VENV/bin/python" scripts/app_docs.py --check; }
built_artefact() { scripts/prove_artefact.sh; }
policy_build() { scripts/build_policy.sh --check; }

singletable() { "$VENV/bin/python" -m singletable "$@"; }

# Routes, table, and the rights of every function that has a block of them.
template() {
  local functions function
  "$VENV/bin/python" sam/routes.py --check || return
  singletable table --format cloudformation --name '!Ref TableName' --check sam/template.yaml || return
  mapfile -t functions < <(sed -n 's/^ *# singletable:policy \(.*\) begin$/\1/p' sam/template.yaml)
  for function in "${functions[@]}"; do
    singletable policy --function "$function" --format cloudformation --check sam/template.yaml || return
  done
}

wheel() {
  local out code=0
  out=$(mktemp -d)
  "$VENV/bin/python" -m build --wheel --no-isolation --outdir "$out" || code=$?
  rm -rf "$out"
  return "$code"
}

# What people meet: one stack serves a front end's program, a browser and a short load.
client_browser_load() {
  # shellcheck disable=SC2016
  scripts/with_stack.sh bash -c 'code=0
    scripts/typescript_client.sh run "$API_URL" || code=1
    scripts/browser.sh "$API_URL" || code=1
    scripts/load.sh --url "$API_URL" --seconds 3 --workers 4 || code=1
    exit "$code"'
}

# chosen_checks TIER ROOM...: their names; all has the quick ones, too, and without rooms, they are those of all rooms.
chosen_checks() {
  local wanted=$1 tier room name
  shift
  while read -r tier room name; do
    [[ "$tier" == quick || "$tier" == "$wanted" ]] || continue
    if ((!$#)) || [[ " $* " == *" $room "* ]]; then say "$name"; fi
  done <<<"${CHECKS//$'\n\n'/}"
}

# run_checks NAME...: every one, each with its outcome; the names of those that failed go to $RESULTS/failed.
run_checks() {
  local name begun code
  for name in "$@"; do
    begun=$SECONDS code=0
    step "$name"
    "$name" </dev/null || code=$?
    ((code == 0)) || say "$name" >>"$RESULTS/failed"
    say "--- $name: $( ((code == 0)) && echo passed || echo "failed, exit code $code"), $((SECONDS - begun)) s"
  done
}
