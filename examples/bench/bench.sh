#!/usr/bin/env bash
# usage: bench.sh [CORPUS...]
# bench.sh packs each corpus with satchel and with its peers, in the same run, and prints one table:
# processor time, wall time, peak memory, bytes written, and how many times smaller that is. The
# corpora are handbook, gimp and jdk unless named; corpora.sh fetches them when they are missing. The
# further name filmN, such as film10, stands for N gigabytes of generated films (film.sh), packed by
# satchel beside cp: what counts there is the memory. A folder's path does as well.
# Needs Go, and Debian's zim-tools squashfs-tools time (installed with apt-get when run as root).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case ${1:-} in -*) usage ;; esac
[ $# -gt 0 ] || set -- handbook gimp jdk
need go:golang /usr/bin/time:time
mkdir -p "$cache"
work=$(mktemp -d -p "$cache")
trap 'rm -rf "$work"' EXIT

(cd "$root" && go build -o bin/satchel ./cmd/satchel)
satchel=$root/bin/satchel
"$satchel" keygen --no-passphrase -o "$work/bench.key" >/dev/null 2>&1 || die 'keygen failed'

ours() { # CORPUS FOLDER
  local out=$work/ours.zip input
  input=$(bytes_below "$2")
  measure "$1" 'satchel pack --no-search' "$input" "$out" \
    "$satchel" pack --no-search -k "$work/bench.key" -o "$out" "$2"
  [ -f "$out" ] || return 0
  measure "$1" 'satchel verify' "$input" - "$satchel" verify -p "$work/bench.pub" "$out"
  rm -f "$out"
}

films() { # GIGABYTES
  "$here/film.sh" "$1" "$cache/film$1" >&2
  ours "film$1" "$cache/film$1"
  measure "film$1" 'cp and sync' 0 - \
    sh -c 'cp -r --reflink=never "$1" "$2" && sync -f "$2"' - "$cache/film$1" "$work/copy"
  rm -rf "$work/copy"
}

for corpus in "$@"; do
  case $corpus in
  handbook | gimp | jdk) [ -d "$cache/corpora/$corpus" ] || "$here/corpora.sh" >&2 ;;
  esac
done

head_row
for corpus in "$@"; do
  if [[ $corpus =~ ^film[1-9][0-9]*$ ]]; then
    films "${corpus#film}"
    continue
  fi
  folder=$cache/corpora/$corpus
  [ ! -d "$corpus" ] || folder=$(cd "$corpus" && pwd)
  [ -d "$folder" ] || die "no such corpus or folder: $corpus"
  name=$(basename "$folder")
  ours "$name" "$folder"
  "$here/peers.sh" --packers "$(dirname "$folder")" "$name" || failed=1
done
exit "$failed"
