package main

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// The subtitles are written by hand, so their times are checked: within the film, in order, and each
// in one part of it.
func TestSubtitlesFitTheFilm(t *testing.T) {
	t.Parallel()
	cue := regexp.MustCompile(`(?m)^00:(\d\d\.\d{3}) --> 00:(\d\d\.\d{3})$`)
	for _, name := range []string{"water/water.en.vtt", "water/water.ko.vtt"} {
		cues := cue.FindAllStringSubmatch(string(read(t, name)), -1)
		if len(cues) != len(filmSeconds) {
			t.Fatalf("%s has %d cues, want %d", name, len(cues), len(filmSeconds))
		}
		begin := 0
		for i, c := range cues {
			end := begin + filmSeconds[i]
			from, to := seconds(t, c[1]), seconds(t, c[2])
			if from < float64(begin) || to > float64(end) || from >= to {
				t.Errorf("%s: cue %d lasts from %v to %v, want within %d to %d", name, i+1, from, to, begin, end)
			}
			begin = end
		}
	}
}

func seconds(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The voice has one line for each part.
func TestNarrationHasALineForEachPart(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("film.txt")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\n")); n != len(filmSeconds) {
		t.Errorf("film.txt has %d lines, want %d", n, len(filmSeconds))
	}
}

// Every part moves: its first and last pictures differ, and none is empty.
func TestFilmMoves(t *testing.T) {
	t.Parallel()
	for part := range filmSeconds {
		first, last := filmScene(part, 0).raster(), filmScene(part, 0.95).raster()
		if alike(first, last) {
			t.Errorf("part %d stands still", part)
		}
		if n := len(rgb24(nil, first)); n != filmWidth*filmHeight*3 {
			t.Errorf("a frame of part %d has %d bytes", part, n)
		}
		if alike(last, newScene(filmWidth, filmHeight).raster()) {
			t.Errorf("part %d ends empty", part)
		}
	}
}

// Media players want the index before the data, and a stream they can start to play at once.
func TestFilmStartsFast(t *testing.T) {
	t.Parallel()
	data := read(t, "water/water.mp4")
	moov, mdat := bytes.Index(data, []byte("moov")), bytes.Index(data, []byte("mdat"))
	if string(data[4:8]) != "ftyp" || moov < 0 || mdat < moov {
		t.Errorf("box ftyp at %q, moov at %d, mdat at %d", data[4:8], moov, mdat)
	}
}
