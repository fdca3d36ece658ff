package caption

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// convert returns the tracks of a text without the lines that all have.
func convert(t *testing.T, in string, form Form) string {
	t.Helper()
	_, tracks, err := VTT([]byte(in), form)
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	for i, track := range tracks {
		if i > 0 {
			out.WriteString("== " + track.Language + "\n")
		}
		text, ok := strings.CutPrefix(string(track.VTT), "WEBVTT\n\n")
		if !ok || strings.Count(text, " --> ") != track.Cues {
			t.Errorf("%d cues in\n%s", track.Cues, track.VTT)
		}
		out.WriteString(text)
	}
	return out.String()
}

type testCase struct {
	name     string
	in, want string
}

func check(t *testing.T, form Form, cases []testCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := convert(t, c.in, form); got != c.want {
				t.Errorf("\nin   %q\ngot  %q\nwant %q", c.in, got, c.want)
			}
		})
	}
}

const subRip = "\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\nTake the water\r\n<i>from</i> the river\r\n\r\n" +
	"2\r\n00:00:04,100 --> 00:00:05,000\r\nBoil it\r\n"

func TestSubRip(t *testing.T) {
	t.Parallel()
	check(t, SubRip, []testCase{
		{"mark, CRLF, commas", subRip,
			"00:00:01.500 --> 00:00:03.000\nTake the water\n<i>from</i> the river\n\n00:00:04.100 --> 00:00:05.000\nBoil it\n"},
		{"old Mac line ends", "1\r00:00:01,000 --> 00:00:02,000\ra\r", "00:00:01.000 --> 00:00:02.000\na\n"},
		{"no blank lines", "1\n00:00:01,000 --> 00:00:02,000\na\n2\n00:00:03,000 --> 00:00:04,000\nb\n",
			"00:00:01.000 --> 00:00:02.000\na\n\n00:00:03.000 --> 00:00:04.000\nb\n"},
		{"blank lines between all lines", "1\n\n00:00:01,000 --> 00:00:02,000\n\na\n\nb\n\n2\n\n00:00:03,000 --> 00:00:04,000\n\nc\n",
			"00:00:01.000 --> 00:00:02.000\na\nb\n\n00:00:03.000 --> 00:00:04.000\nc\n"},
		{"a number as text, in a file without numbers", "00:00:01,000 --> 00:00:02,000\n42\n\n00:00:03,000 --> 00:00:04,000\nb\n",
			"00:00:01.000 --> 00:00:02.000\n42\n\n00:00:03.000 --> 00:00:04.000\nb\n"},
		{"dots, one digit, colons before thousandths, blanks",
			"0:0:1.5 --> 0:0:2.25\na\n\n00:00:03:000 -> 00:00:04:500\nb\n\n00: 00: 05, 000 --> 00: 00: 06, 000  X1:10 Y1:2\nc\n",
			"00:00:01.500 --> 00:00:02.250\na\n\n00:00:03.000 --> 00:00:04.500\nb\n\n00:00:05.000 --> 00:00:06.000\nc\n"},
		{"Persian digits", "۰۰:۰۰:۰۱,۰۰۰ --> ۰۰:۰۰:۰۲,۰۰۰\nآب\n", "00:00:01.000 --> 00:00:02.000\nآب\n"},
		{"in disorder", "00:00:03,000 --> 00:00:04,000\nb\n\n00:00:01,000 --> 00:00:09,000\na\n",
			"00:00:01.000 --> 00:00:09.000\na\n\n00:00:03.000 --> 00:00:04.000\nb\n"},
		{"the end before the start", "00:00:03,000 --> 00:00:02,000\na\n\n00:00:04,000 --> 00:00:04,000\nb\n",
			"00:00:03.000 --> 00:00:04.000\na\n\n00:00:04.000 --> 00:00:09.000\nb\n"},
		{"the same again", "00:00:01,000 --> 00:00:02,000\na\n\n00:00:02,000 --> 00:00:03,000\na\n\n00:00:09,000 --> 00:00:10,000\na\n",
			"00:00:01.000 --> 00:00:03.000\na\n\n00:00:09.000 --> 00:00:10.000\na\n"},
		{"tags", "00:00:01,000 --> 00:00:02,000\n<B>b <font color=\"red\">c</B> d</font> <script>e</script> <u>x\n{\\an8}y {not}\n",
			"00:00:01.000 --> 00:00:02.000\n<b>b c</b> d e <u>x</u>\n<u>y {not}</u>\n"},
		{"text that is no tag", "00:00:01,000 --> 00:00:02,000\nI <3 you & 1 < 2 > 0 <- x --> y <한국>\n",
			"00:00:01.000 --> 00:00:02.000\nI &lt;3 you &amp; 1 &lt; 2 &gt; 0 &lt;- x --&gt; y &lt;한국&gt;\n"},
		{"overrides of ASS", "00:00:01,000 --> 00:00:02,000\n{\\an8}a {<x>\\c}d {{\\e}\\f}g {h} &#123;\\i}j {\\k\n{\\an8}\nl}\n",
			"00:00:01.000 --> 00:00:02.000\na d g {h} j {\\k\nl}\n"},
		{"entities", "00:00:01,000 --> 00:00:02,000\n&lt;i&gt; &amp;amp; AT&T &copy &#47; &nbsp;x&nbsp;\n",
			"00:00:01.000 --> 00:00:02.000\n&lt;i&gt; &amp;amp; AT&amp;T &amp;copy / \u00a0x\n"},
		{"what nobody sees", "00:00:01,000 --> 00:00:02,000\na\u0007\U000E0041b\ufeff\tc\n\u200b\n&nbsp;\n",
			"00:00:01.000 --> 00:00:02.000\nab c\n"},
		{"a broken time takes its text with it", "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:99,000 --> 00:00:02\nb\n\n3\n00:00:03,000 --> 00:00:04,000\nc\n",
			"00:00:01.000 --> 00:00:02.000\na\n\n00:00:03.000 --> 00:00:04.000\nc\n"},
		{"the author's header", "Subtitles by Ann <ann@site.example>\n\n1\n00:00:01,000 --> 00:00:02,000\na\n", "00:00:01.000 --> 00:00:02.000\na\n"},
		{"nothing", "x --> y\nz\n\n1:2:3:4:5 --> 5\n\n-->\n", ErrFormat.Error()},
		{"broken bytes", "00:00:01,000 --> 00:00:02,000\na\xffb\n", "00:00:01.000 --> 00:00:02.000\na\ufffdb\n"},
	})
}

func TestWebVTT(t *testing.T) {
	t.Parallel()
	check(t, WebVTT, []testCase{
		{"header, notes, styles, names of cues", "WEBVTT - by Ann\nKind: captions\nLanguage: ko\n\nNOTE made with x\nsecret\n\n" +
			"STYLE\n::cue { background: url(https://site.example/) }\n\nREGION\nid:a\n\nintro\n01:02.003 --> 01:03.000 align:start line:90% evil:x\na & b &amp; c\n",
			"00:01:02.003 --> 00:01:03.000\na &amp; b &amp; c\n"},
		{"a cue in a note", "WEBVTT\n\nNOTE\n00:01.000 --> 00:02.000\nold\n\n00:03.000 --> 00:04.000\nnew\n", "00:00:03.000 --> 00:00:04.000\nnew\n"},
		{"text after a blank line", "WEBVTT\n\n00:01.000 --> 00:02.000\na\n\nb\n\n00:03.000 --> 00:04.000\nc\n",
			"00:00:01.000 --> 00:00:02.000\na\n\n00:00:03.000 --> 00:00:04.000\nc\n"},
		{"no blank line", "WEBVTT\n00:01.000 --> 00:02.000\n<b>x\n00:03.000 --> 00:04.000\ny\n",
			"00:00:01.000 --> 00:00:02.000\n<b>x</b>\n\n00:00:03.000 --> 00:00:04.000\ny\n"},
		{"voices, classes, times in text", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann><c.red>a</c> <00:01.500><b.loud>b</b></v> <lang en>c\n",
			"00:00:01.000 --> 00:00:02.000\na <b>b</b> c\n"},
		{"ruby", "WEBVTT\n\n00:01.000 --> 00:02.000\n<ruby>水<rp>(</rp><rt>みず</rt><rp>)</rp></ruby>を<rt>x</rt>\n",
			"00:00:01.000 --> 00:00:02.000\n<ruby>水<rt>みず</rt></ruby>をx\n"},
		{"crossed tags", "WEBVTT\n\n00:01.000 --> 00:02.000\n<i>a<b>b</i>c\nd</b></u>e\n",
			"00:00:01.000 --> 00:00:02.000\n<i>a</i><b><i>b</i>c</b>\n<b>d</b>e\n"},
	})
}

const sami = `<SAMI>
<HEAD>
<TITLE>Made by Ann</TITLE>
<STYLE TYPE="text/css">
<!--
P { margin-left:8pt; font-family:굴림; }
.KRCC { Name:한국어; lang:ko-KR; SAMIType:CC; }
.ENCC { Name:English; lang:en-US; SAMIType:CC; }
#Source { Name: x; }
-->
</STYLE>
</HEAD>
<BODY>
<!-- ann@site.example -->
<SYNC Start=1000><P Class=KRCC>물을<br>
끓이세요 &amp; <i>기다</i>리세요
<SYNC Start=1000><P Class=ENCC>Boil the water
<SYNC Start=3000><P Class=KRCC>&nbsp;
<SYNC Start=3500><P Class=ENCC>&nbsp;
<SYNC Start=4000>
<P Class=KRCC><font color="#ff0000">불</font> <하하>
</BODY>
</SAMI>
`

func TestSAMI(t *testing.T) {
	t.Parallel()
	check(t, SAMI, []testCase{
		{"two languages", sami, "00:00:01.000 --> 00:00:03.000\n물을\n끓이세요 &amp; <i>기다</i>리세요\n\n00:00:04.000 --> 00:00:09.000\n불 &lt;하하&gt;\n" +
			"== en-US\n00:00:01.000 --> 00:00:03.500\nBoil the water\n"},
		{"no head, CRLF, quotes, units", "<sync start=\"1000ms\">\r\n<p class='KRCC' ID=Source>a\r\n<sync start='2000'><p class=krcc>&nbsp;",
			"00:00:01.000 --> 00:00:02.000\na\n"},
		{"no paragraphs", "<SYNC Start=1000>a<SYNC Start=2000>&nbsp;", "00:00:01.000 --> 00:00:02.000\na\n"},
		{"no class", "<style>.KRCC {lang:ko-KR}</style><SYNC Start=1000><P>a<SYNC Start=2000><P Class=KRCC>b",
			"00:00:01.000 --> 00:00:02.000\na\n\n00:00:02.000 --> 00:00:07.000\nb\n"},
		{"unclosed tags", "<STYLE><!-- .A {lang:en}\n<BODY><SYNC Start=1000><P Class=A <b>a<b>b</P><SYNC Start=2000><P Class=A>c<SYNC",
			"00:00:01.000 --> 00:00:02.000\n<b>ab</b>\n\n00:00:02.000 --> 00:00:07.000\nc&lt;SYNC\n"},
		{"an unclosed title", "<HEAD><TITLE>Ann<BODY><SYNC Start=1><P>a<SYNC Start=9><P>&nbsp;", "00:00:00.001 --> 00:00:00.009\na\n"},
		{"two files in one", "<SYNC Start=1000><P>a</BODY></SAMI><SAMI><TITLE>Ann</TITLE><BODY><SYNC Start=2000><P>b<SYNC Start=3000><P>&nbsp;",
			"00:00:01.000 --> 00:00:02.000\na\n\n00:00:02.000 --> 00:00:03.000\nb\n"},
		{"in disorder", "<SYNC Start=3000><P>b<SYNC Start=1000><P>a<SYNC Start=4000><P>&nbsp;",
			"00:00:01.000 --> 00:00:03.000\na\n\n00:00:03.000 --> 00:00:04.000\nb\n"},
		{"two lines at one time", "<SYNC Start=1000><P>a<SYNC Start=1000><P>b<SYNC Start=2000><P>&nbsp;",
			"00:00:01.000 --> 00:00:02.000\na\n\n00:00:01.000 --> 00:00:02.000\nb\n"},
		{"times that are none", "<SYNC Start=-5><P>a<SYNC Start=x><P>b<SYNC><P>c<SYNC Start=99999999999999999999><P>d", ErrFormat.Error()},
	})
}

func TestSAMILanguages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ head, class, want string }{
		{".KRCC {Name:Korean; lang:ko-KR;}", "KRCC", "ko-KR"},
		{".KRCC {Name:Korean; lang:kr-KR;}", "KRCC", "ko-KR"},
		{".A {lang:\"en_us\"}", "a", "en-US"},
		{".A {lang:zh-hant-tw}", "A", "zh-Hant-TW"},
		{".A {Name:영어}", "A", "en"},
		{".A {Name:x; lang:<script>}", "A", ""},
		{"", "EGCC", "en"},
		{"", "JPCC", "ja"},
		{"", "SUBTTL", ""},
	} {
		in := "<STYLE>" + c.head + "</STYLE><SYNC Start=1><P Class=" + c.class + ">a"
		_, tracks, err := VTT([]byte(in), SAMI)
		if err != nil || len(tracks) != 1 || tracks[0].Language != c.want {
			t.Errorf("%s: %+v, %v; want the language %q", in, tracks, err, c.want)
		}
	}
}

const ass = "\ufeff[Script Info]\r\n; Script generated by Aegisub\r\nTitle: x\r\nOriginal Script: Ann\r\n\r\n[V4+ Styles]\r\n" +
	"Format: Name, Fontname\r\nStyle: Default,Arial\r\n\r\n[Events]\r\n" +
	"Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n" +
	"Comment: 0,0:00:00.00,0:00:09.00,Default,Ann,0,0,0,,not this\r\n" +
	"Dialogue: 0,0:00:03.00,0:00:04.50,Default,Ann,0,0,0,,{\\an8\\blur2\\i1}Boil{\\i0}, then\\Nwait & <b>see\r\n" +
	"Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{a comment}Water\r\n"

func TestASS(t *testing.T) {
	t.Parallel()
	event := func(text string) string {
		return "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,," + text
	}
	cue := "00:00:01.000 --> 00:00:02.000\n"
	check(t, ASS, []testCase{
		{"a script", ass, cue + "Water\n\n00:00:03.000 --> 00:00:04.500\n<i>Boil</i>, then\nwait &amp; &lt;b&gt;see\n"},
		{"SSA", "[Events]\nFormat: Marked, Start, End, Style, Text\nDialogue: Marked=0,0:00:01.00,0:00:02.00,Default,a, b\n", cue + "a, b\n"},
		{"drawings", event(`{\p1}m 0 0 l 10 10{\p0}a{\pos(1,2)\pbo3}b`), cue + "ab\n"},
		{"bold, reset", event(`{\b700}a{\b0}b{\u1\b1}c{\rBig}d`), cue + "<b>a</b>b<b><u>c</u></b>d\n"},
		{"breaks", event(`a\Nb\nc\hd\N\N`), cue + "a\nb c\u00a0d\n"},
		{"an open brace", event(`a {b`), cue + "a {b\n"},
		{"the same in layers and frames", event("a\nDialogue: 1,0:00:01.00,0:00:02.00,D,,0,0,0,,{\\pos(1,1)}a\nDialogue: 1,0:00:02.04,0:00:03.00,D,,0,0,0,,a"),
			"00:00:01.000 --> 00:00:03.000\na\n"},
		{"too few fields", "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,a\nFormat: Text, Start, End\nFormat:\n", ErrFormat.Error()},
		{"other sections", "[Fonts]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,a\n", ErrFormat.Error()},
	})
}

func TestMicroDVD(t *testing.T) {
	t.Parallel()
	check(t, MicroDVD, []testCase{
		{"with a rate", "{1}{1}25.000\n{25}{75}{c:$0000ff}Take|{y:i}the water\n{100}{150}{Y:b}a|b\n",
			"00:00:01.000 --> 00:00:03.000\nTake\n<i>the water</i>\n\n00:00:04.000 --> 00:00:06.000\n<b>a</b>\n<b>b</b>\n"},
		{"without", "{24}{48}/a|b\n", "00:00:01.001 --> 00:00:02.002\n<i>a</i>\nb\n"},
		{"no end", "{1}{1}10\n{10}{}a\n{30}{}b\n{DEFAULT}{}{C:$ff}\n", "00:00:01.000 --> 00:00:03.000\na\n\n00:00:03.000 --> 00:00:08.000\nb\n"},
		{"a rate that is none", "{1}{1}NaN\n", "00:00:00.041 --> 00:00:05.041\nNaN\n"},
	})
}

func TestMPL2(t *testing.T) {
	t.Parallel()
	check(t, MPL2, []testCase{
		{"cues", "[10][30]/Take|the water\n[40][55]b\n", "00:00:01.000 --> 00:00:03.000\n<i>Take</i>\nthe water\n\n00:00:04.000 --> 00:00:05.500\nb\n"},
		{"nonsense", "[a][30]x\n[1]y\n[x\n", ErrFormat.Error()},
	})
}

// samples are one text of each form.
var samples = map[Form]string{
	SubRip: subRip, WebVTT: "WEBVTT\n\n00:01.000 --> 00:02.000\n<b>a\n", SAMI: sami, ASS: ass,
	MicroDVD: "{1}{1}25\n{25}{50}a|b\n", MPL2: "[10][30]a|b\n",
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for form, text := range samples {
		if got := Detect([]byte(text)); got != form {
			t.Errorf("form %d is taken for %d:\n%s", form, got, text)
		}
	}
	for _, text := range []string{"", "hello\n", "a -> b\n", "{a}{b}c\n"} {
		if got := Detect([]byte(text)); got != Any {
			t.Errorf("%q is taken for form %d", text, got)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	cues := func(n int, same bool) string {
		var b strings.Builder
		for i := range n {
			text := i
			if same {
				text = 0
			}
			fmt.Fprintf(&b, "[%d][%d]%d\n", i, i+1, text)
		}
		return b.String()
	}
	var classes strings.Builder
	for i := range MaxTracks + 1 {
		fmt.Fprintf(&classes, "<SYNC Start=1><P Class=C%d>a", i)
	}
	for _, c := range []struct {
		name, in string
		form     Form
		want     error
	}{
		{"a large file", strings.Repeat("x", MaxText+1), SubRip, ErrLimit},
		{"the largest file", strings.Repeat("x", MaxText), SubRip, ErrFormat},
		{"many cues", cues(MaxCues, false), MPL2, nil},
		{"too many cues", cues(MaxCues+1, false), MPL2, ErrLimit},
		{"many that are one", cues(MaxCues+1, true), MPL2, nil},
		{"a long cue", "[1][2]" + strings.Repeat("x", maxCue), MPL2, nil},
		{"a cue that is too long", "[1][2]" + strings.Repeat("x", maxCue+1), MPL2, ErrLimit},
		{"too many tracks", classes.String(), SAMI, ErrLimit},
		{"too many classes", "<SYNC Start=1>" + manyClasses(), SAMI, ErrLimit},
		{"a large track", largeTrack(), MPL2, ErrLimit},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			vtt, tracks, err := VTT([]byte(c.in), c.form)
			if !errors.Is(err, c.want) || err != nil && (vtt != nil || tracks != nil) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func manyClasses() string {
	var b strings.Builder
	for i := range maxClasses + 1 {
		fmt.Fprintf(&b, "<P Class=c%d>", i)
	}
	return b.String()
}

func largeTrack() string {
	var b strings.Builder
	for i := range MaxVTT/maxCue + 1 {
		fmt.Fprintf(&b, "[%d0][%d5]%s\n", i, i, strings.Repeat("x", maxCue))
	}
	return b.String()
}

// Whatever the text, reading takes time in proportion to it.
func TestTime(t *testing.T) {
	if testing.Short() {
		t.Skip("the time it takes says nothing under the race detector")
	}
	t.Parallel()
	const size = 256 << 10
	for _, unit := range []string{"<", "<b", "<b>", "<!--", "&", "&#", "{\\", "{", "<i>x", "<P Class=", "<SYNC Start=1>",
		"<SYNC Start=1><P Class=A>x", "00:01 --> 00:02\n", "00:01 --> 00:02\nx\n", "\n", "x\n", " ", "{1}{2}", "{1}{2}{y:i}",
		"[1][2]|", "Dialogue:,,,,,,,,,,\n", "<style>.a{", ".a{}", "<ruby><rt>x", "<p class class class "} {
		for form := range samples {
			prefix := map[Form]string{SubRip: "00:01 --> 00:02\n", WebVTT: "00:01 --> 00:02\n", SAMI: "<SYNC Start=1><P>",
				ASS: "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,,,,,", MPL2: "[1][2]", MicroDVD: "{1}{2}"}[form]
			in := []byte(prefix + strings.Repeat(unit, size/len(unit)))
			began := time.Now()
			_, _, err := VTT(in, form)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%d bytes of %q as form %d: %v, %v", size, unit, form, took, err)
			}
		}
	}
}

// What ffmpeg reads of the output are the times that it reads of the input.
func TestSecondOpinion(t *testing.T) {
	t.Parallel()
	ffmpeg := need(t, "ffmpeg")
	dir := t.TempDir()
	for form, name := range map[Form]string{SubRip: "srt", ASS: "ass", MicroDVD: "microdvd", MPL2: "mpl2", WebVTT: "webvtt"} {
		in, out := filepath.Join(dir, name), filepath.Join(dir, name+".vtt")
		vtt, _, err := VTT([]byte(samples[form]), form)
		if err != nil {
			t.Fatal(err)
		}
		write(t, in, []byte(samples[form]))
		write(t, out, vtt)
		want, got := times(t, ffmpeg, name, in), times(t, ffmpeg, "webvtt", out)
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("form %d: ffmpeg reads %v of ours, and %v of the original", form, got, want)
		}
	}
}

func write(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

var timesLine = regexp.MustCompile(`[0-9:,]+ --> [0-9:,]+`)

func times(t *testing.T, ffmpeg, form, name string) []string {
	t.Helper()
	out, err := exec.Command(ffmpeg, "-v", "error", "-f", form, "-i", name, "-f", "srt", "-").Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	found := timesLine.FindAllString(string(out), -1)
	slices.Sort(found)
	return found
}

// need returns the path of a program that a test cannot do without.
func need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

// allowed is all that may stand in a track.
var allowed = regexp.MustCompile(`\AWEBVTT\n(\n\d\d+:\d\d:\d\d\.\d{3} --> \d\d+:\d\d:\d\d\.\d{3}\n([^\n]+\n)+)+\z`)

var tagOrAmp = regexp.MustCompile(`</?(b|i|u|ruby|rt)>|&(amp|lt|gt);`)

func FuzzVTT(f *testing.F) {
	for form, text := range samples {
		f.Add([]byte(text), int(form))
		f.Add([]byte(text), int(Any))
	}
	f.Fuzz(func(t *testing.T, in []byte, form int) {
		vtt, tracks, err := VTT(in, Form(form))
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrLimit) {
				t.Error(err)
			}
			return
		}
		if !bytes.Equal(vtt, tracks[0].VTT) {
			t.Error("the first track is another")
		}
		for _, track := range tracks {
			if !allowed.Match(track.VTT) {
				t.Fatalf("not WebVTT of ours:\n%q", track.VTT)
			}
			text := strings.ReplaceAll(string(tagOrAmp.ReplaceAll(track.VTT, nil)), " --> ", "")
			if strings.ContainsAny(text, "<>&\x00\r") {
				t.Fatalf("more than text and tags of ours:\n%q", track.VTT)
			}
			again, _, err := VTT(track.VTT, WebVTT)
			if err != nil || !bytes.Equal(again, track.VTT) {
				t.Fatalf("not the same again: %v\n1st %q\n2nd %q", err, track.VTT, again)
			}
		}
	})
}
