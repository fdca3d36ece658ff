#!/usr/bin/env bash
# usage: corpora.sh [DIR]
# corpora.sh lays out real content from Debian's documentation packages, for benchmarks and tests,
# in DIR (default: satchel/corpora in the user's cache folder). What is there already stays.
#   DIR/handbook  the Debian handbook in 26 languages: 7,879 files, 202 MB, many pictures repeated
#   DIR/gimp      the GIMP manual in five languages: 13,675 files, 343 MB, pictures repeated in each
#   DIR/jdk       the Java 17 API pages: 10,284 files, 275 MB of HTML with much repetition
#   DIR/gimp-de   the GIMP manual in German: 2,735 files, 70 MB, for queries only
# Needs Debian's apt-get and dpkg-deb; root is not needed, but 'apt-get update' must have been run.
# None of it is to be committed: the texts have licences of their own.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case $#:${1:-} in 0: | 1:[!-]*) ;; *) usage ;; esac
need dpkg-deb:dpkg apt-get:apt
out=${1:-$cache/corpora}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d -p "$out")
trap 'rm -rf "$work"' EXIT
# apt's own helper user must be able to enter when this runs as root
chmod 755 "$work"
cd "$work"

# fetch PACKAGE unpacks a package into a folder of its name
fetch() {
  apt-get download -qq "$1" || die "cannot fetch $1: was 'apt-get update' run?"
  mkdir "$1"
  dpkg-deb -x "$1"_*.deb "$1"
  rm "$1"_*.deb
}

# a corpus is moved to its place when it is complete, so that a broken run leaves none behind
handbook() {
  fetch debian-handbook
  cp -r debian-handbook/usr/share/doc/debian-handbook/html handbook.new
}

gimp() {
  local language
  mkdir gimp.new
  for language in en fa ko ru zh-cn; do
    fetch "gimp-help-$language"
    cp -r "gimp-help-$language"/usr/share/gimp/2.0/help/* gimp.new/
  done
}

gimp-de() {
  fetch gimp-help-de
  mkdir gimp-de.new
  cp -r gimp-help-de/usr/share/gimp/2.0/help/* gimp-de.new/
}

jdk() {
  local doc=openjdk-17-doc/usr/share/doc/openjdk-17-doc
  fetch openjdk-17-doc
  mkdir jdk.new
  # some links point to scripts of other packages, and there is nothing to copy then
  cp -rL "$doc"/{api,specs,index.html,resources} jdk.new/ 2>/dev/null || true
  [ -f jdk.new/api/index.html ] || die "the package openjdk-17-doc has changed its layout"
}

for corpus in handbook gimp jdk gimp-de; do
  if [ ! -d "$out/$corpus" ]; then
    "$corpus"
    mv "$corpus.new" "$out/$corpus"
  fi
  printf '%-9s %6d files %5d MB\n' "$corpus" "$(find "$out/$corpus" -type f | wc -l)" \
    "$(($(bytes_below "$out/$corpus") / 1000000))"
done
