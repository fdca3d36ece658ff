#!/usr/bin/env bash
# usage: peers.sh [--packers] DIR [CORPUS...]
# peers.sh measures what others need for the same work, on this machine, now. DIR is as corpora.sh
# left it; the corpora are handbook, gimp and jdk unless named. With --packers it prints table rows
# for the programs that pack a folder: zimwriterfs with and without its search index, and mksquashfs.
# Without it, also how fast kiwix-serve answers, and what cp, sha256sum, minisign and par2 take.
# Machines differ and are shared: run it right beside the command it is compared with, and quote
# ratios. bench.sh does so.
# Needs Debian's zim-tools kiwix-tools squashfs-tools minisign par2 wrk curl time.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packers_only=
if [ "${1:-}" = --packers ]; then
  packers_only=1
  shift
fi
[ -d "${1:-}" ] || usage
dir=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- handbook gimp jdk
need zimwriterfs:zim-tools mksquashfs:squashfs-tools /usr/bin/time:time
[ -n "$packers_only" ] ||
  need kiwix-serve:kiwix-tools minisign:minisign par2:par2 wrk:wrk curl:curl openssl:openssl

# on the corpora's own file system, because zimwriterfs works on a hard-linked copy
work=$(mktemp -d -p "$dir")
server=
# shellcheck disable=SC2317 # the trap calls it
cleanup() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

# zimwriterfs wants a welcome page and a 48 by 48 PNG inside the folder
prepare() { # CORPUS
  cp -rl "$dir/$1" "$work/$1"
  base64 -d >"$work/$1/zz-icon.png" <<'PNG'
iVBORw0KGgoAAAANSUhEUgAAADAAAAAwCAIAAADYYG7QAAAAO0lEQVR42u3OQQ0AAAgEoEtiEMvYv4UtnA82ApDqeSVCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQncW2ilvW/bhuTIAAAAASUVORK5CYII=
PNG
  echo '<title>Index</title>' >"$work/$1/zz-index.html"
}

pack() { # CORPUS
  local c=$1 input
  local meta=(--welcome=zz-index.html --illustration=zz-icon.png --language=eng --title=T
    --description=D --creator=C --publisher=P --name=N)
  input=$(bytes_below "$dir/$c")
  measure "$c" 'zimwriterfs' "$input" "$work/$c.zim" \
    zimwriterfs "${meta[@]}" "$work/$c" "$work/$c.zim"
  measure "$c" 'zimwriterfs --withoutFTIndex' "$input" "$work/$c-bare.zim" \
    zimwriterfs --withoutFTIndex "${meta[@]}" "$work/$c" "$work/$c-bare.zim"
  measure "$c" 'mksquashfs zstd 19, 1 MiB' "$input" "$work/$c.sqfs" \
    mksquashfs "$dir/$c" "$work/$c.sqfs" -comp zstd -Xcompression-level 19 -b 1M -no-progress -quiet
}

# 5,000 pages in a fixed order for ten seconds, and then again when they are warm
serve() { # CORPUS
  local c=$1 pass port=18181
  [ -f "$work/$c.zim" ] || return 0
  kiwix-serve -p "$port" --address 127.0.0.1 "$work/$c.zim" >/dev/null 2>&1 &
  server=$!
  (cd "$dir/$c" && find . -name '*.html' -printf "/$c/A/%P\n" | LC_ALL=C sort >"$work/pages")
  shuf -n 5000 --random-source=<(yes) "$work/pages" >"$work/urls"
  cat >"$work/wrk.lua" <<LUA
local u = {} for l in io.lines("$work/urls") do u[#u+1] = l end
local i = 0
request = function() i = i % #u + 1 return wrk.format("GET", u[i]) end
LUA
  curl -s -o /dev/null --retry 100 --retry-connrefused --retry-delay 1 "http://127.0.0.1:$port/"
  for pass in cold warm; do
    wrk -t1 -c4 -d10s --latency -s "$work/wrk.lua" "http://127.0.0.1:$port" |
      awk -v n="$c kiwix-serve $pass" '/50%/ {a = $2} /99%/ {b = $2} /Requests\/sec/ {
        printf "%s: p50 %s, p99 %s, %s requests/s, ", n, a, b, $2}'
    printf '%d MB\n' $(($(ps -o rss= -p "$server") / 1024))
  done
  kill "$server"
  wait "$server" 2>/dev/null || true
  server=
}

# copying, hashing, checking and mending one large file
large_file() {
  local film=$work/film.mp4 size=1400000000
  head -c "$size" /dev/zero | openssl enc -aes-128-ctr -nosalt -K 0001 -iv 0001 2>/dev/null >"$film"
  measure film 'cp and sync' "$size" - \
    sh -c 'cp --reflink=never "$1" "$1.copy" && sync "$1.copy"' - "$film"
  rm -f "$film.copy"
  measure film sha256sum "$size" - sha256sum "$film"
  minisign -G -W -f -p "$work/k.pub" -s "$work/k.key" >/dev/null
  minisign -S -s "$work/k.key" -m "$film" -x "$work/sig" >/dev/null </dev/null
  measure film 'minisign -V' "$size" - minisign -V -p "$work/k.pub" -m "$film" -x "$work/sig"
  head -c 400000000 "$film" >"$work/part"
  measure 'film 0.4G' 'par2 create 5 %' 400000000 - \
    par2 create -q -r5 -n1 "$work/part.par2" "$work/part"
}

[ -n "$packers_only" ] || head_row
for corpus in "$@"; do
  [ -d "$dir/$corpus" ] || die "no such corpus: $dir/$corpus (run corpora.sh first)"
  prepare "$corpus"
  pack "$corpus"
  [ -n "$packers_only" ] || serve "$corpus"
  rm -rf "${work:?}/$corpus" "$work/$corpus"*.zim "$work/$corpus.sqfs"
done
[ -n "$packers_only" ] || large_file
exit "$failed"
