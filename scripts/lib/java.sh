# Which Java this machine has, and whether it is new enough for DynamoDB Local.
# shellcheck shell=bash

# shellcheck disable=SC2034
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java

# The major version, or nothing.
java_version() { "$JAVA" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' || true; }

has_java() {
  local version
  version=$(java_version)
  [[ -n "$version" ]] && ((version >= 17))
}
