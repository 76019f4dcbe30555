# What `up` decides before it starts anything, and what it refuses. Needs dynamodb.sh, cognito.sh and parts.sh.
# shellcheck shell=bash

sweep_remains() {
  local name
  for name in nextjs storybook worker api relay cognito dynamodb; do
    if recorded "$name" && ! alive "$name"; then stop "$name"; fi
  done
}

# While the API runs it holds its endpoint: a changed wish wants a restart, not half of one.
decide() {
  local wished=${DYNAMODB_ENDPOINT:-} pool=${COGNITO_USER_POOL_ID:-} frontend=${FRONTEND_DIR:-}
  local bucket=${MEDIA_BUCKET:-} queue=${JOBS_QUEUE_URL:-} topic=${EVENTS_TOPIC_ARN:-}
  if alive api && recall; then
    FRONTEND_DIR=${frontend:-$FRONTEND_DIR}
    [[ -z "$wished" || "$wished" == "$ENDPOINT" ]] ||
      fail "$E_USAGE" "the API runs against $ENDPOINT, not $wished" "$0 restart"
    [[ -z "$pool" || "$pool" == "$GIVEN_POOL" ]] ||
      fail "$E_USAGE" "the API runs with ${GIVEN_POOL:-the embedded user pool}, not with $pool" "$0 restart"
    [[ -z "$bucket" || "$bucket" == "$GIVEN_BUCKET" ]] ||
      fail "$E_USAGE" "the API runs with ${GIVEN_BUCKET:-no bucket but the embedded one}, not with $bucket" "$0 restart"
    [[ -z "$queue" || "$queue" == "$GIVEN_QUEUE" ]] ||
      fail "$E_USAGE" "the API runs with ${GIVEN_QUEUE:-no queue but the embedded one}, not with $queue" "$0 restart"
    [[ -z "$topic" || "$topic" == "$GIVEN_TOPIC" ]] ||
      fail "$E_USAGE" "events go to ${GIVEN_TOPIC:-no topic but the embedded one}, not to $topic" "$0 restart"
  else
    choose_dynamodb
    choose_cognito
  fi
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
  [[ "$DYNAMODB_KIND" != moto ]] || alive dynamodb || need_free_port "$DYNAMODB_PORT" "DynamoDB (moto)" DYNAMODB_PORT
  [[ "$DYNAMODB_KIND" != docker ]] || dynamodb_answers ||
    need_free_port "$DYNAMODB_PORT" "DynamoDB (container)" DYNAMODB_PORT
  [[ -n "$GIVEN_POOL" ]] || alive cognito || need_free_port "$COGNITO_PORT" "Cognito (moto)" COGNITO_PORT
  alive api || need_free_port "$API_PORT" "the API" API_PORT
  [[ -n "${FRONTEND_DIR:-}" ]] || return 0
  alive storybook || need_free_port "$STORYBOOK_PORT" Storybook STORYBOOK_PORT
  alive nextjs || need_free_port "$NEXTJS_PORT" Next.js NEXTJS_PORT
}
