package viewer

import (
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// Where a file's name stands for a title, it is written as one.
func TestTitleOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, title string
		kind        bundle.Kind
		want        string
	}{
		{"a/first-aid-card.pdf", "first-aid-card", bundle.KindDocument, "first aid card"},
		{"a/IMG_2041.jpg", "IMG_2041", bundle.KindPicture, "IMG_2041"},
		{"water_pump-2.mp4", "", bundle.KindVideo, "water pump-2"},
		{"2024-05-31_12.jpg", "", bundle.KindPicture, "2024-05-31_12"},
		{"날씨-보기.txt", "날씨-보기", bundle.KindText, "날씨 보기"},
		{"ရေ_သန့်_စင်.png", "", bundle.KindPicture, "ရေ သန့် စင်"},
		{"-a-_b_.png", "", bundle.KindPicture, "-a-_b_"},
		{"well.tar.gz", "", bundle.KindFile, "well.tar.gz"},
		{"folder/README", "", bundle.KindFile, "README"},
		{"folder/.profile", "", bundle.KindFile, ".profile"},
		{"Wi-Fi.html", "Wi-Fi", bundle.KindPage, "Wi-Fi"},
		{"x.mp3", "Wi-Fi at home", bundle.KindSound, "Wi-Fi at home"},
		{"x\u202ey.png", "", bundle.KindPicture, "x\uFFFDy"},
	} {
		e := bundle.Entry{Item: bundle.Item{Path: c.path, Title: c.title, Kind: c.kind}}
		if got := titleOf(e); got != c.want {
			t.Errorf("%s, %q: %q, want %q", c.path, c.title, got, c.want)
		}
	}
}

// Names that look alike once they are written as titles are told apart, and what was searched for is marked in them.
func TestTitlesOfNames(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"hand_pump.mp3": "a", "hand-pump.mp3": "b"}))
	_, home := s.home()
	contains(t, home, ">hand pump</bdi>", `#1</bdi>`, `#2</bdi>`)
	_, found := s.find("pump")
	contains(t, found, ">hand <mark>pump</mark></bdi>")
}
