# What the last `up` decided, kept in .devserver/state as key=value lines and never sourced. Needs common.sh.
# shellcheck shell=bash

STATE="$DEV_DIR/state"
# The last bootstrap that succeeded: an interrupted one is not recorded, so the next `up` does it again.
BOOTSTRAPPED="$DEV_DIR/bootstrapped"

remembered() {
  [[ -f "$STATE" ]] || return 0
  sed -n "s/^$1=//p" "$STATE" | tail -n 1
}

remember() {
  printf '%s\n' "kind=$DYNAMODB_KIND" "endpoint=$ENDPOINT" "dynamodb_port=$DYNAMODB_PORT" \
    "table=$TABLE_NAME" "api_port=$API_PORT" "frontend=${FRONTEND_DIR:-}" \
    "storybook_port=$STORYBOOK_PORT" "nextjs_port=$NEXTJS_PORT" >"$STATE"
}

forget() { rm -f "$STATE" "$BOOTSTRAPPED"; }

# What runs was decided by an earlier `up`: status and a second `up` speak of that, whatever the shell says now.
recall() {
  [[ -f "$STATE" ]] || return 1
  DYNAMODB_KIND=$(remembered kind)
  ENDPOINT=$(remembered endpoint)
  DYNAMODB_PORT=$(remembered dynamodb_port)
  TABLE_NAME=$(remembered table)
  API_PORT=$(remembered api_port)
  FRONTEND_DIR=$(remembered frontend)
  STORYBOOK_PORT=$(remembered storybook_port)
  NEXTJS_PORT=$(remembered nextjs_port)
}
