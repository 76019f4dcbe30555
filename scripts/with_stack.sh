#!/usr/bin/env bash
# usage: scripts/with_stack.sh [--redis] COMMAND [ARGUMENTS...]
#
# Runs a command beside a local stack of its own: embedded, on free ports, with the demo content, and ended with the
# command. A stack that `run_backend_local.sh up` started is not touched, nor its state.
#
#   --redis   with a redis-server as well, if one is installed
#
# The command is told API_URL, and by SINGLETABLE_DEV_DIR where pids and logs of the stack's parts are. Limits of
# requests are so high that it meets none; other settings of the API are taken from the environment. With
# DYNAMODB_ENDPOINT the stack has a table of its own there. Standard output is the command's alone.
# Exit codes: the command's · 2 usage · 3 prerequisite missing · 5 install failed · 6 the stack did not start

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"
# shellcheck source=lib/process.sh
source "$LIB/process.sh"
# shellcheck source=lib/redis.sh
source "$LIB/redis.sh"

WITH_REDIS=''
case ${1:-} in
  -h | --help) print_help "$0" && exit 0 ;;
  --redis) WITH_REDIS=1 && shift ;;
esac
(($#)) || fail "$E_USAGE" "$0 was given no command" "see $0 --help"

ensure_environment dev >&2
OWN=$(mktemp -d)
export SINGLETABLE_DEV_DIR="$OWN" DEV_DIR="$OWN" PID_DIR="$OWN/pids" LOG_DIR="$OWN/logs"
make_dirs

stop_all() {
  trap '' INT TERM HUP
  "$ROOT/scripts/run_backend_local.sh" down >/dev/null || true
  stop_redis
  rm -rf "$OWN"
}

settings() {
  read -r API_PORT DYNAMODB_PORT COGNITO_PORT <<<"$(machine free-ports 3)"
  unset COGNITO_USER_POOL_ID MEDIA_BUCKET S3_ENDPOINT FRONTEND_DIR REDIS_URL JOBS_QUEUE_URL SQS_ENDPOINT
  unset EVENTS_TOPIC_ARN SNS_ENDPOINT
  export API_PORT DYNAMODB_PORT COGNITO_PORT EMBEDDED=1 TABLE_NAME="singletable_$API_PORT"
  export SIGN_IN_ATTEMPTS_PER_MINUTE=100000 READS_PER_MINUTE=1000000 WRITES_PER_MINUTE=1000000
}

trap stop_all EXIT
trap 'exit 130' INT TERM HUP
settings
if [[ -n "$WITH_REDIS" ]]; then
  unset REDIS_TEST_URL
  have_redis >&2 || fail "$E_MISSING" "there is no redis-server" "install it (Debian: apt-get install redis-server)"
  export REDIS_URL="$REDIS_TEST_URL"
fi
step "starting a stack of our own: API $API_PORT, DynamoDB $DYNAMODB_PORT, Cognito $COGNITO_PORT" >&2
"$ROOT/scripts/run_backend_local.sh" up >"$OWN/up.log" 2>&1 || {
  show_tail "$OWN/up.log"
  fail "$E_START" "the local stack did not start" "see the lines above"
}

# An interrupt is the command's to answer: it ends as it will, and then the stack does.
trap ':' INT
code=0
API_URL="http://localhost:$API_PORT" "$@" || code=$?
exit "$code"
