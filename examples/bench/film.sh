#!/usr/bin/env bash
# usage: film.sh GIGABYTES [DIR]
# film.sh writes files of 1 GB each that look like films, GIGABYTES of them, into DIR (default:
# satchel/film in the user's cache folder): for the memory figure, which must not grow with the size
# of what is packed. Each is a proper MP4 outline, an ftyp box and then one mdat box, filled with
# noise that does not compress and is the same each time. Files that are there already stay.
# Needs Debian's openssl.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [ $# -gt 2 ] || ! [[ ${1:-} =~ ^[1-9][0-9]{0,3}$ ]]; then usage; fi
need openssl:openssl
count=$1
out=${2:-$cache/film}
mkdir -p "$out"

readonly film_bytes=1000000000
readonly ftyp='\0\0\0\040ftypisom\0\0\002\0isomiso2avc1mp41'
readonly ftyp_bytes=32 mdat_head_bytes=16

# be64 N writes N as eight bytes, the highest first
be64() {
  local hex i
  hex=$(printf '%016x' "$1")
  for ((i = 0; i < 16; i += 2)); do printf '%b' "\\x${hex:i:2}"; done
}

film() { # NUMBER
  local noise=$((film_bytes - ftyp_bytes - mdat_head_bytes))
  printf '%b' "$ftyp"
  printf '\0\0\0\001mdat'
  be64 $((film_bytes - ftyp_bytes))
  head -c "$noise" /dev/zero |
    openssl enc -aes-128-ctr -nosalt -K "$(printf '%032x' "$1")" -iv "$(printf '%032x' 0)"
}

for ((i = 1; i <= count; i++)); do
  name=$(printf '%s/film%04d.mp4' "$out" "$i")
  [ -f "$name" ] && [ "$(stat -c %s "$name")" = $film_bytes ] && continue
  film "$i" >"$name.new"
  mv "$name.new" "$name"
done
printf '%d files of 1 GB in %s\n' "$count" "$out"
