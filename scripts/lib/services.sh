# The services of connected tests: found, started or built, and ended. Needs process.sh, java.sh, redis.sh, opa.sh.
# shellcheck shell=bash

LOCAL_PORT=''

stop_services() {
  stop_redis
  [[ -z "$LOCAL_PORT" ]] || "$ROOT/scripts/dynamodb_local.sh" stop --port "$LOCAL_PORT" >/dev/null || true
}

# Sets and exports DYNAMODB_LOCAL_ENDPOINT; false when there is no way to have one.
have_dynamodb() {
  if [[ -n "${DYNAMODB_LOCAL_ENDPOINT:-}" ]]; then
    probe dynamodb "$DYNAMODB_LOCAL_ENDPOINT" ||
      fail "$E_START" "no DynamoDB answers at $DYNAMODB_LOCAL_ENDPOINT (DYNAMODB_LOCAL_ENDPOINT)" "start it, or unset it"
    return
  fi
  has_java && command -v mvn >/dev/null || return 1
  LOCAL_PORT=$(machine any-free-port)
  "$ROOT/scripts/dynamodb_local.sh" start --port "$LOCAL_PORT" || exit
  export DYNAMODB_LOCAL_ENDPOINT="http://127.0.0.1:$LOCAL_PORT"
}

# Sets and exports OPA; false when there is no way to have one.
have_opa() {
  find_opa || { can_build_opa && install_opa; } || return 1
  export OPA
}

# Sets MISSING: what each absent service needs.
have_services() {
  MISSING=()
  have_dynamodb || MISSING+=("DynamoDB Local: install Java 17+ and Maven (Debian: apt-get install \
openjdk-17-jre-headless maven), or set DYNAMODB_LOCAL_ENDPOINT")
  have_redis || MISSING+=("Redis: install redis-server (Debian: apt-get install redis-server), or set REDIS_TEST_URL")
  have_opa || MISSING+=("opa $OPA_VERSION: install Go (https://go.dev/doc/install), or set OPA")
  if ((${#MISSING[@]})) && [[ "${REQUIRE_CONNECTED:-}" == 1 ]]; then
    fail "$E_MISSING" "REQUIRE_CONNECTED=1, and not every service is to be had" "$(printf '%s; ' "${MISSING[@]}")"
  fi
}
