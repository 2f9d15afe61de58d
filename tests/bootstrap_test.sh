#!/bin/sh
# What bootstrap says and does when something is missing, with stand-ins for apt, dpkg, id and
# cmake: each failure is one line that names its cause, and nothing is done twice.
#
#     tests/bootstrap_test.sh
set -eu

source_dir=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/bisik bootstrap XXXXXX")
trap 'rm -rf "$scratch"' EXIT
failed=0

# A machine with every package, root, and a cmake that only leaves traces. A path with a space.
new_machine() {
  machine="$scratch/$1"
  repo="$machine/a clone" bin="$machine/bin"
  mkdir -p "$repo" "$bin"
  cp "$source_dir/bootstrap" "$repo/"
  for tool in awk cat df dirname env find grep mkdir nproc printf rm sed tail wc; do
    ln -s "$(command -v "$tool")" "$bin/$tool"
  done
  stand_in id 'echo 0'
  stand_in dpkg-query 'echo installed'
  stand_in apt-cache 'true'
  stand_in apt-get 'true'
  stand_in ctest 'true'
  stand_in cmake 'case $1 in
    --preset) mkdir -p build/release && : >build/release/build.ninja &&
      printf "BISIK_TESTS:BOOL=ON\nCMAKE_INSTALL_PREFIX:PATH=/usr/local\n" \
        >build/release/CMakeCache.txt ;;
  esac'
}

# stand_in NAME BODY: a command that notes how it was called, then does BODY.
stand_in() {
  rm -f "$bin/$1"
  printf '#!/bin/sh\necho "%s $*" >>"%s/calls"\n%s\n' "$1" "$machine" "$2" >"$bin/$1"
  chmod +x "$bin/$1"
}

# Runs bootstrap from another folder, with stdin closed.
bootstrap() {
  status=0
  (cd / && PATH="$bin" "$repo/bootstrap" "$@" >"$machine/out" 2>"$machine/err" <&-) || status=$?
}

calls() { grep -c "^$1" "$machine/calls" || true; }

check() {
  if "$@"; then return 0; fi
  echo "FAILED in $(basename "$machine"): $*; it said:"
  cat "$machine/out" "$machine/err"
  failed=$((failed + 1))
}

# Exit 1 and one line on stderr that contains the given text.
fails_with() {
  [ "$status" = 1 ] && [ "$(wc -l <"$machine/err")" = 1 ] && grep -qF "$1" "$machine/err"
}

new_machine 'everything is installed'
bootstrap test
check [ "$status" = 0 ]
check [ "$(calls apt-get)" = 0 ]
check [ "$(calls 'cmake --preset')" = 1 ]
check [ "$(calls ctest)" = 1 ]
bootstrap test
check [ "$(calls 'cmake --preset')" = 1 ]

new_machine 'installs only what is missing'
stand_in dpkg-query 'case $* in *python3) exit 1 ;; *) echo installed ;; esac'
bootstrap test
check [ "$status" = 0 ]
check grep -q 'install --no-install-recommends python3$' "$machine/calls"
check grep -q 'needs 1 Debian packages' "$machine/out"

new_machine 'programs need no test packages'
stand_in dpkg-query 'case $* in *libgtest-dev | *python3) exit 1 ;; *) echo installed ;; esac'
bootstrap build
check [ "$status" = 0 ]
check [ "$(calls apt-get)" = 0 ]

new_machine 'neither root nor sudo'
stand_in id 'echo 1000'
stand_in dpkg-query 'exit 1'
bootstrap build
check fails_with 'neither root nor is there sudo'

new_machine 'sudo without a terminal'
stand_in id 'echo 1000'
stand_in dpkg-query 'exit 1'
stand_in sudo 'exit 1'
bootstrap build
check fails_with 'no terminal to ask on'

new_machine 'no network'
stand_in dpkg-query 'exit 1'
stand_in apt-cache 'exit 100'
stand_in apt-get "echo \"E: Temporary failure resolving 'deb.debian.org'\" && exit 100"
bootstrap build
check fails_with 'no network'

new_machine 'unknown package'
stand_in dpkg-query 'case $* in *libedit-dev) exit 1 ;; *) echo installed ;; esac'
stand_in apt-cache 'exit 100'
bootstrap build
check fails_with 'still missing: libedit-dev'

new_machine 'package disk full'
stand_in dpkg-query 'exit 1'
stand_in apt-get "echo \"E: You don't have enough free space in /var/cache/apt\" && exit 100"
bootstrap build
check fails_with 'disk is full'

new_machine 'compiler killed'
stand_in cmake 'case $1 in
  --preset) mkdir -p build/release && : >build/release/build.ninja ;;
  --build) echo "c++: fatal error: Killed signal terminated program cc1plus" && exit 1 ;;
esac'
bootstrap build
check fails_with 'memory ran out'
check [ "$(calls 'cmake --build .* --parallel 1 ')" -ge 1 ]

new_machine 'compile error'
stand_in cmake 'case $1 in
  --preset) mkdir -p build/release && : >build/release/build.ninja ;;
  --build) echo "crypto/a.cpp:1:1: error: no such thing" && exit 1 ;;
esac'
bootstrap build
check fails_with 'crypto/a.cpp:1:1: error: no such thing'

new_machine 'library missing'
stand_in cmake 'echo "-- Could NOT find SQLite3 (missing: SQLite3_LIBRARY)" && exit 1'
bootstrap build
check fails_with 'Could NOT find SQLite3'

new_machine 'unknown command'
bootstrap frobnicate
check fails_with "no command 'frobnicate'"

new_machine 'nothing was installed'
bootstrap uninstall
check fails_with 'nothing was installed'

new_machine 'help'
bootstrap help
check [ "$status" = 0 ]
check grep -q '^usage: ./bootstrap COMMAND' "$machine/out"

[ "$failed" = 0 ] || exit 1
echo "bootstrap behaves"
