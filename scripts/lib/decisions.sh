# What `up` decides before it starts anything, and what it refuses. Needs dynamodb.sh, cognito.sh and parts.sh.
# shellcheck shell=bash

sweep_remains() {
  local name
  for name in nextjs storybook worker api relay cognito dynamodb; do
    if recorded "$name" && ! alive "$name"; then stop "$name"; fi
  done
}

is_up() {
  local name
  for name in worker api relay cognito dynamodb; do
    alive "$name" && recall && return
  done
  return 1
}

# refuse_change WISH FACT WORDS: what holds data is chosen once; settings may change (renew_app).
refuse_change() {
  [[ -z "$1" || "$1" == "$2" ]] || fail "$E_USAGE" "$3, not with $1" "$0 down, then up; data in memory ends with it"
}

# What runs was chosen by an earlier `up`: a changed wish wants an end first, not half a change.
decide() {
  local endpoint=${DYNAMODB_ENDPOINT:-} pool=${COGNITO_USER_POOL_ID:-} frontend=${FRONTEND_DIR:-} keep=$KEEP
  local bucket=${MEDIA_BUCKET:-} queue=${JOBS_QUEUE_URL:-} topic=${EVENTS_TOPIC_ARN:-}
  if ! is_up; then
    choose_dynamodb
    choose_cognito
    return
  fi
  FRONTEND_DIR=${frontend:-$FRONTEND_DIR}
  [[ -z "$keep" || -n "$KEEP" ]] || fail "$E_USAGE" "the DynamoDB that runs keeps no data" "$0 down, then up --keep"
  refuse_change "$endpoint" "$ENDPOINT" "the stack runs with $ENDPOINT"
  refuse_change "$pool" "$GIVEN_POOL" "the stack runs with ${GIVEN_POOL:-the embedded user pool}"
  refuse_change "$bucket" "$GIVEN_BUCKET" "the stack runs with ${GIVEN_BUCKET:-no bucket but the embedded one}"
  refuse_change "$queue" "$GIVEN_QUEUE" "the stack runs with ${GIVEN_QUEUE:-no queue but the embedded one}"
  refuse_change "$topic" "$GIVEN_TOPIC" "the stack runs with ${GIVEN_TOPIC:-no topic but the embedded one}"
  recall_settings
}

# A free port is free for one part only.
need_own_ports() {
  local setting port taken=' ' settings=()
  [[ "$DYNAMODB_KIND" == given ]] || settings+=(DYNAMODB_PORT)
  [[ -n "$GIVEN_POOL" ]] || settings+=(COGNITO_PORT)
  for setting in "${settings[@]+"${settings[@]}"}" API_PORT ${FRONTEND_DIR:+STORYBOOK_PORT NEXTJS_PORT}; do
    port=${!setting}
    [[ "$taken" != *" $port "* ]] ||
      fail "$E_USAGE" "$setting is $port, as is the port of another part" "give each part a port of its own"
    taken+="$port "
  done
}

# All that can be refused is refused before anything starts.
check_ports() {
  need_own_ports
  [[ "$DYNAMODB_KIND" == given ]] || alive dynamodb || { [[ "$DYNAMODB_KIND" == docker ]] && dynamodb_answers; } ||
    need_free_port "$DYNAMODB_PORT" "DynamoDB ($DYNAMODB_KIND)" DYNAMODB_PORT
  [[ -n "$GIVEN_POOL" ]] || alive cognito || need_free_port "$COGNITO_PORT" "Cognito (moto)" COGNITO_PORT
  alive api || need_free_port "$API_PORT" "the API" API_PORT
  [[ -n "${FRONTEND_DIR:-}" ]] || return 0
  alive storybook || need_free_port "$STORYBOOK_PORT" Storybook STORYBOOK_PORT
  alive nextjs || need_free_port "$NEXTJS_PORT" Next.js NEXTJS_PORT
}
