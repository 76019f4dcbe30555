#!/usr/bin/env bash
# usage: scripts/load.sh [--seconds N] [--workers N] [--url URL] [--disturb PART] [--json] [--help]
#
# A mixed load on the API, as readers and editors make it: lists, posts by id and slug, categories, views, sign-ins;
# posts are created, edited, submitted, published, deleted. Then every acknowledged write is read back. Prints latency
# by operation, errors by code, capacity by access pattern, and the memory of the API.
#
#   --seconds N       60   for which the load lasts
#   --workers N       8    that ask at once; each waits for its answer before it asks again
#   --url URL              a local stack that runs; else one is started on free ports, and ended: scripts/with_stack.sh.
#                          It needs limits that let the load through, and keeps the posts
#   --stack FOLDER         with --url: where that stack keeps pids and logs (.devserver), for memory and capacity
#   --disturb PART         pulls redis, dynamodb or cognito (S3, SQS and SNS with it) out for the middle third: its process
#                          is stopped, and goes on afterwards. Latency and errors are shown before, without and after.
#                          Without dynamodb or cognito the API waits 15 s until it answers 503: give more than 45 seconds
#   --memory-bound MB 32   by which the API's memory may grow after the first quarter
#   --json                 the report for programs, alone on standard output
#
# Settings of the API are taken from the environment, such as METRICS; capacity needs METRICS=emf, which is set.
# An interrupt ends the load early, with a report. Errors are none in these cases: 404 of what the load itself deleted,
# and, while a part is out, 503 and no answer, and 404, 409 and 412 to writes: the API repeats what it has no answer to.
# Exit codes: 0 nothing lost, memory flat, no error · 1 one of these · 2 usage · 3 prerequisite missing
#             5 install failed · 6 no stack, or nobody can sign in · 130 interrupted, and well so far

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"

OWN_STACK=1 REDIS=()
for word in "$@"; do
  case $word in
    -h | --help) print_help "$0" && exit 0 ;;
    --url | --url=*) OWN_STACK='' ;;
    redis | --disturb=redis) REDIS=(--redis) ;;
  esac
done

find_python
cd "$ROOT" || fail 1 "$ROOT is gone"
"$PYTHON" -m scripts.load.options "$@" || exit
ensure_environment dev >&2
export METRICS=${METRICS:-emf}
[[ -n "$OWN_STACK" ]] || exec "$VENV/bin/python" -m scripts.load "$@"
"$ROOT/scripts/with_stack.sh" "${REDIS[@]+"${REDIS[@]}"}" "$VENV/bin/python" -m scripts.load "$@"
