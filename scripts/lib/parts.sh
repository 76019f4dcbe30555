# The parts above DynamoDB: the API, the worker and, with FRONTEND_DIR, Storybook and Next.js.
# Needs process.sh and state.sh.
# shellcheck shell=bash

STORYBOOK_PORT=${STORYBOOK_PORT:-6006}
NEXTJS_PORT=${NEXTJS_PORT:-3000}

is_local() { [[ "$1" =~ ^https?://(localhost|127\.[0-9.]+|\[::1\])(:|/|$) ]]; }

has_local_pool() { [[ -z "$GIVEN_POOL" ]] || is_local "${COGNITO_ENDPOINT:-}"; }
has_local_bucket() { [[ -z "$GIVEN_BUCKET" ]] || is_local "${S3_ENDPOINT:-}"; }
has_local_queue() { [[ -z "$GIVEN_QUEUE" ]] || is_local "${SQS_ENDPOINT:-}"; }
is_all_local() { is_local "$ENDPOINT" && has_local_pool && has_local_bucket && has_local_queue && has_local_topic; }

# It needs both a queue and a bucket: they come with the embedded Cognito, unless they are given.
has_worker() { [[ -z "$GIVEN_POOL" ]] || [[ -n "$GIVEN_QUEUE" && -n "$GIVEN_BUCKET" ]]; }

# What app, bootstrap and DynamoDB clients read. Real credentials of the shell are never replaced, and
# invented ones never sent anywhere but to this machine.
export_settings() {
  export USE_DYNAMO=1 DYNAMODB_ENDPOINT="$ENDPOINT" TABLE_NAME APP_ENV=local
  local host port origins=''
  for host in localhost 127.0.0.1; do
    for port in "$NEXTJS_PORT" "$STORYBOOK_PORT"; do origins+=",http://$host:$port"; done
  done
  export ALLOWED_ORIGINS="${ALLOWED_ORIGINS-${origins#,}}"
  export AWS_DEFAULT_REGION="${AWS_DEFAULT_REGION:-us-east-1}" PYTHONUNBUFFERED=1
  [[ -n "${AWS_PROFILE:-}" ]] || unset AWS_PROFILE # boto3 takes an empty name for a profile
  if is_all_local && [[ -z "${AWS_ACCESS_KEY_ID:-}${AWS_PROFILE:-}" ]]; then
    export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  fi
}

api_answers() { probe http "http://127.0.0.1:$API_PORT/ready" 200; }
# It listens nowhere, so its log has to tell that it reached the queue.
worker_answers() { grep -q '"waiting for jobs"' "$(log_file worker)"; }
storybook_answers() { probe http "http://127.0.0.1:$STORYBOOK_PORT/" any; }
nextjs_answers() { probe http "http://127.0.0.1:$NEXTJS_PORT/" any; }

# start_part NAME PORT COMMAND...: nothing if it runs; otherwise returns when it is healthy. PORT null: it has none.
start_part() {
  local name=$1 port=$2 where=" on port $2"
  [[ "$port" != null ]] || where=''
  if alive "$name"; then
    say "$name runs already (pid $PART_PID${where:+, port $PART_PORT})"
  else
    step "starting $name$where"
    spawn "$@"
    started "$name"
  fi
  wait_until "$name" "$READY_TIMEOUT" "${name}_answers" && return
  show_tail "$(log_file "$name")"
  alive "$name" || fail "$E_START" "$name ended while it started" "see its log above"
  fail "$E_START" "$name is not healthy after $READY_TIMEOUT s$where" "see its log above"
}

# The app's parts keep no data: settings that changed take new ones, beside the same data.
renew_app() {
  local changed name
  changed=$(remember_settings)
  [[ -n "$changed" ]] && { alive api || alive worker || alive relay; } || return 0
  step "ending API, worker and relay, which were told other settings ($changed); the data stays"
  for name in worker api relay; do stop "$name"; done
}

start_api() {
  local room server=("$VENV/bin/python" -m app.serve)
  if [[ -n "${API_RELOAD:-}" ]]; then
    # Nobody stands before it: whoever sends proxy headers would choose its own address.
    server=("$VENV/bin/python" -m uvicorn app.main:app --no-proxy-headers --reload)
    for room in app model access_patterns singletable; do server+=(--reload-dir "$room"); done
  fi
  start_part api "$API_PORT" "${server[@]}" --host 127.0.0.1 --port "$API_PORT"
}

start_worker() {
  if has_worker; then start_part worker null "$VENV/bin/python" -m app.worker; fi
}

need_frontend() {
  local tool
  [[ -n "${FRONTEND_DIR:-}" ]] || return 0
  [[ -f "$FRONTEND_DIR/package.json" ]] ||
    fail "$E_MISSING" "FRONTEND_DIR is '$FRONTEND_DIR', which holds no package.json" \
      "name the folder of the Next.js project, or unset FRONTEND_DIR"
  FRONTEND_DIR=$(cd "$FRONTEND_DIR" && pwd)
  for tool in storybook next; do
    [[ -x "$FRONTEND_DIR/node_modules/.bin/$tool" ]] ||
      fail "$E_MISSING" "$FRONTEND_DIR has no node_modules/.bin/$tool" "run 'npm ci' there, or unset FRONTEND_DIR"
  done
}

start_frontend() {
  local there
  if [[ -z "${FRONTEND_DIR:-}" ]]; then
    say "Storybook and Next.js are skipped; to start them too: FRONTEND_DIR=/path/to/frontend $0 up"
    return
  fi
  # shellcheck disable=SC2016
  there=(bash -c 'cd "$1" && shift && exec "node_modules/.bin/$@"' bash "$FRONTEND_DIR")
  export NEXT_PUBLIC_API_BASE_URL="http://localhost:$API_PORT"
  export NEXT_PUBLIC_ADMIN_API_TOKEN="${ADMIN_API_TOKEN:-local-dev-token}"
  start_part storybook "$STORYBOOK_PORT" "${there[@]}" storybook dev --port "$STORYBOOK_PORT" --ci
  start_part nextjs "$NEXTJS_PORT" "${there[@]}" next dev --webpack --port "$NEXTJS_PORT"
}
