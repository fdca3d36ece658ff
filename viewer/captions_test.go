package viewer

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"satchel/viewer/internal/testbundle"

	"satchel/bundle"
)

func TestWebVTT(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"SubRip", "1\r\n00:00:01,500 --> 00:00:03,000\r\nTake the water\r\n<i>from</i> the river\r\n\r\n2\r\n00:00:04,1 --> 00:00:05\r\nBoil\r\n",
			"WEBVTT\n\n00:00:01.500 --> 00:00:03.000\nTake the water\n<i>from</i> the river\n\n00:00:04.100 --> 00:00:05.000\nBoil\n"},
		{"WebVTT", "WEBVTT - title\n\nNOTE x\n\nintro\n01:02.003 --> 01:03.000 align:start line:90% evil:x\na & b &amp; c\n",
			"WEBVTT\n\n00:01:02.003 --> 00:01:03.000 align:start line:90%\na &amp; b &amp; c\n"},
		{"a style block is left out", "WEBVTT\n\nSTYLE\n::cue { background: url(https://site.example/) }\n\n00:01.000 --> 00:02.000\nx\n",
			"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nx\n"},
		{"tags", "00:01.000 --> 00:02.000\n<B>b</b><font color=red>c</font><v Ann>d<script>e 1 < 2 > 0\n",
			"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<b>b</b>cde 1  0\n"},
		{"an arrow in text", "00:01.000 --> 00:02.000\n<b>x\n00:03.000 --> 00:04.000\n",
			"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<b>x\n00:03.000 --&gt; 00:04.000\n"},
		{"nonsense times", "x --> y\nz\n\n00:99.000 --> 00:02.000\n\n1:2:3:4 --> 5\n\n-->\n", "WEBVTT\n"},
		{"UTF-16", "\xff\xfe0\x000\x00:\x000\x001\x00 \x00-\x00-\x00>\x00 \x000\x000\x00:\x000\x002\x00\n\x00\x5c\xd5\n\x00",
			"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n한\n"},
		{"a mark and broken bytes", "\xef\xbb\xbf00:01 --> 00:02\na\xffb", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na\uFFFDb\n"},
	} {
		if got := string(webVTT([]byte(c.in))); got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
}

// What was written reads back the same, and holds no tag but ours.
func FuzzWebVTT(f *testing.F) {
	f.Add([]byte("WEBVTT\n\n00:01.000 --> 00:02.000 align:end\n<b>x</b> & <c.y>z\n"))
	f.Add([]byte("1\n00:00:01,500 --> 00:00:03,000\nx\n"))
	f.Add([]byte("\xff\xfe1\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		out := webVTT(in)
		if again := webVTT(out); string(again) != string(out) {
			t.Errorf("%q is rewritten as %q", out, again)
		}
		text := string(out)
		for _, tag := range cueTags {
			text = strings.ReplaceAll(text, tag, "")
		}
		if strings.Contains(text, "<") || strings.Contains(text, "STYLE\n::") {
			t.Errorf("%q has markup in it", out)
		}
	})
}

func TestTracks(t *testing.T) {
	t.Parallel()
	cue := "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n"
	r := testbundle.New(t, testbundle.Files{
		"film/water.mp4": testbundle.Noise(1000, 1), "film/water.ko.vtt": cue,
		"film/water.en.srt": "1\n00:00:01,0 --> 00:00:02,0\nx\n", "film/water.vtt": cue,
		"film/other.fa.vtt": cue,
	})
	v := New([]*bundle.Reader{r}, Options{})
	p := v.page(&Request{AcceptLanguage: "ko"})
	p.volume = v.volumes[0]
	e, err := r.Lookup("film/water.mp4")
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, track := range p.tracks(e) {
		got += " " + track.Label
		if track.Default {
			got += "*"
		}
		a := v.Serve(context.Background(), &Request{Method: "GET", Path: track.Address})
		body, err := io.ReadAll(a.Body)
		if err != nil || !strings.HasPrefix(string(body), "WEBVTT") || a.Header["Content-Type"][0] != typeVTT {
			t.Errorf("the track %s is %q as %v: %v", track.Label, body, a.Header["Content-Type"], err)
		}
	}
	if want := " 자막 English 한국어*"; got != want {
		t.Errorf("tracks are%s, want%s", got, want)
	}
}

// C24: a line of half tags takes no longer than one of text.
func TestC24HalfTags(t *testing.T) {
	for _, half := range []string{"<", "<b", "<b>a<", "&lt;<"} {
		line := strings.Repeat(half, maxCaptions/len(half)-100)
		begun := time.Now()
		out := webVTT([]byte("00:01.000 --> 00:02.000\n" + line + "\n"))
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("%q again and again: %v", half, took)
		}
		if bytes.Contains(out, []byte("<<")) || len(out) < 1000 {
			t.Errorf("%q again and again: %d bytes, %.60q", half, len(out), out)
		}
	}
}
