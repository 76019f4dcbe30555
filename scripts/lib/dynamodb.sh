# Chooses, starts and ends the DynamoDB of the local stack: the one given, DynamoDB Local in a container or under this
# machine's Java, or moto inside .venv. Knows the endpoint and the table's name, nothing of its design.
# Needs process.sh, state.sh, java.sh, moto.sh.
# shellcheck shell=bash

COMPOSE_FILE="$ROOT/sam/local/docker-compose.dynamodb.yml"

# A client alone is no engine, and an engine that hangs must not hang us.
docker_answers() {
  command -v docker >/dev/null || return 1
  bounded 5 docker info && bounded 5 docker compose version
}

# `timeout` is not on every system; Python is.
bounded() {
  "$PYTHON" -I -c 'import subprocess, sys
try: sys.exit(subprocess.run(sys.argv[2:], timeout=float(sys.argv[1]), stdin=-3, stdout=-3, stderr=-3).returncode)
except (OSError, subprocess.TimeoutExpired): sys.exit(1)' "$@" 9>&-
}

compose() { DYNAMODB_PORT="$DYNAMODB_PORT" docker compose -f "$COMPOSE_FILE" "$@" 9>&-; }

# Sets DYNAMODB_KIND and ENDPOINT. A container keeps no data, nor does moto.
choose_dynamodb() {
  ENDPOINT="http://127.0.0.1:$DYNAMODB_PORT"
  if [[ -n "${DYNAMODB_ENDPOINT:-}" ]]; then
    DYNAMODB_KIND=given ENDPOINT=$DYNAMODB_ENDPOINT KEEP=''
  elif [[ -n "${EMBEDDED:-}" ]]; then
    DYNAMODB_KIND=moto
  elif [[ -z "$KEEP" ]] && docker_answers; then
    DYNAMODB_KIND=docker
  elif has_java && have_jars; then
    DYNAMODB_KIND=java
  else
    DYNAMODB_KIND=moto
  fi
  [[ -z "$KEEP" || "$DYNAMODB_KIND" == java ]] ||
    fail "$E_MISSING" "--keep wants DynamoDB Local under Java 17 or newer: what is embedded keeps data in memory alone" \
      "unset EMBEDDED and install Java and Maven (Debian: apt-get install openjdk-17-jre-headless maven)"
}

have_jars() {
  local code=0
  fetch_jars || code=$?
  [[ $code != "$E_INSTALL" ]] || say "DynamoDB Local could not be fetched: see $0 logs dynamodb-local-download"
  return "$code"
}

describe_dynamodb() {
  local where="in memory: its data ends with it"
  [[ -z "$KEEP" ]] || where="kept in $DATA"
  case $1 in
    given) say "given by DYNAMODB_ENDPOINT" ;;
    docker) say "DynamoDB Local in a container; $where" ;;
    java) say "DynamoDB Local under Java, on every interface; $where" ;;
    moto) say "moto, embedded; $where, and it is laxer than DynamoDB" ;;
  esac
}

start_java() {
  local storage=(-inMemory)
  step "starting dynamodb (DynamoDB Local) on port $DYNAMODB_PORT"
  if [[ -n "$KEEP" ]]; then
    mkdir -p "$DATA"
    storage=(-dbPath "$DATA")
  fi
  spawn_dynamodb_local dynamodb "$DYNAMODB_PORT" "${storage[@]}"
  started dynamodb
}

start_container() {
  local log
  log=$(log_file dynamodb)
  step "starting dynamodb (container) on port $DYNAMODB_PORT"
  started dynamodb
  compose up -d >"$log" 2>&1 && return
  show_tail "$log"
  fail "$E_START" "docker compose could not start $COMPOSE_FILE" "see its words above"
}

dynamodb_answers() { probe dynamodb "$ENDPOINT"; }

dynamodb_log() {
  if [[ "$DYNAMODB_KIND" == docker ]]; then compose logs --no-color >"$(log_file dynamodb)" 2>&1 || true; fi
  show_tail "$(log_file dynamodb)"
}

# Starts it where it is ours to start, and returns when it answers.
start_dynamodb() {
  case $DYNAMODB_KIND in
    given)
      dynamodb_answers && return
      fail "$E_START" "no DynamoDB answers at $ENDPOINT (DYNAMODB_ENDPOINT)" "start it, or unset DYNAMODB_ENDPOINT"
      ;;
    docker) dynamodb_answers || start_container ;;
    java) alive dynamodb || start_java ;;
    moto) alive dynamodb || start_moto dynamodb "$DYNAMODB_PORT" ;;
  esac
  wait_for_dynamodb && return
  dynamodb_log
  fail "$E_START" "DynamoDB ($DYNAMODB_KIND) did not answer at $ENDPOINT" "see its log above"
}

wait_for_dynamodb() {
  local deadline=$((SECONDS + READY_TIMEOUT))
  if [[ "$DYNAMODB_KIND" != docker ]]; then
    wait_until dynamodb "$READY_TIMEOUT" dynamodb_answers
    return
  fi
  until dynamodb_answers; do
    ((SECONDS < deadline)) || return 1
    sleep 0.5
  done
}

stop_dynamodb() {
  stop dynamodb
  if [[ "$(remembered kind)" == docker ]] && docker_answers; then compose down >/dev/null 2>&1 || true; fi
}

# Done unless the same bootstrap succeeded before and its table is still there: memory forgets.
# The demo's people have the ids of the embedded user pool; a pool that was given knows none of them.
bootstrap_table() {
  local done="$ENDPOINT $TABLE_NAME $GIVEN_POOL" accounts=()
  [[ -n "$GIVEN_POOL" ]] || accounts=(--accounts "$POOL_FILE")
  if [[ "$(cat "$(bootstrapped)" 2>/dev/null)" == "$done" ]] && probe table "$ENDPOINT" "$TABLE_NAME"; then return; fi
  step "making and filling the table $TABLE_NAME"
  "$VENV/bin/python" "$ROOT/scripts/dynamodb_local_bootstrap.py" --endpoint "$ENDPOINT" --table "$TABLE_NAME" \
    --seed "${accounts[@]+"${accounts[@]}"}" >"$(log_file bootstrap)" 2>&1 9>&- || {
    show_tail "$(log_file bootstrap)"
    fail "$E_START" "the table $TABLE_NAME could not be made at $ENDPOINT" "see the lines above"
  }
  say "$done" >"$(bootstrapped)"
}
