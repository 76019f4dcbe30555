# Chooses, starts and ends the DynamoDB of the local stack: the one given, a container, or moto inside .venv.
# Knows the endpoint and the table's name, nothing of its design. Needs process.sh, state.sh, moto.sh.
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

# Sets DYNAMODB_KIND and ENDPOINT.
choose_dynamodb() {
  if [[ -n "${DYNAMODB_ENDPOINT:-}" ]]; then
    DYNAMODB_KIND=given ENDPOINT=$DYNAMODB_ENDPOINT
    return
  fi
  if alive dynamodb; then
    DYNAMODB_KIND=moto DYNAMODB_PORT=$PART_PORT
  elif [[ -z "${EMBEDDED:-}" ]] && docker_answers; then
    DYNAMODB_KIND=docker
  else
    DYNAMODB_KIND=moto
  fi
  ENDPOINT="http://127.0.0.1:$DYNAMODB_PORT"
}

describe_dynamodb() {
  case $1 in
    given) say "given by DYNAMODB_ENDPOINT" ;;
    docker) say "DynamoDB Local in a container; in memory" ;;
    moto) say "moto, embedded; in memory: its data ends with it, and it is laxer than DynamoDB" ;;
  esac
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
    moto) alive dynamodb || start_moto dynamodb "$DYNAMODB_PORT" ;;
  esac
  wait_for_dynamodb && return
  dynamodb_log
  fail "$E_START" "DynamoDB ($DYNAMODB_KIND) did not answer at $ENDPOINT" "see its log above"
}

wait_for_dynamodb() {
  local deadline=$((SECONDS + READY_TIMEOUT))
  if [[ "$DYNAMODB_KIND" == moto ]]; then
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
  if [[ "$(cat "$BOOTSTRAPPED" 2>/dev/null)" == "$done" ]] && probe table "$ENDPOINT" "$TABLE_NAME"; then return; fi
  step "making and filling the table $TABLE_NAME"
  "$VENV/bin/python" "$ROOT/scripts/dynamodb_local_bootstrap.py" --endpoint "$ENDPOINT" --table "$TABLE_NAME" \
    --seed "${accounts[@]+"${accounts[@]}"}" >"$(log_file bootstrap)" 2>&1 9>&- || {
    show_tail "$(log_file bootstrap)"
    fail "$E_START" "the table $TABLE_NAME could not be made at $ENDPOINT" "see the lines above"
  }
  say "$done" >"$BOOTSTRAPPED"
}
