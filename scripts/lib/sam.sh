# Makes what stands in for AWS when functions are built and run: aws-sam-cli in an environment of its own, the Python of
# the functions, Lambda's runtime client for it. Each once per change of its lock. Needs common.sh, environment.sh.
# shellcheck shell=bash

SAM_DIR="$DEV_DIR/sam"
RUNTIME_PYTHON=python3.13 # of the functions in sam/template.yaml; a test compares

# Sets FUNCTION_PYTHON: the functions' own, wherever it is; else, with a word about it, the one that we have.
# A name on PATH is not enough: version managers leave shims behind that answer nothing.
find_function_python() {
  local candidate
  for candidate in ${FUNCTION_PYTHON:+"$FUNCTION_PYTHON"} "$RUNTIME_PYTHON" \
    "${PYENV_ROOT:-$HOME/.pyenv}/versions/${RUNTIME_PYTHON#python}".*"/bin/$RUNTIME_PYTHON"; do
    if "$candidate" -m pip --version >/dev/null 2>&1; then
      FUNCTION_PYTHON=$("$candidate" -c 'import sys; print(sys.executable)')
      return
    fi
  done
  FUNCTION_PYTHON=$("$PYTHON" -c 'import sys; print(sys.executable)')
  say "note: no $RUNTIME_PYTHON here, so $FUNCTION_PYTHON builds and runs; wheels and times are this one's"
}

# Sets SAM and EMULATOR, the latter for this machine's processor.
need_sam() {
  local environment machine
  environment="$SAM_DIR/cli-$(digest "$ROOT/locks/sam.txt" | cut -c1-16)"
  if [[ ! -x "$environment/done" ]]; then
    step "making an environment for aws-sam-cli from locks/sam.txt (once)"
    rm -rf "$SAM_DIR"/cli-*
    if ! "$PYTHON" -m venv --without-pip "$environment" || ! uv_install sam --python "$environment/bin/python"; then
      fail "$E_INSTALL" "locks/sam.txt could not be installed into $environment" "see the words above"
    fi
    install -m 755 /dev/null "$environment/done"
  fi
  SAM="$environment/bin/sam"
  machine=$(uname -m)
  EMULATOR=$(echo "$environment"/lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-"${machine/aarch64/arm64}")
  [[ "$(uname -s)" == Linux && -x "$EMULATOR" ]] ||
    fail "$E_MISSING" "Lambda's emulator is not for $(uname -sm)" "run this on Linux, x86_64 or arm64"
}

# Sets RUNTIME_CLIENT: the folder of awslambdaric, for FUNCTION_PYTHON and nothing else.
need_runtime_client() {
  RUNTIME_CLIENT="$SAM_DIR/runtime-$(basename "$FUNCTION_PYTHON")-$(digest "$ROOT/locks/runtime.txt" | cut -c1-16)"
  [[ -d "$RUNTIME_CLIENT" ]] && return
  step "fetching Lambda's runtime client from locks/runtime.txt (once)"
  mkdir -p "$SAM_DIR"
  rm -rf "$SAM_DIR"/runtime-*
  uv_install runtime --python "$FUNCTION_PYTHON" --target "$RUNTIME_CLIENT.incoming" ||
    fail "$E_INSTALL" "locks/runtime.txt could not be installed for $FUNCTION_PYTHON" "see the words above"
  mv "$RUNTIME_CLIENT.incoming" "$RUNTIME_CLIENT"
}

uv_install() {
  local lock=$1
  shift
  "$VENV/bin/uv" pip install --quiet --require-hashes --requirement "$ROOT/locks/$lock.txt" "$@"
}

# sam COMMAND...: with nothing of this machine's AWS, and with the functions' Python under its name.
sam() {
  local names
  names="$SAM_DIR/names"
  mkdir -p "$names"
  ln -sf "$FUNCTION_PYTHON" "$names/$RUNTIME_PYTHON"
  env -u AWS_PROFILE -u AWS_DEFAULT_PROFILE AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null \
    AWS_EC2_METADATA_DISABLED=true AWS_DEFAULT_REGION=eu-west-1 SAM_CLI_TELEMETRY=0 PATH="$names:$PATH" "$SAM" "$@"
}
