#!/usr/bin/env bash
# Writes locks/*.txt anew from pyproject.toml: every version pinned, every file hashed, no registry named.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ "${1:-}" =~ ^(-h|--help)$ ]]; then
  echo "usage: scripts/lock.sh [uv pip compile options, e.g. --upgrade]"
  echo "locks/dev.txt: everything · locks/local.txt: app + embedded stack · locks/app.txt: what Lambda runs"
  echo "each in an environment of its own: locks/sam.txt: aws-sam-cli · locks/runtime.txt: Lambda's runtime client · locks/aiobotocore.txt · locks/bench.txt: what the bench measures beside ours"
  exit 0
fi

uv=${UV:-.venv/bin/uv}
compile() {
  local out=$1
  shift
  "$uv" pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-emit-find-links --no-annotate --custom-compile-command "scripts/lock.sh" --quiet --output-file "$out" "$@"
}

compile locks/dev.txt pyproject.toml --group dev "$@"
compile locks/local.txt pyproject.toml --group local --group build --constraint locks/dev.txt
compile locks/app.txt pyproject.toml --group app --constraint locks/dev.txt
compile locks/bench.txt pyproject.toml --group bench --constraint locks/dev.txt
compile locks/sam.txt --group sam "$@"
compile locks/runtime.txt --group runtime "$@"
compile locks/aiobotocore.txt --group aiobotocore "$@"
