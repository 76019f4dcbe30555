# Finds the official opa in the pinned version, or builds it with Go. Needs common.sh.
# Knows nothing of the policies.
# shellcheck shell=bash

OPA_VERSION=1.22.3
OPA_MODULE=github.com/open-policy-agent/opa
OPA_GO=1.26 # the oldest Go that builds it
OPA_TOOLCHAIN=golang.org/toolchain@v0.0.1-go1.26.8

is_wanted_opa() { [[ "$("$1" version 2>/dev/null)" == "Version: $OPA_VERSION"$'\n'* ]]; }

# One candidate a line; go answers with an empty line or not at all where it does not know.
opa_candidates() {
  command -v opa || true
  printf '%s/bin/opa\n' "$(go env GOPATH 2>/dev/null || true)"
  printf '%s\n' "$DEV_DIR/bin/opa"
}

# Sets OPA; false where there is none. The one that OPA names is taken or refused, never passed over.
find_opa() {
  local candidate
  if [[ -n "${OPA:-}" ]]; then
    is_wanted_opa "$OPA" || fail "$E_MISSING" "OPA is '$OPA', which is not opa $OPA_VERSION" "name that version, or unset OPA"
    return
  fi
  while read -r candidate; do
    OPA=$candidate
    if is_wanted_opa "$OPA"; then return; fi
  done < <(opa_candidates)
  OPA=''
  return 1
}

can_build_opa() { command -v go >/dev/null; }

# Sets OPA, and builds it if need be.
need_opa() {
  find_opa || install_opa
}

install_opa() {
  local go
  can_build_opa || fail "$E_MISSING" "no opa $OPA_VERSION here, and no Go to build it with" \
    "install Go (https://go.dev/doc/install), or name an opa: OPA=/path/to/opa $0"
  step "building opa $OPA_VERSION into $DEV_DIR/bin (once, some minutes)"
  mkdir -p "$DEV_DIR/bin"
  go=$(modern_go) || fail "$E_INSTALL" "Go could not fetch $OPA_TOOLCHAIN" "see its words above, or install Go $OPA_GO"
  OPA="$DEV_DIR/bin/opa"
  if ! GOBIN="$DEV_DIR/bin" "$go" install "$OPA_MODULE@v$OPA_VERSION" || ! is_wanted_opa "$OPA"; then
    fail "$E_INSTALL" "Go could not build $OPA_MODULE@v$OPA_VERSION" "see its words above"
  fi
}

# Prints a go that is new enough. An older one fetches it as Go publishes it: as a module, checked by its sum,
# whose programs are not marked as such.
modern_go() {
  local toolchain
  if is_modern "$(go env GOVERSION)"; then
    say go
    return
  fi
  toolchain=$(go mod download -json "$OPA_TOOLCHAIN.$(go env GOOS)-$(go env GOARCH)" |
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
  [[ -n "$toolchain" ]] || return 1
  chmod -R +x "$toolchain/bin" "$toolchain/pkg/tool"
  say "$toolchain/bin/go"
}

is_modern() { [[ "$1" =~ ^go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= ${OPA_GO#1.})); }
