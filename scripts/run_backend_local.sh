#!/usr/bin/env bash
# usage: scripts/run_backend_local.sh up [--keep] [--reload]|down|restart [api]|status [--json]|logs [NAME [-f]] [--help]
#
# The whole backend on this machine, in one command: .venv, DynamoDB, its table with sample data, Cognito with
# demo accounts, S3 with a bucket for uploads, SQS with a queue of jobs, SNS with a topic for events, the API, its
# worker, and the relay that tells the topic.
# Needs bash and Python 3.11+; everything else comes from locks/local.txt.
#
#   up        starts what does not run yet, and ends when GET /ready answers 200. Where the shell says another setting of
#             docs/settings.md than before, API, worker and relay start anew; data stays, and settings it does not say
#   down      ends everything that up started; harmless when nothing runs
#   restart   down, then up; `restart api`: the API alone, and all data stays
#   status    each part with pid, port and health; exit 0 only if all run
#   logs      lists the logs, or prints one (-f follows it)
#
#   --keep    of up and restart: down keeps the table, in .devserver/data; wants DynamoDB Local under Java. Files, jobs and
#             sign-ups are moto's, and end with it
#   --reload  of up and restart: the API starts anew when its code changes
#
# Environment:
#   DYNAMODB_ENDPOINT  use this DynamoDB; else DynamoDB Local, in a container or under Java 17 (with Maven); else moto
#   EMBEDDED           set: moto, whatever else is here
#   ALLOWED_ORIGINS    pages at STORYBOOK_PORT and NEXTJS_PORT of localhost and 127.0.0.1; empty: none
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
# shellcheck source=lib/java.sh
source "$LIB/java.sh"
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
DYNAMODB_KIND=moto KEEP='' ONLY=''
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
  local port
  for port in API_PORT DYNAMODB_PORT COGNITO_PORT; do need_port_number "$port" "${!port}"; done
  need_frontend
  cd "$ROOT" || fail 1 "$ROOT is gone"
  sweep_remains
  decide
  [[ -z "$ONLY" ]] || stop "$ONLY"
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
  renew_app
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
  say "nothing of the local stack runs any more${KEEP:+; its table is kept in $DATA}"
}

COMMAND=${1:-}
case " $* " in *" --help "* | *" -h "*) print_help "$0" && exit 0 ;; esac
[[ -n "$COMMAND" ]] || fail "$E_USAGE" "$0 was given no command" "up, down, restart, status or logs; see $0 --help"
shift
unset API_RELOAD
for word in "" "$@"; do
  case "$COMMAND $word" in
    "up " | "down " | "restart " | "status " | "status --json" | logs\ *) ;;
    "up --keep" | "restart --keep") KEEP=1 ;;
    "up --reload" | "restart --reload") export API_RELOAD=1 ;;
    "restart api") ONLY=api ;;
    *) fail "$E_USAGE" "$0 knows no '$COMMAND${*:+ $*}'" "see $0 --help" ;;
  esac
done
find_python
[[ "$COMMAND" == status || "$COMMAND" == logs ]] || hold_lock backend
case $COMMAND in
  up) up ;;
  down) down ;;
  restart)
    KEEP=${KEEP:-$(remembered keep)}
    [[ -n "$ONLY" ]] || (down)
    up
    ;;
  status) status "$@" ;;
  logs) logs "$@" ;;
esac
