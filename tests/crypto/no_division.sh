#!/bin/sh
# Fails if an object file holds an instruction whose time depends on what it divides.
# usage: no_division.sh OBJECT...
set -eu
[ $# -gt 0 ] || { echo "no_division.sh: no object files given" >&2; exit 2; }
for object in "$@"; do
  listing=$(objdump -d --no-show-raw-insn "$object")
  instructions=$(printf '%s\n' "$listing" | grep -c '^ *[0-9a-f]*:	') || instructions=0
  [ "$instructions" -gt 0 ] || { echo "$object: no code" >&2; exit 2; }
  if printf '%s\n' "$listing" | grep -E ':	v?(i?div|[us]div|fi?div|sqrt)'; then
    echo "$object: divides" >&2
    exit 1
  fi
  printf '%s: %s instructions, no division\n' "$(basename "$object")" "$instructions"
done
