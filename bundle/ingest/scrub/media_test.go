package scrub

import (
	"bufio"
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

const canary = "CANARY-7f3a"

// need skips a test that needs a program that is not there; under CI=true it fails.
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

// run runs a program in a folder and returns what it says.
func run(t testing.TB, dir, program string, args ...string) string {
	t.Helper()
	c := exec.Command(need(t, program), args...)
	c.Dir = dir
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out)
}

// ffmpeg makes a file of about a second and returns its path.
func ffmpeg(t testing.TB, dir, name, args string) string {
	t.Helper()
	all := strings.Fields("-v error -f lavfi -i testsrc=d=1:s=64x48:r=25 -f lavfi -i sine=d=1:sample_rate=44100 " + args)
	run(t, dir, "ffmpeg", append(all, name)...)
	return filepath.Join(dir, name)
}

// clean cleans a file and returns the result and the cleaned bytes. Cleaning them again must find
// nothing.
func clean(t testing.TB, mediaType string, original []byte) (*Result, []byte) {
	t.Helper()
	res, err := File(mediaType, bytes.NewReader(original), int64(len(original)))
	if err != nil {
		t.Fatalf("clean: %v", err)
	}
	out := planned(t, res.Plan, original)
	again, err := File(mediaType, bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatalf("clean what was cleaned: %v", err)
	}
	if len(again.Removed) > 0 {
		t.Errorf("cleaned twice: %v was left, first removed %v", again.Removed, res.Removed)
	}
	return res, out
}

func planned(t testing.TB, p Plan, original []byte) []byte {
	t.Helper()
	out, err := io.ReadAll(p.Reader(bytes.NewReader(original)))
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(out)) != p.Size() {
		t.Fatalf("a plan of %d bytes gave %d", p.Size(), len(out))
	}
	return out
}

// checkNoCanary fails where a cleaned file still has what was planted.
func checkNoCanary(t testing.TB, out []byte) {
	t.Helper()
	le, be := make([]byte, 0, 22), make([]byte, 0, 22)
	for _, u := range utf16.Encode([]rune(canary)) {
		le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
	}
	for name, c := range map[string][]byte{"UTF-8": []byte(canary), "UTF-16LE": le, "UTF-16BE": be} {
		if i := bytes.Index(out, c); i >= 0 {
			t.Errorf("%s in %s at %d: %q", canary, name, i, out[max(0, i-32):min(len(out), i+32)])
		}
	}
}

// checkNoEncoder fails where the name of a program is left. MPEG-4 Visual has it in each stream, and
// decoders choose by it how to compute, so it stays there.
func checkNoEncoder(t *testing.T, c filmCase, out []byte) {
	t.Helper()
	for _, name := range []string{"Lavf", "Lavc", "x264", "x265", "LAME3.", "Xiph", "libopus", "reference libFLAC"} {
		if bytes.Contains(out, []byte(name)) && !strings.Contains(c.args, "mpeg4") {
			t.Errorf("%q is left", name)
		}
	}
}

// allowedTags are the tags that exiftool may find in a cleaned file.
func allowedTags(t testing.TB) map[string]bool {
	t.Helper()
	f, err := os.Open("testdata/allowed-media-tags.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	allowed := map[string]bool{}
	for s := bufio.NewScanner(f); s.Scan(); {
		if line := s.Text(); line != "" && line[0] != '#' {
			tag, reason, _ := strings.Cut(line, " ")
			if strings.TrimSpace(reason) == "" {
				t.Errorf("%s has no reason", tag)
			}
			allowed[tag] = true
		}
	}
	return allowed
}

// checkTags fails for what exiftool finds and the list does not allow. Zeros of dates are nothing.
func checkTags(t testing.TB, path string) {
	t.Helper()
	var tags []map[string]any
	// A format that it does not know is an error, and nothing found.
	out, _ := exec.Command(need(t, "exiftool"), "-j", "-a", "-u", "-ee", "-G0:4", path).Output()
	if err := json.Unmarshal(out, &tags); err != nil {
		t.Fatal(err)
	}
	allowed := allowedTags(t)
	for tag, value := range tags[0] {
		group, _, _ := strings.Cut(tag, ":")
		name := tag[strings.LastIndex(tag, ":")+1:]
		if group == "ExifTool" || group == "File" && name != "Comment" || group == "Composite" || tag == "SourceFile" {
			continue // what exiftool says of itself and of the file system, and makes of the others
		}
		if !allowed[group+":"+name] && value != "0000:00:00 00:00:00" {
			t.Errorf("left: %s = %v", tag, value)
		}
	}
}

// decoded is what pictures and sounds become, and captions. What is said of them before may change.
func decoded(t testing.TB, path string) string {
	t.Helper()
	out := run(t, filepath.Dir(path), "ffmpeg", strings.Fields(
		"-v error -i "+filepath.Base(path)+" -map 0:V? -map 0:a? -map 0:s? -c:s copy -f framemd5 -")...)
	var b strings.Builder
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "#extradata") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// A filmCase is a file that ffmpeg makes.
type filmCase struct {
	name, mediaType, args string
	want                  Result // sizes, duration, title, artist
}

const tagArgs = "-metadata title=" + canary + "-Title -metadata artist=" + canary + "-Artist -metadata comment=" + canary +
	" -metadata location=+48.85837+002.29448/ -metadata creation_time=2021-03-04T05:06:07Z -metadata encoded_by=" + canary +
	" -metadata:s:v handler_name=" + canary + " -metadata:s:a handler_name=" + canary + " "

// checkFilms cleans files of ffmpeg: nothing is left, and all decodes to the same.
func checkFilms(t *testing.T, cases []filmCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			need(t, "exiftool")
			dir := t.TempDir()
			writeInputs(t, dir)
			path := ffmpeg(t, dir, c.name, c.args)
			original, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			res, out := clean(t, c.mediaType, original)
			cleaned := filepath.Join(dir, "cleaned-"+c.name)
			if err := os.WriteFile(cleaned, out, 0o600); err != nil {
				t.Fatal(err)
			}
			checkNoCanary(t, out)
			checkNoEncoder(t, c, out)
			checkTags(t, cleaned)
			if a, b := decoded(t, path), decoded(t, cleaned); a != b {
				t.Errorf("decodes to something else: before\n%s\nafter\n%s", a, b)
			}
			checkSays(t, res, c.want)
			checkCover(t, res, original, strings.HasPrefix(c.name, "cover"))
			t.Log(len(original), len(out), len(res.Plan), res.Removed)
		})
	}
}

// writeInputs writes what some of the films have in them besides picture and sound.
func writeInputs(t *testing.T, dir string) {
	t.Helper()
	var cover bytes.Buffer
	if err := png.Encode(&cover, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"cover.png":    cover.String(),
		"captions.srt": "1\n00:00:00,000 --> 00:00:00,900\nHello\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func checkSays(t *testing.T, got *Result, want Result) {
	t.Helper()
	if got.Width != want.Width || got.Height != want.Height || got.Title != want.Title || got.Artist != want.Artist {
		t.Errorf("says %d×%d %q %q, want %d×%d %q %q", got.Width, got.Height, got.Title, got.Artist,
			want.Width, want.Height, want.Title, want.Artist)
	}
	if d := got.Millis - want.Millis; d < -100 || d > 100 {
		t.Errorf("plays %d ms, want %d", got.Millis, want.Millis)
	}
}

// checkCover fails where a cover is not found, or is no picture.
func checkCover(t *testing.T, res *Result, original []byte, want bool) {
	t.Helper()
	if (res.Cover != nil) != want {
		t.Errorf("cover: %v, want one: %v", res.Cover, want)
	}
	if res.Cover == nil {
		return
	}
	picture := planned(t, Plan{res.Cover.Piece}, original)
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil || res.Cover.Type != "image/png" {
		t.Errorf("cover %s of %d bytes: %v", res.Cover.Type, len(picture), err)
	}
}
