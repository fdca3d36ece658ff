# shellcheck shell=bash disable=SC2034
# common.sh: what the scripts beside it share. Sourced, not run.

# where the corpora, the films and the results' scratch files live
cache=${XDG_CACHE_HOME:-$HOME/.cache}/satchel
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/examples/bench
export LC_ALL=C.UTF-8

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# usage prints the comment at the head of the script, which begins on its second line, and ends.
usage() {
  sed -n '2,${/^#/!q;s/^# \{0,1\}//p}' "$0" >&2
  exit 2
}

# need TOOL:PACKAGE... sees to it that each tool is there: with apt-get when run as root, and with a
# word on what to install otherwise.
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || die "please install: ${missing[*]}"
  apt-get install -qq -y "${missing[@]}" >/dev/null || die "cannot install: ${missing[*]}"
}

bytes_below() { # FILE-OR-FOLDER...: the bytes in all files, links and folders not counted
  find "$@" -type f -printf '%s\n' | awk '{n += $1} END {printf "%d\n", n}'
}

head_row() {
  printf '%-10s %-30s %10s %8s %8s %13s %7s\n' corpus command processor wall 'peak MB' bytes ratio
}

# measure CORPUS LABEL INPUT-BYTES OUTPUT COMMAND...: runs the command and prints one row of the
# table. OUTPUT is the file or folder whose size counts, or - when nothing is written. Sets failed
# when the command does not succeed.
failed=0
measure() {
  local corpus=$1 label=$2 input=$3 output=$4 log size=- ratio=-
  shift 4
  log=$(mktemp)
  if ! /usr/bin/time -f '%e %U %S %M' -o "$log.time" "$@" >"$log" 2>&1; then
    failed=1
    printf '%-10s %-30s FAILED: %s\n' "$corpus" "$label" "$(tail -n 1 "$log")"
  else
    if [ "$output" != - ]; then
      size=$(bytes_below "$output")
      ratio=$(awk -v a="$input" -v b="$size" 'BEGIN {printf "%.2f", b ? a / b : 0}')
    fi
    awk -v c="$corpus" -v l="$label" -v s="$size" -v r="$ratio" '{
      printf "%-10s %-30s %8.1f s %6.1f s %8d %13s %7s\n", c, l, $2 + $3, $1, $4 / 1024, s, r
    }' "$log.time"
  fi
  rm -f "$log" "$log.time"
}
