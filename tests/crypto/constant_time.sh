#!/bin/sh
# Proves that nothing in crypto/ takes a time that depends on a secret: builds it at three levels
# with both compilers, runs every operation of constant_time.cpp under valgrind, and looks for
# divisions in ML-KEM's objects. Prints a line for each; fails on any report, and if the mistakes
# that are there to be found are not.
#
# usage: constant_time.sh BUILD_DIR [OPERATION...]
# CONSTANT_TIME_BUILDS, if set, replaces the list of builds: "g++:-O2 clang++:-O3".
set -eu
[ $# -gt 0 ] || { echo "usage: constant_time.sh BUILD_DIR [OPERATION...]" >&2; exit 2; }
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
build=$(cd "$1" && pwd)
shift
builds=${CONSTANT_TIME_BUILDS:-"g++:-O1 g++:-O2 g++:-O3 clang++:-O1 clang++:-O2 clang++:-O3"}
# valgrind 3.19 reads no later DWARF of clang's. The rest is how releases are built.
flags="-std=c++20 -UNDEBUG -gdwarf-4 -D_GLIBCXX_ASSERTIONS -DBISIK_CONSTANT_TIME_PROOF -fPIE
  -fstack-protector-strong -fstack-clash-protection $(pkg-config --cflags libsodium)"
case $(uname -m) in x86_64) flags="$flags -fcf-protection" ;; esac
cd "$root"

build_program() {  # compiler, level, folder
  mkdir -p "$3"
  ls crypto/*.cpp tests/crypto/constant_time*.cpp |
    xargs -P "$(nproc)" -I{} sh -c '"$0" '"$2 $(echo $flags)"' -I. -c {} -o "$1/$(basename {}).o"' \
      "$1" "$3"
  "$1" "$2" -pie "$3"/*.cpp.o $(pkg-config --libs libsodium) -o "$3/constant_time"
}

under_valgrind() {  # folder, operation
  valgrind -q --track-origins=no --suppressions=tests/crypto/constant_time.supp \
    "$1/constant_time" "$2" 2>"$1/$2.reports"
}

failed=0
fail() {
  echo "FAILED: $1" >&2
  failed=1
}

printf 'int f(int a, int b) { return a / b; }\n' >"$build/divides.cpp"
for one in $builds; do
  compiler=${one%%:*}
  level=${one#*:}
  folder=$build/$compiler$level
  echo "== $compiler $level"
  build_program "$compiler" "$level" "$folder"

  "$compiler" "$level" -c "$build/divides.cpp" -o "$build/divides.o"
  if tests/crypto/no_division.sh "$build/divides.o" >"$build/divides.reports" 2>&1; then
    fail "a division that is there was not found"
  fi
  tests/crypto/no_division.sh "$folder"/mlkem*.o "$folder/keccak.cpp.o" "$folder/kem.cpp.o" ||
    fail "ML-KEM divides"

  if under_valgrind "$folder" control >"$build/control"; then
    fail "valgrind does not see the control's mistakes"
  fi
  cat "$build/control"
  grep -q ' 2 reports$' "$build/control" || fail "the control makes two mistakes"

  for operation in ${*:-$("$folder/constant_time" list)}; do
    under_valgrind "$folder" "$operation" || {
      fail "$operation, $compiler $level:"
      head -n 60 "$folder/$operation.reports" >&2
    }
  done
done
[ "$failed" = 0 ] && echo "constant time: no reports, and every control was reported"
exit "$failed"
