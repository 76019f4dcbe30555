# What the last `up` decided, kept in .devserver/state as key=value lines and never sourced. Needs common.sh.
# shellcheck shell=bash

STATE="$DEV_DIR/state"
# The last bootstrap that succeeded: an interrupted one is not recorded, so the next `up` does it again.
BOOTSTRAPPED="$DEV_DIR/bootstrapped"
# The embedded user pool, and the bucket and queue, that the API was told when it started.
API_POOL="$DEV_DIR/api-pool"

remembered() {
  [[ -f "$STATE" ]] || return 0
  sed -n "s/^$1=//p" "$STATE" | tail -n 1
}

remember() {
  printf '%s\n' "kind=$DYNAMODB_KIND" "endpoint=$ENDPOINT" "dynamodb_port=$DYNAMODB_PORT" \
    "given_pool=$GIVEN_POOL" "given_bucket=$GIVEN_BUCKET" "given_queue=$GIVEN_QUEUE" "given_topic=$GIVEN_TOPIC" \
    "cognito_port=$COGNITO_PORT" "table=$TABLE_NAME" \
    "api_port=$API_PORT" "frontend=${FRONTEND_DIR:-}" "storybook_port=$STORYBOOK_PORT" "nextjs_port=$NEXTJS_PORT" >"$STATE"
}

forget() { rm -f "$STATE" "$BOOTSTRAPPED" "$API_POOL" "$POOL_FILE"; }

# What runs was decided by an earlier `up`: status and a second `up` speak of that, whatever the shell says now.
recall() {
  [[ -f "$STATE" ]] || return 1
  DYNAMODB_KIND=$(remembered kind)
  ENDPOINT=$(remembered endpoint)
  DYNAMODB_PORT=$(remembered dynamodb_port)
  GIVEN_POOL=$(remembered given_pool)
  GIVEN_BUCKET=$(remembered given_bucket)
  GIVEN_QUEUE=$(remembered given_queue)
  GIVEN_TOPIC=$(remembered given_topic)
  COGNITO_PORT=$(remembered cognito_port)
  COGNITO_PORT=${COGNITO_PORT:-8002} # the state may be from before there was a port
  TABLE_NAME=$(remembered table)
  API_PORT=$(remembered api_port)
  FRONTEND_DIR=$(remembered frontend)
  STORYBOOK_PORT=$(remembered storybook_port)
  NEXTJS_PORT=$(remembered nextjs_port)
}
