#!/usr/bin/env bash
# usage: make.sh
# make.sh makes every picture, recording and film of the example collection again, in place, and the
# book and other files that stand for what comes from elsewhere, of text/. The texts and WebVTT beside
# them are written by hand; the recordings read bleeding.*.txt aloud, the film film.txt. The same
# versions of Go, ffmpeg and espeak-ng give the same bytes.
# Needs Go, and Debian's ffmpeg and espeak-ng (installed with apt-get when run as root).
set -euo pipefail

[ $# -eq 0 ] || { sed -n '2,7s/^# //p' "$0"; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$here/../collection
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 TZ=UTC

for tool in ffmpeg espeak-ng; do
  command -v "$tool" >/dev/null || { [ "$(id -u)" = 0 ] && apt-get install -qq -y "$tool" >&2; }
done

encode() {
  ffmpeg -v error -nostdin -y "$@"
}

# no date, no version, no encoder's name and nothing about the input; one thread, because the number
# of cores must not show in the result
plain=(-threads 1 -map_metadata -1 -map_chapters -1 -fflags +bitexact -flags:v +bitexact
  -flags:a +bitexact)
# (the encoder's name gets in when encoding, so the container is written once more without it)

# lame leaves its name, whole or in part, in the unused bits between frames; its padding letter takes
# the place, length for length
unsign_mp3() {
  LC_ALL=C sed -i 's/LAME3\.[0-9][0-9][0-9]/UUUUUUUUU/g; s/LAME/UUUU/g' "$1"
}

speak() { # VOICE SPEED TEXT-FILE WAV
  espeak-ng -v "$1" -s "$2" -g 3 -f "$3" -w "$4"
}

go build -C "$here" -o "$work/draw" .
"$work/draw" pictures "$out"
"$work/draw" elsewhere "$out"
"$work/draw" handout "$out/health/first-aid-card.pdf"

speak en-us 150 "$out/health/bleeding.en.txt" "$work/en.wav"
encode -i "$work/en.wav" "${plain[@]}" -c:a libmp3lame -b:a 40k -ac 1 -ar 22050 -write_xing 0 \
  -id3v2_version 0 -write_id3v1 0 "$out/health/bleeding.en.mp3"
unsign_mp3 "$out/health/bleeding.en.mp3"
speak es-419 150 "$out/health/bleeding.es.txt" "$work/es.wav"
encode -i "$work/es.wav" "${plain[@]}" -c:a libopus -b:a 24k -ac 1 "$work/es.ogg"
encode -i "$work/es.ogg" -c copy "${plain[@]}" "$out/health/bleeding.es.ogg"

# this recording stands for what comes from elsewhere, and says what such say
"$work/draw" morse >"$work/morse.wav"
encode -i "$work/morse.wav" "${plain[@]}" -c:a libmp3lame -b:a 24k -ac 1 -ar 16000 -write_xing 0 \
  -id3v2_version 0 -write_id3v1 0 "$out/radio/morse.mp3"
unsign_mp3 "$out/radio/morse.mp3"
"$work/draw" tag "$out/radio/morse.mp3"

# one line of film.txt is one part of the film; each part has its fixed time
seconds=(6 8 8 8 8 8 6)
part=0
while read -r line; do
  printf '%s\n' "$line" >"$work/line.txt"
  speak en-us 160 "$work/line.txt" "$work/line.wav"
  encode -i "$work/line.wav" -af "adelay=300,apad=whole_dur=${seconds[part]},atrim=0:${seconds[part]}" \
    "$work/part$part.wav"
  printf "file '%s'\n" "$work/part$part.wav" >>"$work/parts"
  part=$((part + 1))
done <"$here/film.txt"
encode -f concat -safe 0 -i "$work/parts" -c copy "$work/voice.wav"
"$work/draw" film |
  encode -f rawvideo -pix_fmt rgb24 -s 640x360 -r 12 -i pipe:0 -i "$work/voice.wav" "${plain[@]}" \
    -c:v libx264 -profile:v baseline -level 3.0 -preset veryslow -crf 24 -pix_fmt yuv420p \
    -g 48 -bsf:v filter_units=remove_types=6 -c:a aac -b:a 48k -ac 1 -ar 22050 -shortest \
    "$work/water.mp4"
encode -i "$work/water.mp4" -c copy "${plain[@]}" -movflags +faststart -empty_hdlr_name 1 \
  "$out/water/water.mp4"
