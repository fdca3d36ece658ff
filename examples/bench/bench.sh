#!/usr/bin/env bash
# usage: bench.sh [SECTION...]
# bench.sh measures satchel beside what others need for the same work, in the same run, and prints one
# table of medians and ratios at the end. The sections, all unless named, are
#   pack    handbook, gimp and jdk beside zimwriterfs and mksquashfs; a film of 1.4 GB beside cp
#   ingest  the three corpora packed again; previews of photographs; how fast these are cleaned
#   verify  a film and jdk, beside a loop that makes the same hashes and nothing else
#   serve   5,000 pages of jdk, cold and warm, beside kiwix-serve
#   film    a film of 1.4 GB, and a stretch of it, beside kiwix-serve
#   growth  packing and opening, from 100 to 1,000,000 items and from 40 MB to 20 GB
#   open    what opening takes, reads and allocates, from 100 to 1,000,000 items and to 20 GB
#   class   30 pupils at once, each with a pass of their own: pages, pictures, searches, a film
#   soak    10,000 idle connections, slow readers and 30 people at once
#   search  packing with an index beside zimwriterfs's; queries of jdk beside kiwix-serve; what known
#           queries find in handbook, gimp and gimp-de; queries among 1,000,000 articles
# RUNS=5 is how often each is run, SOAK=1m how long the soak is, CORPORA='handbook gimp jdk' what is
# packed and searched (gimp-de goes with gimp). Bundles that are made up stay for the next time, as do
# ZIMs; the one of 20 GB does with KEEP=1. Progress goes to standard error.
# Needs Go, and Debian's zim-tools kiwix-tools squashfs-tools time (installed with apt-get when run as
# root), and 45 GB of free disk for growth and open.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case ${1:-} in -*) usage ;; esac
need go:golang zimwriterfs:zim-tools kiwix-serve:kiwix-tools mksquashfs:squashfs-tools /usr/bin/time:time
for corpus in handbook gimp jdk gimp-de; do
  [ -d "$cache/corpora/$corpus" ] || "$here/corpora.sh" >&2
done
(cd "$root" && go build -o bin/ ./cmd/satchel ./examples/bench/measure)

keep=()
[ "${KEEP:-}" != 1 ] || keep=(-keep)
exec "$root/bin/measure" -runs "${RUNS:-5}" -soak "${SOAK:-1m}" -corpora "${CORPORA:-handbook gimp jdk}" \
  -satchel "$root/bin/satchel" -queries "$root/bundle/search/testdata" -cache "$cache" "${keep[@]}" "$@"
