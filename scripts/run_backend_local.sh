#!/usr/bin/env bash
# usage: scripts/run_backend_local.sh up|down|restart|status [--json]|logs [NAME [-f]] [--help]
#
# The whole backend on this machine, in one command: .venv, DynamoDB, its table with sample data, Cognito with
# demo accounts, S3 with a bucket for uploads, SQS with a queue of jobs, SNS with a topic for events, the API, its
# worker, and the relay that tells the topic.
# Needs bash and Python 3.11+; everything else comes from locks/local.txt.
#
#   up        starts what does not run yet, and ends when GET /ready answers 200
#   down      ends everything that up started; harmless when nothing runs
#   restart   down, then up
#   status    each part with pid, port and health; exit 0 only if all run
#   logs      lists the logs, or prints one (-f follows it)
#
# Environment:
#   DYNAMODB_ENDPOINT  use this DynamoDB; else Docker's DynamoDB Local if an engine answers; else moto, embedded
#   EMBEDDED           set: moto, whether a Docker engine answers or not
#   DYNAMODB_PORT      8000    port of the DynamoDB that is started here
#   COGNITO_USER_POOL_ID       use this user pool, as the other COGNITO_ settings say; else moto, embedded
#   COGNITO_PORT       8002    port of the Cognito, S3, SQS and SNS that is started here
#   MEDIA_BUCKET       use this bucket at S3_ENDPOINT, an emulator; else one in the embedded moto
#   JOBS_QUEUE_URL     use this queue at SQS_ENDPOINT, an emulator; else one in the embedded moto
#   EVENTS_TOPIC_ARN   tell this topic what happens, at SNS_ENDPOINT, an emulator; else one in the
#                      embedded moto: scripts/events_local.py shows what it was told (--endpoint for another port)
#   API_PORT           8001    port of the API
#   TABLE_NAME         singletable_blog_local
#   FRONTEND_DIR       a Next.js project: Storybook (STORYBOOK_PORT 6006) and Next.js (NEXTJS_PORT 3000) start too
#   READY_TIMEOUT      60      seconds that each part may take to become healthy
#   PYTHON             the Python that makes .venv
#
# Exit codes: 0 done · 1 no · 2 usage · 3 prerequisite missing · 4 port busy · 5 install failed
#             6 a part did not start · 130 interrupted

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"
# shellcheck source=lib/process.sh
source "$LIB/process.sh"
# shellcheck source=lib/state.sh
source "$LIB/state.sh"
# shellcheck source=lib/moto.sh
source "$LIB/moto.sh"
# shellcheck source=lib/dynamodb.sh
source "$LIB/dynamodb.sh"
# shellcheck source=lib/cognito.sh
source "$LIB/cognito.sh"
# shellcheck source=lib/parts.sh
source "$LIB/parts.sh"
# shellcheck source=lib/relay.sh
source "$LIB/relay.sh"
# shellcheck source=lib/decisions.sh
source "$LIB/decisions.sh"
# shellcheck source=lib/report.sh
source "$LIB/report.sh"

API_PORT=${API_PORT:-8001}
DYNAMODB_PORT=${DYNAMODB_PORT:-8000}
TABLE_NAME=${TABLE_NAME:-singletable_blog_local}
READY_TIMEOUT=${READY_TIMEOUT:-60}
COGNITO_PORT=${COGNITO_PORT:-8002}
DYNAMODB_KIND=moto
GIVEN_POOL='' GIVEN_BUCKET='' GIVEN_QUEUE='' GIVEN_TOPIC=''
ENDPOINT="http://127.0.0.1:$DYNAMODB_PORT"

# What this run started; a run that fails or is interrupted takes it back.
STARTED=()
started() { STARTED=("$1" "${STARTED[@]+"${STARTED[@]}"}"); }

take_back() {
  local name
  trap '' INT TERM HUP
  ((${#STARTED[@]})) || return 0
  printf 'taking back what this run started: %s\n' "${STARTED[*]}" >&2
  for name in "${STARTED[@]}"; do
    if [[ "$name" == dynamodb ]]; then stop_dynamodb; else stop "$name"; fi
  done
}

up() {
  need_port_number API_PORT "$API_PORT"
  need_port_number DYNAMODB_PORT "$DYNAMODB_PORT"
  need_port_number COGNITO_PORT "$COGNITO_PORT"
  need_frontend
  cd "$ROOT" || fail 1 "$ROOT is gone"
  sweep_remains
  decide
  check_ports
  trap 'take_back' EXIT
  trap 'exit 130' INT TERM HUP
  ensure_environment local
  remember
  export_settings
  start_dynamodb
  start_cognito
  export_topic
  bootstrap_table
  start_relay
  start_api
  start_worker
  start_frontend
  trap - EXIT INT TERM HUP
  print_urls
}

down() {
  local name
  recall || true
  for name in nextjs storybook worker api relay cognito; do stop "$name"; done
  stop_dynamodb
  forget
  say "nothing of the local stack runs any more"
}

COMMAND=${1:-}
case " $* " in *" --help "* | *" -h "*) print_help "$0" && exit 0 ;; esac
[[ -n "$COMMAND" ]] || fail "$E_USAGE" "$0 was given no command" "up, down, restart, status or logs; see $0 --help"
shift
case "$COMMAND ${*:-}" in
  "up " | "down " | "restart " | "status " | "status --json" | logs\ *) ;;
  *) fail "$E_USAGE" "$0 knows no '$COMMAND${*:+ $*}'" "see $0 --help" ;;
esac
find_python
[[ "$COMMAND" == status || "$COMMAND" == logs ]] || hold_lock backend
case $COMMAND in
  up) up ;;
  down) down ;;
  restart)
    (down)
    up
    ;;
  status) status "$@" ;;
  logs) logs "$@" ;;
esac
