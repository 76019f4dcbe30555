# This machine's Java, and DynamoDB Local under it: whether it is to be had, its jars, its start.
# Needs common.sh, environment.sh and process.sh.
# shellcheck shell=bash

# shellcheck disable=SC2034
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
POM="$ROOT/scripts/dynamodb-local/pom.xml"
JARS="$ROOT/.devserver/dynamodb-local" # one download for all stacks of this folder
MAIN_CLASS=software.amazon.dynamodb.services.local.main.ServerRunner

# The major version, or nothing.
java_version() { "$JAVA" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' || true; }

has_java() {
  local version
  version=$(java_version)
  [[ -n "$version" ]] && ((version >= 17))
}

# The folder is named after the pom and appears by one rename: what has the name is whole.
jars() { printf '%s/%s\n' "$JARS" "$(digest "$POM" | cut -c1-16)"; }

# Fetches the jars unless they are there; false when Maven is absent (3) or fails (5), which its log explains.
fetch_jars() {
  local target incoming
  target=$(jars)
  [[ ! -d "$target" ]] || return 0
  command -v mvn >/dev/null || return "$E_MISSING"
  make_dirs
  mkdir -p "$JARS"
  rm -rf "$JARS"/incoming.*
  incoming=$(mktemp -d "$JARS/incoming.XXXXXX")
  step "fetching DynamoDB Local from Maven Central (once, about 45 MB)"
  mvn -B -q --strict-checksums -f "$POM" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$incoming" >"$(log_file dynamodb-local-download)" 2>&1 9>&- || return "$E_INSTALL"
  mv "$incoming" "$target"
}

# Compiles once and simply: a server of some minutes spends more on compiling well than it gains, twice its work in all.
JAVA_OPTIONS=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC)

# spawn_dynamodb_local NAME PORT STORAGE...: -inMemory, or -dbPath and a folder.
spawn_dynamodb_local() {
  spawn "$1" "$2" "$JAVA" "${JAVA_OPTIONS[@]}" -cp "$(jars)/*" "$MAIN_CLASS" "${@:3}" -sharedDb -disableTelemetry -port "$2"
}
