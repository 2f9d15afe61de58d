#!/bin/sh
# small_disk.sh COMMAND...: runs it with one argument more, a folder on which a small disk is
# mounted. Ends with 77, loudly, where the system lets nobody mount one.
set -eu

if [ "${1-}" = inside ]; then
  shift
  folder=$(mktemp -d)
  trap 'umount -l "$folder"; rmdir "$folder"' EXIT
  mount -t tmpfs -o size=80m tmpfs "$folder"  # the relay keeps 64 MiB of it back
  "$@" "$folder"
  exit
fi

# As root, as anybody, and below a changed root, which cannot be made private.
for how in "" --map-root-user --propagation=unchanged; do
  # shellcheck disable=SC2086  # no word where there is none
  if unshare --mount $how sh -c 'mount -t tmpfs tmpfs /mnt && umount /mnt' 2>/dev/null; then
    exec unshare --mount $how "$0" inside "$@"
  fi
done
echo "SKIPPED: this system lets nobody mount a small disk (unshare --mount)."
exit 77
