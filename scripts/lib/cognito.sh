# Chooses, starts and fills the Cognito of the local stack: the user pool given, or moto inside .venv. That moto
# answers for S3, SQS and SNS as well: it keeps the bucket of uploads, the queue of jobs and the topic of events, unless
# they were given.
# Knows where the bootstrap saves its settings, nothing of the pool's design. Needs process.sh, state.sh, moto.sh.
# shellcheck shell=bash

# What the bootstrap saved for the moto that runs now; read line by line, never sourced.
POOL_FILE="$DEV_DIR/cognito"
POOL_SETTINGS=(COGNITO_USER_POOL_ID COGNITO_CLIENT_ID COGNITO_ENDPOINT COGNITO_ISSUER COGNITO_JWKS_URL)
BUCKET=singletable-media-local
QUEUE=singletable-jobs-local

# Sets GIVEN_POOL, GIVEN_BUCKET, GIVEN_QUEUE and GIVEN_TOPIC; empty: the embedded ones.
choose_cognito() {
  GIVEN_POOL=${COGNITO_USER_POOL_ID:-} GIVEN_BUCKET=${MEDIA_BUCKET:-}
  GIVEN_QUEUE=${JOBS_QUEUE_URL:-} GIVEN_TOPIC=${EVENTS_TOPIC_ARN:-}
}

cognito_endpoint() { say "http://127.0.0.1:$COGNITO_PORT"; }

cognito_answers() { probe cognito "$(cognito_endpoint)"; }

pool_row() { sed -n "s/^$1=//p" "$POOL_FILE" 2>/dev/null | tail -n 1; }

# Starts it where it is ours to start, fills it, and tells those who start later.
start_cognito() {
  [[ -z "$GIVEN_POOL" ]] || return 0
  if ! alive cognito; then
    rm -f "$POOL_FILE"
    start_moto cognito "$COGNITO_PORT"
  fi
  wait_until cognito "$READY_TIMEOUT" cognito_answers || {
    show_tail "$(log_file cognito)"
    fail "$E_START" "Cognito (moto) did not answer at $(cognito_endpoint)" "see its log above"
  }
  bootstrap_pool
  export_pool
}

has_all() {
  [[ -f "$POOL_FILE" ]] && probe pool "$(cognito_endpoint)" "$(pool_row COGNITO_USER_POOL_ID)" || return 1
  [[ -n "$GIVEN_BUCKET" ]] || probe bucket "$(cognito_endpoint)" "$(pool_row MEDIA_BUCKET)" || return 1
  [[ -n "$GIVEN_QUEUE" ]] || probe queue "$(cognito_endpoint)" "$(pool_row JOBS_QUEUE_URL)" || return 1
  [[ -n "$GIVEN_TOPIC" ]] || probe topic "$(cognito_endpoint)" "$(pool_row EVENTS_TOPIC_ARN)"
}

# Done unless the moto that runs now was filled before, and was not emptied since.
bootstrap_pool() {
  local more=()
  if has_all; then return; fi
  [[ -n "$GIVEN_BUCKET" ]] || more+=(--bucket "$BUCKET")
  [[ -n "$GIVEN_QUEUE" ]] || more+=(--queue "$QUEUE")
  [[ -n "$GIVEN_TOPIC" ]] || more+=(--topic "$TOPIC")
  step "making the user pool, the demo accounts and what the embedded moto keeps besides"
  "$VENV/bin/python" "$ROOT/scripts/cognito_local_bootstrap.py" --endpoint "$(cognito_endpoint)" \
    --save "$POOL_FILE" "${more[@]+"${more[@]}"}" >"$(log_file cognito-bootstrap)" 2>&1 9>&- || {
    show_tail "$(log_file cognito-bootstrap)"
    fail "$E_START" "the user pool could not be made at $(cognito_endpoint)" "see the lines above"
  }
}

# A secret that the shell has is another pool's, and an S3 is that of the bucket which was given.
export_pool() {
  local name
  for name in "${POOL_SETTINGS[@]}"; do export "$name=$(pool_row "$name")"; done
  COGNITO_CLIENT_SECRET=$(pool_row COGNITO_CLIENT_SECRET)
  export COGNITO_CLIENT_SECRET
  if [[ -n "$GIVEN_BUCKET" ]]; then
    export MEDIA_BUCKET=$GIVEN_BUCKET
  else
    MEDIA_BUCKET=$(pool_row MEDIA_BUCKET) S3_ENDPOINT=$(pool_row S3_ENDPOINT)
    export MEDIA_BUCKET S3_ENDPOINT
  fi
  [[ -z "$GIVEN_QUEUE" ]] || return 0
  JOBS_QUEUE_URL=$(pool_row JOBS_QUEUE_URL) SQS_ENDPOINT=$(pool_row SQS_ENDPOINT)
  export JOBS_QUEUE_URL SQS_ENDPOINT
}
