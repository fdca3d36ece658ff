#!/usr/bin/env bash
# usage: corpora-test.sh SATCHEL [CORPUS...]
# corpora-test.sh takes each corpus through everything that SATCHEL, the program to test, can do with
# a bundle, and compares the outcome with the source and with what stock tools say. The corpora are
# handbook, gimp and jdk unless named (corpora.sh fetches them when they are missing); collection
# stands for the example collection, and a folder's path does as well. For each corpus:
#   pack with a throw-away key, with the files cleaned and as they are; of the latter, verify, ls; cat of
#   20 files; extract, and diff with the source, which
#   may lack only what the packer said it left out; ZIP to folder to parts to ZIP, byte for byte;
#   minisign and sha256sum on the folder and on what unzip makes of the ZIP; open, and the first page.
# Prints one line for each step, and ends with 1 at the first that fails.
# Needs Debian's minisign unzip curl diffutils (installed with apt-get when run as root).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [ $# -eq 0 ] || [ ! -x "$1" ]; then usage; fi
satchel=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
[ $# -gt 0 ] || set -- handbook gimp jdk
need minisign:minisign unzip:unzip curl:curl cmp:diffutils
mkdir -p "$cache"
work=$(mktemp -d -p "$cache")
viewer=
cleanup() {
  [ -z "$viewer" ] || kill "$viewer" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

corpus=
step() { # WORDS...: what has just been found right
  printf '%-10s %s\n' "$corpus" "$*"
}

wrong() {
  die "$corpus: $*"
}

# expect CODE COMMAND...: the command must end with this exit code. Its standard output goes through,
# its standard error to $work/err, which is shown when the code is another one.
expect() {
  local want=$1 got=0
  shift
  "$@" 2>"$work/err" || got=$?
  [ "$got" = "$want" ] || wrong "exit $got instead of $want: $* -- $(tail -n 3 "$work/err")"
}

# the files below a folder, as sorted relative paths
paths_below() { # FOLDER
  (cd "$1" && find . \( -type f -o -type l \) -printf '%P\n') | LC_ALL=C sort
}

# make_list SOURCE: writes $work/want, the paths that must be in the bundle: all those of the source
# but what the packer's report says it left out, which may be whole folders
make_list() {
  sed -n 's/^left out: \(.*\) ([^()]*)$/\1/p' "$work/report" >"$work/left"
  ! grep -q '^left out: [0-9,]* files\{0,1\} more$' "$work/report" ||
    wrong 'the list of what was left out is cut short'
  paths_below "$1" | awk -v list="$work/left" '
    BEGIN { while ((getline line < list) > 0) { sub(/\/$/, "", line); out[line] = 1 } }
    { p = $0; keep = 1
      while (keep && p != "") { if (p in out) keep = 0; if (!sub(/\/[^\/]*$/, "", p)) p = "" }
      if (keep) print }' >"$work/want"
  [ -s "$work/want" ] || wrong 'nothing was packed'
}

# as they are: so that what comes out can be compared with the source
as_is=()
for kind in page text document book picture sound video captions; do as_is+=(--keep-metadata "$kind"); done

test_pack() { # SOURCE
  local code=0
  expect 0 "$satchel" pack -k "$work/t.key" -o "$work/clean.zip" "$1" >/dev/null
  step "pack, cleaned: $(($(stat -c %s "$work/clean.zip") / 1000)) kB"
  expect 0 "$satchel" verify --deep -p "$work/t.pub" "$work/clean.zip" >/dev/null
  rm "$work/clean.zip"
  "$satchel" pack "${as_is[@]}" -k "$work/t.key" -o "$work/a.zip" "$1" >"$work/out" 2>"$work/report" || code=$?
  [ "$code" = 0 ] || wrong "pack: exit $code: $(tail -n 3 "$work/report")"
  make_list "$1"
  step "pack, as they are: $(wc -l <"$work/want") files, $(wc -l <"$work/left") left out," \
    "$(($(bytes_below "$1") / 1000000)) MB to $(($(stat -c %s "$work/a.zip") / 1000)) kB"
  expect 0 "$satchel" verify -p "$work/t.pub" "$work/a.zip" >/dev/null
  expect 0 "$satchel" verify --deep -p "$work/t.pub" "$work/a.zip" >/dev/null
  expect 4 "$satchel" verify "$work/a.zip" >/dev/null
  step 'verify: trusted, also --deep; unknown without the key'
}

test_list() {
  expect 0 "$satchel" ls "$work/a.zip" >"$work/ls"
  expect 0 "$satchel" ls --json "$work/a.zip" >"$work/ls.json"
  local lines
  lines=$(wc -l <"$work/ls.json")
  [ "$lines" = "$(wc -l <"$work/want")" ] || wrong "ls --json has $lines items"
  [ -s "$work/ls" ] || wrong 'ls shows nothing'
  step "ls: $lines items"
}

test_cat() { # SOURCE
  local path count=0
  while read -r path; do
    expect 0 "$satchel" cat "$work/a.zip" "$path" >"$work/item"
    cmp -s "$work/item" "$1/$path" || wrong "cat $path differs from the source"
    count=$((count + 1))
  done < <(shuf -n 20 --random-source=<(yes) "$work/want")
  [ "$count" -gt 0 ] || wrong 'cat: nothing to compare'
  step "cat: $count files are the source's bytes"
}

test_extract() { # SOURCE
  expect 0 "$satchel" extract -o "$work/x" "$work/a.zip" >/dev/null
  paths_below "$work/x" >"$work/got"
  diff "$work/want" "$work/got" >"$work/diff" ||
    wrong "extract: other files: $(head -n 3 "$work/diff")"
  diff -rq "$1" "$work/x" | grep -v '^Only in ' >"$work/diff" || true
  [ ! -s "$work/diff" ] || wrong "extract: $(head -n 3 "$work/diff")"
  rm -rf "$work/x"
  step 'extract: diff -r is empty but for what was left out'
}

# stock FOLDER: minisign and sha256sum alone, on a bundle in folder form
stock() {
  (
    cd "$1"
    minisign -V -q -H -m MANIFEST -P "$(tail -n 1 "$work/t.pub")" || exit 1
    sha256sum -c --quiet --strict MANIFEST MEMBERS
  ) >"$work/err" 2>&1 || wrong "stock tools refuse $(basename "$1"): $(tail -n 3 "$work/err")"
}

test_layouts() {
  # three parts, or fewer where that would be less than the 1 MiB that a part must have
  local first part=$(($(stat -c %s "$work/a.zip") / 3 + 1))
  [ "$part" -ge 1048576 ] || part=1048576
  expect 0 "$satchel" convert --layout folder -o "$work/folder" "$work/a.zip" >/dev/null
  stock "$work/folder"
  mkdir "$work/parts" "$work/unzipped"
  expect 0 "$satchel" convert --layout parts --part-size "$part" -o "$work/parts/b.zip" \
    "$work/folder" >/dev/null
  first=$(find "$work/parts" -name '*.001')
  [ -n "$first" ] || wrong 'convert --layout parts made no .001'
  expect 0 "$satchel" verify -p "$work/t.pub" "$first" >/dev/null
  expect 0 "$satchel" convert --layout zip -o "$work/c.zip" "$first" >/dev/null
  cmp "$work/a.zip" "$work/c.zip" || wrong 'ZIP to folder to parts to ZIP changed bytes'
  cat "${first%.001}".[0-9][0-9][0-9] | cmp - "$work/a.zip" || wrong 'the parts are not the ZIP, cut'
  step "convert: folder, $(find "$work/parts" -type f | wc -l) parts and back, the same bytes"
  unzip -q "$work/c.zip" -d "$work/unzipped" || wrong 'unzip refuses the ZIP'
  stock "$work/unzipped"
  diff -r "$work/folder" "$work/unzipped" || wrong 'unzip makes another folder than convert'
  step 'minisign and sha256sum: OK on the folder and on what unzip makes'
  rm -rf "$work/folder" "$work/unzipped" "$work/parts" "$work/c.zip"
}

# test_open: the first line on standard output is the address; curl follows the launch code in it
test_open() {
  local address code tries
  : >"$work/address"
  "$satchel" open --no-browser "$work/a.zip" >"$work/address" 2>"$work/err" &
  viewer=$!
  for ((tries = 0; tries < 200; tries++)); do
    [ "$(wc -l <"$work/address")" -eq 0 ] || break
    kill -0 "$viewer" 2>/dev/null || wrong "open ended: $(tail -n 1 "$work/err")"
    sleep 0.05
  done
  address=$(head -n 1 "$work/address")
  code=$(curl -s -L --max-time 20 -o "$work/page" -w '%{http_code}' "$address") || true
  [ "$code" = 200 ] || wrong "open: the first page came with $code"
  grep -qi '<html' "$work/page" || wrong 'open: the first page is no HTML'
  kill -INT "$viewer"
  for ((tries = 0; tries < 100; tries++)); do
    kill -0 "$viewer" 2>/dev/null || break
    sleep 0.05
  done
  if kill -0 "$viewer" 2>/dev/null; then wrong 'open: still there 5 s after the interrupt'; fi
  viewer=
  step "open: a first page of $(stat -c %s "$work/page") bytes; the interrupt ends it"
}

folder_of() { # CORPUS
  case $1 in
  collection) echo "$root/examples/collection" ;;
  handbook | gimp | jdk)
    [ -d "$cache/corpora/$1" ] || "$here/corpora.sh" >&2
    echo "$cache/corpora/$1"
    ;;
  *)
    [ -d "$1" ] || die "no such corpus or folder: $1"
    (cd "$1" && pwd)
    ;;
  esac
}

"$satchel" keygen --no-passphrase -o "$work/t.key" >/dev/null 2>&1 || die 'keygen failed'
for name in "$@"; do
  source=$(folder_of "$name")
  corpus=$(basename "$source")
  test_pack "$source"
  test_list
  test_cat "$source"
  test_extract "$source"
  test_layouts
  test_open
  rm -f "$work/a.zip"
done
