#!/usr/bin/env bash
# usage: scripts/prove_artefact.sh [--help]
#
# Shows without AWS and without Docker that what is deployed works:
#   1. `sam validate --lint` and `sam build` of sam/template.yaml, as deployed; how large the function is
#   2. the same build for this machine's processor, and each function of it under Lambda's runtime interface emulator,
#      from the built folder alone: requests as REST APIs, HTTP APIs, function URLs and load balancers send them,
#      messages of SQS, records of the table's stream; on DynamoDB Local, and moto for Cognito and S3
#   3. how long each function takes to start, and the API to answer
#
# Needs what scripts/test.sh needs, make, and Linux. The functions' Python is FUNCTION_PYTHON, else the template's where
# it is found, else the one that runs our tests. Makes its environments once, in .devserver/sam. Logs: .devserver/logs.
# Exit codes: 0 proved · 1 something does not hold · 2 usage · 3 prerequisite missing · 5 install or download failed ·
#             6 a service did not start · 130 interrupted

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"
# shellcheck source=lib/process.sh
source "$LIB/process.sh"
# shellcheck source=lib/moto.sh
source "$LIB/moto.sh"
# shellcheck source=lib/sam.sh
source "$LIB/sam.sh"

MADE="$SAM_DIR/made"
TABLE=artefact
CONFIG=(--config-file "$ROOT/sam/samconfig.toml")
SERVICES='' DYNAMODB_PORT=''

started() { SERVICES+=" $1"; }

stop_services() {
  trap '' INT TERM HUP
  local part
  for part in $SERVICES; do stop "$part"; done
  [[ -z "$DYNAMODB_PORT" ]] || "$ROOT/scripts/dynamodb_local.sh" stop --port "$DYNAMODB_PORT" >/dev/null || true
}

took() { say "time    $1: $((SECONDS - $2)) s"; }

validate() {
  local begun=$SECONDS
  step "sam validate --lint"
  sam validate --lint --template "$ROOT/sam/template.yaml" "${CONFIG[@]}" ||
    fail 1 "the template is not valid" "see sam's words above"
  took "sam validate" "$begun"
}

# Quiet unless it fails: make repeats every line.
build() {
  local begun=$SECONDS log
  log=$(log_file sam-build)
  step "sam build, for arm64"
  if ! sam build "${CONFIG[@]}" --config-env prod >"$log" 2>&1; then
    show_tail "$log"
    fail 1 "sam build failed" "see its log above"
  fi
  "$VENV/bin/python" -m scripts.artefact.sizes .aws-sam/build/*Function ||
    fail 1 "the functions are not what Lambda takes"
  took "sam build" "$begun"
}

build_for_here() {
  local begun=$SECONDS machine
  machine=$(uname -m)
  step "the same build for $machine, with $(basename "$FUNCTION_PYTHON")"
  rm -rf "$MADE"
  mkdir -p "$MADE/function" "$MADE/layer"
  if ! make --silent -f sam/Makefile build-ApiFunction ARTIFACTS_DIR="$MADE/function" \
    PYTHON="$FUNCTION_PYTHON" MACHINE="$machine" ||
    ! make --silent -f sam/Makefile build-PolicyLayer ARTIFACTS_DIR="$MADE/layer"; then
    fail 1 "make could not build for $machine" "see its words above"
  fi
  took "build for $machine" "$begun"
}

# Their words go to a log: the settings among them are passed on here.
start_services() {
  local begun=$SECONDS log cognito_port pool="$SAM_DIR/pool"
  step "starting DynamoDB Local and moto, with the demo content"
  DYNAMODB_PORT=$(machine any-free-port)
  "$ROOT/scripts/dynamodb_local.sh" start --port "$DYNAMODB_PORT" >/dev/null || exit
  cognito_port=$(machine any-free-port)
  start_moto artefact-moto "$cognito_port"
  wait_until artefact-moto 60 probe cognito "http://127.0.0.1:$cognito_port" || {
    show_tail "$(log_file artefact-moto)"
    fail "$E_START" "moto did not answer" "see its log above"
  }
  log=$(log_file artefact-bootstrap)
  if ! "$VENV/bin/python" scripts/cognito_local_bootstrap.py --endpoint "http://127.0.0.1:$cognito_port" \
    --bucket artefact --save "$pool" >"$log" 2>&1 ||
    ! "$VENV/bin/python" scripts/dynamodb_local_bootstrap.py --endpoint "http://127.0.0.1:$DYNAMODB_PORT" \
      --table "$TABLE" --seed --accounts "$pool" >>"$log" 2>&1; then
    show_tail "$log"
    fail "$E_START" "table or user pool could not be made" "see the lines above"
  fi
  mapfile -t TOLD < <(grep -E '^(COGNITO|MEDIA|S3)_' "$pool")
  TOLD+=("DYNAMODB_ENDPOINT=http://127.0.0.1:$DYNAMODB_PORT" "TABLE_NAME=$TABLE"
    "SQS_ENDPOINT=http://127.0.0.1:$cognito_port" "SNS_ENDPOINT=http://127.0.0.1:$cognito_port")
  took services "$begun"
}

prove() {
  local begun=$SECONDS code=0
  step "running the functions from $MADE/function"
  env "${TOLD[@]}" "$VENV/bin/python" -m scripts.artefact.run --emulator "$EMULATOR" --python "$FUNCTION_PYTHON" \
    --client "$RUNTIME_CLIENT" --artefact "$MADE/function" --policy "$MADE/layer/opa/bundle" --logs "$LOG_DIR" || code=$?
  took "running the functions" "$begun"
  ((code == 0)) ||
    fail "$code" "the artefact does not do all that it has to" "the lines that begin with FAILED; $LOG_DIR/*Function.log"
}

case ${1:-} in
  -h | --help) print_help "$0" && exit 0 ;;
  '') ;;
  *) fail "$E_USAGE" "$0 knows no '$1'" "see $0 --help" ;;
esac
cd "$ROOT" || exit 1
ensure_environment dev
command -v make >/dev/null || fail "$E_MISSING" "no make on PATH" "install it (Debian: apt-get install make)"
trap stop_services EXIT
trap 'exit 130' INT TERM HUP
make_dirs
find_function_python
need_sam
need_runtime_client
validate
build
build_for_here
start_services
prove
took "all of it" 0
