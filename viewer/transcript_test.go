package viewer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"satchel/viewer/internal/testbundle"
)

func TestCues(t *testing.T) {
	t.Parallel()
	const file = "\ufeffWEBVTT\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\n1\r\n00:01.500 --> 00:02.000 align:start\r\n<v Ann>Take <b>water</b>\r\n&amp; boil it\r\n\r\n" +
		"01:00:02.000 --> 01:00:04.000\nlater\n\n01:00:04.000 --> 01:00:06.000\nlater\n\nx --> y\nnever\n\n99:99:99.9 --> z\nnor this\n\n00:05.000 --> 00:06.000\n\n"
	got := parseCues(decodeText([]byte(file)))
	want := []cue{{1500 * time.Millisecond, "Take water & boil it"}, {time.Hour + 2*time.Second, "later"}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// What is said in a film can be read beside it, in each language of its captions, and each line leads to its time.
func TestTranscript(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	long.WriteString("WEBVTT\n")
	for i := range 400 {
		fmt.Fprintf(&long, "\n%02d:%02d.000 --> %02d:%02d.900\nline %d\n", i/60, i%60, i/60, i%60, i)
	}
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"f.mp4": "film", "f.ko.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n물 &lt;\n",
		"f.en.vtt": long.String(), "t.mp3": "sound", "t.vtt": "WEBVTT\n\n00:03.000 --> 00:04.000\nspoken\n", "u.mp4": "film"}))
	_, page := s.open(viewItem, "f.mp4")
	contains(t, page, "line 0<", "line 149<", `href="?at=7" data-at="7"`)
	lacks(t, page, "line 150<", "물")
	_, later := s.ask(find(t, page, `href="([^"]+)">Later`))
	contains(t, later, "line 150<", "line 299<", "Earlier")
	address, _ := s.v.sealer.seal(target{viewItem, 0, "f.mp4"})
	_, there := s.ask(address + "?at=200")
	contains(t, there, "line 200<", `#t=200"`)
	lacks(t, there, "line 0<")
	_, korean := s.ask(find(t, page, `href="([^"]+)"><bdi lang="ko">`))
	contains(t, korean, "물 &lt;", `dir="auto" lang="ko"`)
	lacks(t, korean, "line 0<")
	for language, shown := range map[string]string{"en": page, "ko": korean} { // in the film, too
		if got := find(t, shown, `srclang="([^"]+)" default>`); got != language || strings.Count(shown, " default>") != 1 {
			t.Errorf("beside what is said in %s, %s is shown in the film", language, got)
		}
	}
	_, sound := s.open(viewItem, "t.mp3")
	contains(t, sound, "spoken", "0:03")
	_, silent := s.open(viewItem, "u.mp4")
	lacks(t, silent, "What is said")
	for _, bad := range []string{"?at=-5", "?at=x", "?at=99999999999", "?track=9&from=77777", "?track=-2"} {
		if r, page := s.ask(address + bad); r.Status != 200 || strings.Contains(page, "#t=") {
			t.Errorf("%s: %d", bad, r.Status)
		}
	}
}

func FuzzCues(f *testing.F) {
	f.Add("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n")
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range parseCues(s) {
			if c.start < 0 || c.start > (maxSecond+1)*time.Second || strings.ContainsAny(c.text, "\n") {
				t.Errorf("%q has the cue %+v", s, c)
			}
		}
	})
}
