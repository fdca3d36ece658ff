# shellcheck shell=bash disable=SC2034
# common.sh: what the scripts beside it share. Sourced, not run.

# where the corpora, and bundles that are made up, live
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
