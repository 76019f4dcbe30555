# The relay of the local stack: it tells what happened to a topic, the one given or one in the embedded moto.
# Needs process.sh, state.sh, cognito.sh and parts.sh.
# shellcheck shell=bash

TOPIC=singletable-events-local

# There is a topic unless both the user pool and no topic were given: then there is no moto to hold one.
has_topic() { [[ -n "$GIVEN_TOPIC" || -z "$GIVEN_POOL" ]]; }
has_local_topic() { [[ -z "$GIVEN_TOPIC" ]] || is_local "${SNS_ENDPOINT:-}"; }

export_topic() {
  if [[ -n "$GIVEN_TOPIC" ]]; then
    export EVENTS_TOPIC_ARN=$GIVEN_TOPIC
  elif [[ -z "$GIVEN_POOL" ]]; then
    EVENTS_TOPIC_ARN=$(pool_row EVENTS_TOPIC_ARN) SNS_ENDPOINT=$(pool_row SNS_ENDPOINT)
    export EVENTS_TOPIC_ARN SNS_ENDPOINT
  fi
}

# It has no port: it is ready once it has said so.
relay_answers() { alive relay && grep -q "the relay reads the stream" "$(log_file relay)"; }

start_relay() {
  if ! has_topic; then
    say "the relay is skipped: events wait in the table; to tell somebody: EVENTS_TOPIC_ARN=<topic> $0 up"
    return
  fi
  start_part relay null env LOG_LEVEL=INFO "$VENV/bin/python" -m app.relay
}
