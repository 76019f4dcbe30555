# A Redis for tests: the one given, or a server of our own that keeps nothing. Needs process.sh.
# shellcheck shell=bash

REDIS_PART=''

# The environment's own client: a URL may hold a password, a database and TLS.
redis_answers() {
  "$VENV/bin/python" -c 'import sys, redis
redis.Redis.from_url(sys.argv[1], socket_timeout=5, socket_connect_timeout=5).ping()' "$1" >/dev/null 2>&1 9>&-
}

# Sets and exports REDIS_TEST_URL; false when there is no way to have one.
have_redis() {
  local port
  if [[ -n "${REDIS_TEST_URL:-}" ]]; then
    redis_answers "$REDIS_TEST_URL" ||
      fail "$E_START" "no Redis answers at the URL that REDIS_TEST_URL holds" "start it, or unset REDIS_TEST_URL"
    return
  fi
  command -v redis-server >/dev/null || return 1
  port=$(machine any-free-port)
  REDIS_PART="redis-$port"
  step "starting redis-server on port $port"
  spawn "$REDIS_PART" "$port" redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$DEV_DIR"
  wait_until "$REDIS_PART" 30 redis_answers "redis://127.0.0.1:$port/0" || {
    show_tail "$(log_file "$REDIS_PART")"
    fail "$E_START" "redis-server did not answer on port $port" "see its log above"
  }
  export REDIS_TEST_URL="redis://127.0.0.1:$port/0"
}

stop_redis() {
  [[ -n "$REDIS_PART" ]] || return 0
  stop "$REDIS_PART"
  rm -f "$(log_file "$REDIS_PART")"
}
