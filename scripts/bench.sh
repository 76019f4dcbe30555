#!/usr/bin/env bash
# usage: scripts/bench.sh [--help] [options of the bench: --quick, --only SECTION,..., --fresh, --results FILE, --page FILE]
#
# Measures singletable beside boto3 and other libraries, and writes docs/performance.md. Makes an environment of its own
# from locks/bench.txt, once per change of that lock. Interrupted, it goes on where it was.
#
#   PYTHON   the Python that measures
#
# Exit codes: 0 measured · 1 a row failed · 2 usage · 3 no Python · 5 install failed · 130 interrupted

# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=lib/environment.sh
source "$LIB/environment.sh"

case ${1:-} in
  -h | --help) print_help "$0" && exit 0 ;;
esac
cd "$ROOT" || exit 1
find_python
hold_lock bench

BENCH_DIR="$DEV_DIR/bench"
version=$("$PYTHON" -c 'import platform; print(platform.python_version())')
environment="$BENCH_DIR/python-$version-$(digest locks/bench.txt | cut -c1-16)"
if [[ ! -x "$environment/done" ]]; then
  step "making an environment for the bench from locks/bench.txt (once)"
  rm -rf "$BENCH_DIR/python-$version"-*
  mkdir -p "$BENCH_DIR"
  if ! "$PYTHON" -m venv "$environment" ||
    ! "$environment/bin/python" -m pip --disable-pip-version-check --no-input --quiet install \
      --require-hashes -r locks/bench.txt; then
    fail "$E_INSTALL" "locks/bench.txt could not be installed into $environment" "see the words above"
  fi
  install -m 755 /dev/null "$environment/done"
fi
exec "$environment/bin/python" -m tests.bench "$@"
