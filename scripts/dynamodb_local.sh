#!/usr/bin/env bash
# usage: scripts/dynamodb_local.sh start|stop|status [--port N] [--help]
#
# DynamoDB Local without Docker, in memory: the jars come from Maven Central once, into
# .devserver/dynamodb-local/. Needs Java 17+, Maven (for the first start), Python 3.11+.
#
#   start    ends when it answers ListTables, and prints the endpoint; a second start changes nothing
#   stop     ends it, and with it all its data
#   status   exit 0 when it runs and answers
#
# Port: --port, else DYNAMODB_LOCAL_PORT, else 8000. DynamoDB Local has no option for the address it listens on:
# it takes every interface. Log: .devserver/logs/dynamodb-local-<port>.log
# Exit codes: 0 done · 1 no · 2 usage · 3 Java, Maven or Python missing · 4 port busy · 5 download failed · 6 no answer

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"
# shellcheck source=lib/process.sh
source "$LIB/process.sh"
# shellcheck source=lib/java.sh
source "$LIB/java.sh"

need_java() {
  local version
  has_java && return
  version=$(java_version)
  fail "$E_MISSING" "no Java 17 or newer (asked '$JAVA', found version '${version:-none}')" \
    "install one (Debian: apt-get install openjdk-17-jre-headless) or point JAVA_HOME at it"
}

need_jars() {
  local code=0
  fetch_jars || code=$?
  case $code in
    0) ;;
    "$E_MISSING")
      fail "$code" "no Maven (mvn) on PATH, and $(jars) is not there yet" \
        "install it (Debian: apt-get install maven); it is needed once"
      ;;
    *)
      show_tail "$(log_file dynamodb-local-download)"
      fail "$E_INSTALL" "Maven could not fetch what $POM names" "see its words above; the next start tries again"
      ;;
  esac
}

start() {
  if alive "$NAME"; then
    wait_until "$NAME" 60 probe dynamodb "$ENDPOINT" ||
      fail "$E_START" "$NAME runs (pid $PART_PID) and does not answer" "scripts/dynamodb_local.sh stop --port $PORT"
    say "$ENDPOINT"
    return
  fi
  need_java
  need_free_port "$PORT" "DynamoDB Local" DYNAMODB_LOCAL_PORT
  need_jars
  trap 'stop "$NAME"' EXIT
  trap 'exit 130' INT TERM
  spawn_dynamodb_local "$NAME" "$PORT" -inMemory
  wait_until "$NAME" 60 probe dynamodb "$ENDPOINT" || {
    show_tail "$(log_file "$NAME")"
    fail "$E_START" "DynamoDB Local did not answer at $ENDPOINT" "see its log above"
  }
  trap - EXIT INT TERM
  say "$ENDPOINT"
}

status() {
  if alive "$NAME" && probe dynamodb "$ENDPOINT"; then
    say "running: pid $PART_PID, $ENDPOINT"
  else
    say "not running on port $PORT"
    return 1
  fi
}

COMMAND='' PORT=${DYNAMODB_LOCAL_PORT:-8000}
while (($#)); do
  case $1 in
    -h | --help) print_help "$0" && exit 0 ;;
    --port) PORT=${2:-} && shift ;;
    --port=*) PORT=${1#*=} ;;
    start | stop | status) COMMAND=$1 ;;
    *) fail "$E_USAGE" "$0 knows no '$1'" "see $0 --help" ;;
  esac
  shift || true
done
[[ -n "$COMMAND" ]] || fail "$E_USAGE" "$0 was given no command" "start, stop or status; see $0 --help"
need_port_number "the port of DynamoDB Local" "$PORT"
NAME="dynamodb-local-$PORT"
ENDPOINT="http://127.0.0.1:$PORT"
find_python
[[ "$COMMAND" == status ]] || hold_lock dynamodb-local
case $COMMAND in
  start) start ;;
  stop) stop "$NAME" && say "stopped: DynamoDB Local on port $PORT" ;;
  status) status ;;
esac
