# The rooms of the project: which tests are a room's, and which rooms a changed file concerns. Needs common.sh.
# shellcheck shell=bash

# A room, and the folders of its tests; lint, types and stack have checks alone.
ROOMS='
lint
types
engine tests/singletable tests/types tests/designs tests/foreign
design tests/access_patterns
app tests/app
policy tests/opa
sam tests/sam
scripts tests/scripts tests/clients
docs tests/docs
package tests/packaging
stack
'

room_names() { sed -n 's/^\([a-z]*\).*/\1/p' <<<"$ROOMS" | xargs; }

need_room() {
  [[ " $(room_names) " == *" $1 "* ]] || fail "$E_USAGE" "there is no room '$1'" "the rooms are: $(room_names)"
}

# tests_of ROOM...: folders, one a line.
tests_of() {
  local room
  for room in "$@"; do
    sed -n "s/^$room //p" <<<"$ROOMS" | tr " " "\n"
  done
}

# The rooms that a file concerns, by its path; all of them where anything may depend on it.
rooms_of() {
  case $1 in
    singletable/* | tests/singletable/* | tests/types/* | tests/designs/* | tests/foreign/*) say lint types engine design ;;
    model/* | access_patterns/* | tests/access_patterns/*) say lint types design app ;;
    app/* | tests/app/*) say lint types app ;;
    opa/* | tests/opa/*) say lint policy app ;;
    sam/* | tests/sam/*) say lint sam ;;
    scripts/* | .ci/* | tests/scripts/* | tests/clients/* | tests/browser/*) say lint scripts ;;
    demo/*) say app stack ;;
    tests/docs/*) say lint docs ;;
    tests/packaging/*) say lint package ;;
    tests/bench/*) say lint ;;
    docs/from-*) say docs engine ;; # what other libraries write is compared with the page
    docs/* | *.md) say docs design app ;;
    *) room_names ;;
  esac
}

# What differs from where this branch left main, committed or not.
changed_files() {
  local main base
  for main in main origin/main; do
    if base=$(git merge-base HEAD "$main" 2>/dev/null); then break; fi
  done
  [[ -n "${base:-}" ]] || fail "$E_USAGE" "there is no branch main to compare with" "name rooms instead: --only $(room_names | tr ' ' ',')"
  git diff --name-only "$base"
  git ls-files --others --exclude-standard
}

changed_rooms() {
  local files file
  files=$(changed_files) || exit
  while read -r file; do
    [[ -z "$file" ]] || rooms_of "$file" | xargs -n 1
  done <<<"$files" | sort -u | xargs
}
