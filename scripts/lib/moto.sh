# Starts a moto server inside .venv as one part of the local stack. Needs process.sh.
# shellcheck shell=bash

# start_moto PART PORT. The two features with which moto could reach beyond this machine stay off, whatever
# the shell has set; and a profile of the shell, which boto3 inside moto would look up, is none of its business.
# Ids of user pools and clients follow from what they are, so that they outlive moto's memory.
start_moto() {
  step "starting $1 (moto) on port $2"
  spawn "$1" "$2" env -u AWS_PROFILE -u AWS_DEFAULT_PROFILE AWS_CONFIG_FILE=/dev/null \
    MOTO_EVENTS_INVOKE_HTTP=false MOTO_LAMBDA_STUB_ECR=true \
    MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY=HASH MOTO_COGNITO_IDP_USER_POOL_CLIENT_ID_STRATEGY=HASH \
    "$VENV/bin/python" -m scripts.lib.moto_server -H 127.0.0.1 -p "$2"
  started "$1"
}
