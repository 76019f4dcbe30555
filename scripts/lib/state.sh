# What the last `up` decided, kept in .devserver as lines that are never sourced. Needs common.sh.
# shellcheck shell=bash

STATE="$DEV_DIR/state"
# What API, worker and relay were told: NAME=value, each ended by a NUL. It may hold secrets of this stage.
SETTINGS="$DEV_DIR/settings"
# The table of `up --keep`, and beside it whether it was filled.
DATA="$DEV_DIR/data"

remembered() {
  [[ -f "$STATE" ]] || return 0
  sed -n "s/^$1=//p" "$STATE" | tail -n 1
}

remember() {
  printf '%s\n' "kind=$DYNAMODB_KIND" "endpoint=$ENDPOINT" "dynamodb_port=$DYNAMODB_PORT" "keep=$KEEP" \
    "given_pool=$GIVEN_POOL" "given_bucket=$GIVEN_BUCKET" "given_queue=$GIVEN_QUEUE" "given_topic=$GIVEN_TOPIC" \
    "cognito_port=$COGNITO_PORT" "table=$TABLE_NAME" \
    "api_port=$API_PORT" "frontend=${FRONTEND_DIR:-}" "storybook_port=$STORYBOOK_PORT" "nextjs_port=$NEXTJS_PORT" >"$STATE"
}

# The last bootstrap that succeeded: an interrupted one is not recorded, so the next `up` does it again.
bootstrapped() { if [[ -n "$KEEP" ]]; then say "$DATA/bootstrapped"; else say "$DEV_DIR/bootstrapped"; fi; }

forget() { rm -f "$STATE" "$SETTINGS" "$DEV_DIR/bootstrapped" "$POOL_FILE"; }

# What runs was decided by an earlier `up`: status and a second `up` speak of that, whatever the shell says now.
recall() {
  [[ -f "$STATE" ]] || return 1
  DYNAMODB_KIND=$(remembered kind)
  ENDPOINT=$(remembered endpoint)
  DYNAMODB_PORT=$(remembered dynamodb_port)
  KEEP=$(remembered keep)
  GIVEN_POOL=$(remembered given_pool)
  GIVEN_BUCKET=$(remembered given_bucket)
  GIVEN_QUEUE=$(remembered given_queue)
  GIVEN_TOPIC=$(remembered given_topic)
  COGNITO_PORT=$(remembered cognito_port)
  TABLE_NAME=$(remembered table)
  API_PORT=$(remembered api_port)
  FRONTEND_DIR=$(remembered frontend)
  STORYBOOK_PORT=$(remembered storybook_port)
  NEXTJS_PORT=$(remembered nextjs_port)
}

# Names of the app's settings: the document is made from their declarations.
setting_names() { sed -n 's/^| \(`[^|]*\) |.*/\1/p' "$ROOT/docs/settings.md" | tr -cs 'A-Z0-9_' '\n'; }

settings_now() {
  local name
  for name in $(setting_names) API_RELOAD; do
    [[ -z "${!name+said}" ]] || printf '%s=%s\0' "$name" "${!name}"
  done
}

# What this shell does not say holds on.
recall_settings() {
  local setting name
  [[ -f "$SETTINGS" ]] || return 0
  while IFS= read -r -d '' setting; do
    name=${setting%%=*}
    [[ -n "${!name+said}" ]] || export "${setting?}"
  done <"$SETTINGS"
}

# Records the settings, and prints the names of those that differ from what was recorded before.
remember_settings() {
  local before="$SETTINGS.before"
  (
    umask 077
    : >>"$SETTINGS"
    mv "$SETTINGS" "$before"
    settings_now >"$SETTINGS"
  )
  cat "$before" "$SETTINGS" | tr '\0' '\n' | sort | uniq -u | sed 's/=.*//' | sort -u | xargs
  rm -f "$before"
}
