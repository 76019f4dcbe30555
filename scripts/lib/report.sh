# Tells people and programs what runs. Needs parts.sh and dynamodb.sh.
# shellcheck shell=bash

# It looks at the usual port unless it is told another one.
events_command() {
  local command=scripts/events_local.py
  [[ "$COGNITO_PORT" == 8002 ]] || command+=" --endpoint $(cognito_endpoint)"
  say "$command"
}

print_urls() {
  say ""
  say "  API         http://localhost:$API_PORT"
  say "  demo        http://localhost:$API_PORT/demo"
  say "  docs        http://localhost:$API_PORT/docs"
  say "  OpenAPI     http://localhost:$API_PORT/openapi.json"
  say "  DynamoDB    $ENDPOINT  ($(describe_dynamodb "$DYNAMODB_KIND"))"
  say "  table       $TABLE_NAME"
  if [[ -n "$GIVEN_POOL" ]]; then
    say "  Cognito     $GIVEN_POOL  (given by COGNITO_USER_POOL_ID)"
    say "  uploads     ${GIVEN_BUCKET:-none: there is a bucket with the embedded Cognito, or by MEDIA_BUCKET}"
  else
    say "  Cognito     $(cognito_endpoint)  (moto, embedded; in memory: sign-ups and changed passwords end with it)"
    say "  sign in     $(pool_row sign_in)"
    say "  uploads     ${GIVEN_BUCKET:-$(pool_row MEDIA_BUCKET)  (in the same moto: files end with it, too)}"
  fi
  if has_worker; then
    say "  jobs        ${GIVEN_QUEUE:-$QUEUE  (in the same moto: what is queued ends with it, too)}"
  else
    say "  jobs        none: a user pool was given, and not both JOBS_QUEUE_URL and MEDIA_BUCKET"
  fi
  if has_topic; then say "  events      ${GIVEN_TOPIC:-$TOPIC  (in the same moto; $(events_command) shows them)}"; fi
  if [[ -n "${FRONTEND_DIR:-}" ]]; then
    say "  Storybook   http://localhost:$STORYBOOK_PORT"
    say "  Next.js     http://localhost:$NEXTJS_PORT"
  fi
  say "  logs        .devserver/logs/"
}

expected_parts() {
  say dynamodb
  [[ -n "$GIVEN_POOL" ]] || say cognito
  if has_topic; then say relay; fi
  say api
  if has_worker; then say worker; fi
  [[ -z "${FRONTEND_DIR:-}" ]] || printf '%s\n' storybook nextjs
}

# Sets ROW_PID, ROW_PORT (null where there is none of ours) and ROW_HEALTHY.
inspect() {
  ROW_PID=null ROW_PORT=null ROW_HEALTHY=false
  if alive "$1"; then
    ROW_PID=$PART_PID ROW_PORT=$PART_PORT
  elif [[ "$1" != dynamodb || "$DYNAMODB_KIND" == moto || "$DYNAMODB_KIND" == java ]]; then
    return 0
  fi
  [[ "$1" != dynamodb || "$DYNAMODB_KIND" != docker ]] || ROW_PORT=$DYNAMODB_PORT
  if "${1}_answers"; then ROW_HEALTHY=true; fi
}

row_text() {
  local verdict="not running"
  if [[ $ROW_HEALTHY == true ]]; then verdict=healthy; elif [[ $ROW_PID != null ]]; then verdict="not healthy"; fi
  printf '%-10s pid %-8s port %-6s %s\n' "$1" "${ROW_PID/null/-}" "${ROW_PORT/null/-}" "$verdict"
}

row_json() {
  printf '{"part": "%s", "pid": %s, "port": %s, "healthy": %s}' "$1" "$ROW_PID" "$ROW_PORT" "$ROW_HEALTHY"
}

status() {
  local part all=true rows=()
  recall || true
  for part in $(expected_parts); do
    inspect "$part"
    [[ $ROW_HEALTHY == true ]] || all=false
    if [[ "${1:-}" == --json ]]; then rows+=("$(row_json "$part")"); else row_text "$part"; fi
  done
  if [[ "${1:-}" == --json ]]; then
    (IFS=, && printf '{"healthy": %s, "parts": [%s]}\n' "$all" "${rows[*]}")
  fi
  [[ $all == true ]]
}

list_logs() {
  local log found=false
  for log in "$LOG_DIR"/*.log; do
    [[ -f "$log" ]] || continue
    found=true
    say "$(basename "$log" .log)  $log"
  done
  [[ $found == true ]] || say "no logs yet in $LOG_DIR"
}

logs() {
  [[ -n "${1:-}" ]] || { list_logs && return; }
  [[ "$1" =~ ^[a-z0-9-]+$ && -f "$(log_file "$1")" ]] ||
    fail "$E_USAGE" "there is no log named '$1' in $LOG_DIR" "$0 logs lists those there are"
  if [[ "${2:-}" == -f ]]; then exec tail -n 50 -f "$(log_file "$1")"; else cat "$(log_file "$1")"; fi
}
