package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"satchel/bundle/sign"
)

// sameID returns a key that has the key id of another, which costs an attacker nothing.
func sameID(t testing.TB, k sign.PrivateKey) sign.PrivateKey {
	t.Helper()
	other, err := sign.GenerateKey(io.MultiReader(
		bytes.NewReader(bytes.Repeat([]byte{1, 3, 1}, 3)[:8]), bytes.NewReader(bytes.Repeat([]byte{9}, 32))))
	if err != nil {
		t.Fatal(err)
	}
	if other.Public().ID() != k.Public().ID() || other.Public() == k.Public() {
		t.Fatalf("key ids %s and %s", other.Public().ID(), k.Public().ID())
	}
	return other
}

// TestA06EmbeddedKey: the key that a bundle brings along has the publisher's id and is
// another. The pin wins, in whatever form it was given.
func TestA06EmbeddedKey(t *testing.T) {
	t.Parallel()
	key := testKey(t, 1)
	forger := sameID(t, key)
	both := []sign.PublicKey{key.Public()}
	for what, o := range map[string]Options{
		"the forger's key alone": {Signers: []sign.PrivateKey{forger}},
		"both keys named":        {Signers: []sign.PrivateKey{forger}, Keys: both},
	} {
		r := open(t, create(t, honest(), o))
		for form, p := range map[string]sign.Pin{"key": sign.NewPin(key.Public()), "fingerprint": pin(t, key.Public())} {
			if s := r.Standing(p); s.Verdict == Trusted || s.Known && s.Publisher == key.Public() {
				t.Errorf("%s, pinned by its %s: %+v", what, form, s)
			}
		}
		if s := r.Standing(pin(t, forger.Public())); s.Verdict != Trusted || s.Publisher != forger.Public() {
			t.Errorf("%s: to those who trust the forger: %+v", what, s)
		}
	}
}

// A guard is a store that says what is read beyond MANIFEST and signatures.
type guard struct {
	store
	asked *[]string
}

func (g guard) file(name string, offset, size int64) io.ReaderAt {
	*g.asked = append(*g.asked, name)
	return g.store.file(name, offset, size)
}

// A watched is a ZIP that notes the places read behind its head, but for its end, where
// MANIFEST stands once more.
type watched struct {
	*bytes.Reader
	end   int64 // from where on it may be read
	asked *[]string
}

func (w watched) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > headSize && off < w.end {
		*w.asked = append(*w.asked, fmt.Sprintf("%d bytes at %d", len(p), off))
	}
	return w.Reader.ReadAt(p, off)
}

// TestA22OrderOfTrust: where the signature does not hold, no page of the index, no frame and
// no member is read, so nothing can be parsed either.
func TestA22OrderOfTrust(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(*forgery){
		"nothing": func(*forgery) {},
		"a signature of something else": func(f *forgery) {
			f.signer = func([]byte) sigFile { return sigFile{signatureName, f.key.Sign([]byte("a letter"))} }
		},
		"a signature with a flipped bit": func(f *forgery) {
			f.signer = func(text []byte) sigFile {
				b := f.key.Sign(text)
				b[100] ^= 2
				return sigFile{signatureName, b}
			}
		},
		"no signature but junk": func(f *forgery) {
			f.signer = func([]byte) sigFile { return sigFile{signatureName, []byte("junk")} }
		},
		"a signature by a key of the same id": func(f *forgery) {
			f.signer = func(text []byte) sigFile { return sigFile{signatureName, sameID(t, f.key).Sign(text)} }
		},
		"a MANIFEST of a later version": func(f *forgery) {
			f.text = func(s string) string { return strings.Replace(s, magic, "# satchel bundle v2", 1) }
		},
		"a MANIFEST in another spelling": func(f *forgery) {
			f.text = func(s string) string { return strings.Replace(s, "# index ", "# index 0", 1) }
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := forge(t)
			spoil(f)
			var asked []string
			data := f.zip(t)
			end := int64(len(data)) - maxTail - 100
			if end < 10*headSize {
				t.Fatal("the end that may be read is much of what there is")
			}
			_, err := NewReader(watched{bytes.NewReader(data), end, &asked}, int64(len(data)))
			wantUnread(t, "ZIP", what == "nothing", err, asked)
			s, err := openStore(f.folder(t))
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			asked = nil
			_, err = newReader(guard{s, &asked})
			wantUnread(t, "folder", what == "nothing", err, asked)
		})
	}
}

// wantUnread checks that what was refused was not read; and what was opened was, or the
// instrument sees nothing.
func wantUnread(t *testing.T, form string, good bool, err error, asked []string) {
	t.Helper()
	if good != (err == nil) || good != (len(asked) > 0) {
		t.Errorf("%s: %v, after reading %q", form, err, asked)
	}
}

// TestB05IssueNumbers: a number has one spelling, from 1 to 2^32-1, also when the one that
// wrote another has signed it.
func TestB05IssueNumbers(t *testing.T) {
	t.Parallel()
	for _, n := range []string{"0", "-1", "01", "00", "+1", "1e3", "1.0", "1.", "0x1", "1_000", " 1", "1 ", "",
		"4294967296", "18446744073709551617", "99999999999999999999999", "１", "۱", "one", "1\t", "1\r"} {
		f := forge(t)
		f.header = func(m *manifest) { m.series, m.issue = "weekly", 7 }
		f.text = func(s string) string { return strings.Replace(s, "# issue 7\n", "# issue "+n+"\n", 1) }
		refusedManifest(t, fmt.Sprintf("issue %q", n), f)
	}
	for _, n := range []uint32{1, 4294967295} {
		f := forge(t)
		f.header = func(m *manifest) { m.series, m.issue = "weekly", n }
		data := f.zip(t)
		r, err := NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil || r.Info().Issue != n {
			t.Errorf("issue %d: %v", n, err)
		}
	}
}

// refusedManifest checks that MANIFEST is refused, though its signature holds.
func refusedManifest(t *testing.T, what string, f *forgery) {
	t.Helper()
	text, _, _, _ := f.seal(t)
	if m, err := parseManifest(text); err == nil || m != nil {
		t.Errorf("%s: parsed, %v", what, err)
		return
	}
	data := f.zip(t)
	_, err := NewReader(bytes.NewReader(data), int64(len(data)))
	var v *VerdictError
	switch {
	case errors.Is(err, ErrNotBundle): // its first line is another
	case !errors.As(err, &v):
		t.Errorf("%s: %v, want a verdict", what, err)
	case v.Reason == ReasonManifest && !errors.Is(err, ErrFormat), v.Reason == ReasonNewer && !errors.Is(err, ErrNewer):
		t.Errorf("%s: %v", what, err)
	case v.Reason == ReasonSignature && len(namedKeys(text)) == 0: // its key is no longer to be found
	case v.Reason != ReasonManifest && v.Reason != ReasonNewer:
		t.Errorf("%s: %v, want %s or %s", what, err, ReasonManifest, ReasonNewer)
	}
}

// full is a MANIFEST with every kind of line.
func full(f *forgery) {
	f.header = func(m *manifest) {
		m.series, m.issue, m.extra = "weekly", 41, []string{"later yes"}
	}
}

// TestC15Numbers: every number in MANIFEST has one spelling.
func TestC15Numbers(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"# root ", "# index ", "# MEMBERS "} {
		for _, spell := range []func(n string) string{
			func(n string) string { return "0" + n },
			func(n string) string { return "+" + n },
			func(n string) string { return "-" + n },
			func(n string) string { return n + ".0" },
			func(n string) string { return n + "e0" },
			func(n string) string { return "0x" + n },
			func(n string) string { return n[:1] + "_" + n[1:] },
			func(n string) string { return " " + n },
			func(n string) string { return strings.Map(func(r rune) rune { return r - '0' + '۰' }, n) },
			func(n string) string { return strings.Map(func(r rune) rune { return r - '0' + '０' }, n) },
			func(string) string { return "18446744073709551616" },
			func(string) string { return "9223372036854775808" },
			func(string) string { return "" },
		} {
			f := forge(t)
			full(f)
			var put string
			f.text = func(s string) string {
				before, rest, _ := strings.Cut(s, line)
				n, after, _ := strings.Cut(rest, " ")
				put = line + spell(n)
				return before + put + " " + after
			}
			f.seal(t)
			refusedManifest(t, fmt.Sprintf("%q", put), f)
		}
	}
}

// TestC16Spelling: MANIFEST has one encoding. Everything else that could be meant by the
// same is refused, though it is signed.
func TestC16Spelling(t *testing.T) {
	t.Parallel()
	f := forge(t)
	full(f)
	text, _, _, _ := f.seal(t)
	lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	try := func(what, put string) {
		t.Helper()
		if put == string(text) {
			t.Fatalf("%s changes nothing", what)
		}
		f.text = func(string) string { return put }
		refusedManifest(t, fmt.Sprintf("%s: %q", what, put), f)
	}
	for i := range lines {
		if i > 0 {
			swapped := slices.Clone(lines)
			swapped[i-1], swapped[i] = lines[i], lines[i-1]
			try("lines swapped", strings.Join(swapped, ""))
		}
		if !strings.HasPrefix(lines[i], "# x-") { // which anything may follow
			try("a line twice", strings.Join(slices.Insert(slices.Clone(lines), i, lines[i]), ""))
			for _, end := range []string{" \n", "\t\n", "\r\n", "\n\n", "\x00\n", ""} {
				changed := slices.Clone(lines)
				changed[i] = strings.TrimSuffix(lines[i], "\n") + end
				try("another line end", strings.Join(changed, ""))
			}
		}
	}
	for at, c := range string(text) {
		before, after := string(text[:at]), string(text[at+1:])
		switch {
		case strings.HasPrefix(string(text[at:]), " yes"):
		case c == ' ':
			try("a tab", before+"\t"+after)
			try("two spaces", before+"  "+after)
			try("a wide space", before+"\u00a0"+after)
		case 'a' <= c && c <= 'f' && strings.Contains(after, "  index") && strings.Contains(before, "x-later yes\n"):
			try("a capital", before+strings.ToUpper(string(c))+after)
		}
	}
	try("a byte order mark", "\ufeff"+string(text))
	try("an empty line in front", "\n"+string(text))
	try("a line behind", string(text)+"# x-behind\n")
}

// TestH08NewerFormat: a reader that is too old says so, and what the signature is worth.
func TestH08NewerFormat(t *testing.T) {
	t.Parallel()
	for first, edit := range map[string]func(string) string{
		"version 2": func(s string) string { return strings.Replace(s, magic, "# satchel bundle v2", 1) },
		"a line that must be understood": func(s string) string {
			return strings.Replace(s, "# root ", "# encrypted yes\n# root ", 1)
		},
	} {
		for what, c := range map[string]struct {
			sign    func(f *forgery, text []byte) []byte
			verdict Verdict
			reason  string
		}{
			"signed":            {func(f *forgery, text []byte) []byte { return f.key.Sign(text) }, Unknown, ReasonNewer},
			"signed by another": {func(_ *forgery, text []byte) []byte { return testKey(t, 9).Sign(text) }, Changed, ReasonSignature},
			"signed for something else": {func(f *forgery, text []byte) []byte { return f.key.Sign(text[1:]) },
				Changed, ReasonSignature},
		} {
			f := forge(t)
			f.text = edit
			f.signer = func(text []byte) sigFile { return sigFile{signatureName, c.sign(f, text)} }
			data := f.zip(t)
			_, err := NewReader(bytes.NewReader(data), int64(len(data)))
			var v *VerdictError
			if !errors.As(err, &v) || v.Verdict != c.verdict || v.Reason != c.reason || !errors.Is(err, ErrNewer) && c.reason == ReasonNewer {
				t.Errorf("%s, %s: %v, want %s (%s)", first, what, err, c.verdict, c.reason)
			}
		}
		f := forge(t)
		f.text = edit
		name := f.folder(t)
		if err := os.Remove(filepath.Join(name, signatureName)); err != nil {
			t.Fatal(err)
		}
		_, err := Open(name)
		var v *VerdictError
		if !errors.As(err, &v) || v.Verdict != Unsigned || v.Reason != ReasonNewer {
			t.Errorf("%s, unsigned: %v, want %s (%s)", first, err, Unsigned, ReasonNewer)
		}
	}
}

// issue is like another in everything but its content: the same paths, sizes and places.
func issue(n uint64) memory {
	m := memory{}
	for path, t := range map[string]Item{
		"a.html":   {Kind: KindPage, Type: "text/html; charset=utf-8", Title: "A"},
		"d/b.html": {Kind: KindPage, Type: "text/html; charset=utf-8", Title: "B"},
		"c.png":    {Kind: KindPicture, Type: "image/png", Title: "C"},
		"e.mp4":    {Kind: KindVideo, Type: "video/mp4", Title: "E"},
		"f.mp4":    {Kind: KindVideo, Type: "video/mp4", Title: "F"},
		"g.mp4":    {Kind: KindVideo, Type: "video/mp4", Title: "G"},
	} {
		size := 5000
		if t.Kind == KindVideo {
			size = ownMedia + 10
		}
		m[path] = thing{t, goldenNoise(n*100+uint64(path[0]), size)}
	}
	return m
}

// served checks that every item of r is that of want or an error, and returns the paths of
// those that were an error. It is told apart from damage by the error alone.
func served(t *testing.T, what string, r *Reader, want memory) (lost []string) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(want)) {
		got, err := fs.ReadFile(r, path)
		switch {
		case err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrMissing):
			t.Errorf("%s: %q: %v, want ErrDamaged or ErrMissing", what, path, err)
		case err != nil:
			lost = append(lost, path)
		case !bytes.Equal(got, want[path].data):
			t.Errorf("%s: %q reads as other bytes", what, path)
		}
	}
	return lost
}

// overwrite puts files of one folder in the place of those in another.
func overwrite(t *testing.T, to, from string, names ...string) {
	t.Helper()
	for _, name := range names {
		write(t, filepath.Join(to, name), read(t, filepath.Join(from, name)))
	}
}

// TestB08MixAndMatch: MANIFEST of issue 47 with files of issue 46, each group of them.
func TestB08MixAndMatch(t *testing.T) {
	t.Parallel()
	o := Options{Layout: LayoutFolder, Series: "weekly", Signers: []sign.PrivateKey{testKey(t, 1)}}
	o.Issue = 46
	old := create(t, issue(46), o)
	o.Issue = 47
	for what, c := range map[string]struct {
		names []string
		lost  []string // nil: refused
	}{
		"the index":                  {[]string{indexName}, nil},
		"all but MANIFEST":           {[]string{indexName, membersName, "p0001.zst", "b0001", "m0001.mp4", "m0002.mp4", "m0003.mp4"}, nil},
		"MANIFEST alone":             {[]string{manifestName}, nil},
		"the signature":              {[]string{signatureName}, nil},
		"MANIFEST and its signature": {[]string{manifestName, signatureName}, nil},
		"a pack":                     {[]string{"p0001.zst"}, []string{"a.html", "d/b.html"}},
		"pictures":                   {[]string{"b0001"}, []string{"c.png"}},
		"a film":                     {[]string{"m0002.mp4"}, []string{"f.mp4"}},
		"all members":                {[]string{"p0001.zst", "b0001", "m0001.mp4", "m0002.mp4", "m0003.mp4"}, slices.Sorted(maps.Keys(issue(47)))},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			name := create(t, issue(47), o)
			overwrite(t, name, old, c.names...)
			report := verify(t, name)
			if report.Verdict != Changed || !slices.Equal(slices.Sorted(slices.Values(report.Damaged)), c.lost) {
				t.Errorf("%+v, want %q damaged", report, c.lost)
			}
			if c.lost != nil {
				if lost := served(t, what, open(t, name), issue(47)); !slices.Equal(lost, c.lost) {
					t.Errorf("%q are lost, want %q", lost, c.lost)
				}
			} else if r, err := Open(name); err == nil {
				r.Close()
				t.Error("it opens")
			}
		})
	}
}

// TestB09Swapped: members that have changed places, and parts that have.
func TestB09Swapped(t *testing.T) {
	t.Parallel()
	films := []string{"e.mp4", "f.mp4"}
	o := Options{Signers: []sign.PrivateKey{testKey(t, 1)}, PartSize: minPartSize}
	swap := func(t *testing.T, a, b string) {
		x, y := read(t, a), read(t, b)
		write(t, a, y)
		write(t, b, x)
	}
	t.Run("members of a folder", func(t *testing.T) {
		t.Parallel()
		o := o
		o.Layout = LayoutFolder
		name := create(t, issue(1), o)
		swap(t, filepath.Join(name, "m0001.mp4"), filepath.Join(name, "m0002.mp4"))
		if got := verify(t, name); got.Verdict != Changed || !slices.Equal(got.Damaged, films) {
			t.Errorf("%+v, want %q damaged", got, films)
		}
		if lost := served(t, "swapped", open(t, name), issue(1)); !slices.Equal(lost, films) {
			t.Errorf("%q are lost, want %q", lost, films)
		}
	})
	t.Run("members of a ZIP", func(t *testing.T) {
		t.Parallel()
		for what, headers := range map[string]int{"without their headers": 0, "with their headers": localLen + len("m0001.mp4")} {
			o := o
			o.Layout = LayoutZIP
			name := create(t, issue(1), o)
			data := read(t, name)
			size := len(issue(1)["e.mp4"].data)
			one := bytes.Index(data, issue(1)["e.mp4"].data) - headers
			two := bytes.Index(data, issue(1)["f.mp4"].data) - headers
			entry := bytes.Clone(data[one : one+headers+size])
			copy(data[one:], data[two:two+headers+size])
			copy(data[two:], entry)
			write(t, name, data)
			if got := verify(t, name); got.Verdict != Changed || !slices.Equal(got.Damaged, films) {
				t.Errorf("%s: %+v, want %q damaged", what, got, films)
			}
			if lost := served(t, what, open(t, name), issue(1)); !slices.Equal(lost, films) {
				t.Errorf("%s: %q are lost, want %q", what, lost, films)
			}
		}
	})
	t.Run("parts", func(t *testing.T) {
		t.Parallel()
		big := issue(1)
		big["h.mp4"] = thing{Item{Kind: KindVideo, Type: "video/mp4", Title: "H"}, goldenNoise(5, 2*minPartSize)}
		o := o
		o.Layout = LayoutParts
		first := create(t, big, o)
		base := strings.TrimSuffix(first, ".001")
		swap(t, base+".002", base+".003")
		if got := verify(t, first); got.Verdict != Changed || len(got.Damaged) == 0 {
			t.Errorf("%+v, want changed", got)
		}
		if lost := served(t, "swapped", open(t, first), big); !slices.Contains(lost, "h.mp4") {
			t.Errorf("%q are lost, want h.mp4 among them", lost)
		}
	})
}

// TestB20OtherSeries: a bundle of one series cannot be passed off as one of another: what
// it is called is not asked, and the series is signed.
func TestB20OtherSeries(t *testing.T) {
	t.Parallel()
	o := Options{Layout: LayoutFolder, Series: "xeek", Issue: 7, Signers: []sign.PrivateKey{testKey(t, 1)}}
	name := create(t, issue(1), o)
	other := filepath.Join(filepath.Dir(name), "week-7")
	if err := os.Rename(name, other); err != nil {
		t.Fatal(err)
	}
	if i := open(t, other).Info(); i.Series != "xeek" || i.Issue != 7 {
		t.Errorf("series %q, issue %d, want xeek, 7", i.Series, i.Issue)
	}
	text := read(t, filepath.Join(other, manifestName))
	for from, to := range map[string]string{
		"# series xeek\n": "# series week\n", "# issue 7\n": "# issue 8\n", "# series xeek\n# issue 7\n": "",
	} {
		put := bytes.Replace(text, []byte(from), []byte(to), 1)
		if _, err := parseManifest(put); err != nil || bytes.Equal(put, text) {
			t.Fatalf("%q for %q: %v, want a MANIFEST", to, from, err)
		}
		write(t, filepath.Join(other, manifestName), put)
		refused(t, other, Changed, ReasonSignature)
	}
}

// listing returns what a ZIP tool shows: each name with its bytes.
func listing(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil && !errors.Is(err, zip.ErrChecksum) {
			t.Fatal(err)
		}
	}
	return files
}

// central returns where the record of a name begins in the central directory, and its
// length.
func central(t *testing.T, data []byte, name string) (at, n int) {
	t.Helper()
	at = bytes.LastIndex(data, []byte(name)) - centralLen
	if at < 0 || le.Uint32(data[at:]) != centralSig {
		t.Fatalf("no record of %q at %d", name, at)
	}
	return at, centralLen + len(name)
}

// another is a ZIP that is no bundle of ours and shows a MANIFEST of its own.
func another(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(manifestName)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, magic+"\n# forged\n"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestC23Polyglots: a file that is a bundle and something else as well is marked, or
// changed, and all that it serves is exact.
func TestC23Polyglots(t *testing.T) {
	t.Parallel()
	key := testKey(t, 1)
	good := read(t, create(t, issue(1), Options{Signers: []sign.PrivateKey{key}}))
	older := read(t, create(t, issue(2), Options{Signers: []sign.PrivateKey{key}}))
	html := []byte("<!DOCTYPE html><script>alert(1)</script><plaintext>")
	link := []byte("L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F")
	for what, lay := range map[string]func() []byte{
		"HTML in front":         func() []byte { return slices.Concat(html, good) },
		"a program in front":    func() []byte { return slices.Concat([]byte("MZ"), make([]byte, 1000), good) },
		"a shortcut in front":   func() []byte { return slices.Concat(link, good) },
		"a ZIP in front":        func() []byte { return slices.Concat(another(t), good) },
		"a ZIP behind":          func() []byte { return slices.Concat(good, another(t)) },
		"an older issue behind": func() []byte { return slices.Concat(good, older) },
		"much in front":         func() []byte { return slices.Concat(html, make([]byte, maxPrefix+headSize), good) },
		"HTML in the padding":   func() []byte { return inserted(good, headSize-1000, html) },
		"a program as a ZIP comment": func() []byte {
			b := slices.Concat(good, []byte("MZ comment"))
			le.PutUint16(b[len(good)-2:], uint16(len("MZ comment")))
			return b
		},
		"an entry hidden": func() []byte {
			at, n := central(t, good, "m0002.mp4")
			b := slices.Delete(bytes.Clone(good), at, at+n)
			end := b[len(b)-22:]
			le.PutUint16(end[8:], le.Uint16(end[8:])-1)
			le.PutUint16(end[10:], le.Uint16(end[10:])-1)
			le.PutUint32(end[12:], le.Uint32(end[12:])-uint32(n))
			return b
		},
		"an entry renamed": func() []byte {
			at, _ := central(t, good, "m0002.mp4")
			return inserted(good, at+centralLen, []byte("setup.exe"))
		},
		"two entries exchanged": func() []byte {
			one, _ := central(t, good, "m0001.mp4")
			two, _ := central(t, good, "m0002.mp4")
			b := inserted(good, one+centralLen, []byte("m0002.mp4"))
			return inserted(b, two+centralLen, []byte("m0001.mp4"))
		},
		"an entry that shows other bytes": func() []byte {
			at, _ := central(t, good, "m0002.mp4")
			other, _ := central(t, good, "m0001.mp4")
			return inserted(good, at+42, good[other+42:other+46])
		},
		"an attribute": func() []byte {
			at, _ := central(t, good, "m0002.mp4")
			return inserted(good, at+38, []byte{0xff})
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			data := lay()
			name := write(t, filepath.Join(t.TempDir(), "x"), data)
			if what == "an older issue behind" { // both are signed: nobody knows which is meant
				refused(t, name, Changed, ReasonTwo)
				return
			}
			got := verify(t, name, pin(t, key.Public()))
			if got.Verdict != Changed && !got.Marked {
				t.Errorf("%+v, want marked or changed", got)
			}
			if lost := served(t, what, open(t, name), issue(1)); len(lost) > 0 {
				t.Errorf("%q are lost", lost)
			}
		})
	}
	// The instrument: what stands behind is what other tools show.
	shown := listing(t, slices.Concat(good, another(t)))
	if string(shown[manifestName]) != magic+"\n# forged\n" {
		t.Errorf("a ZIP tool shows MANIFEST %q", shown[manifestName])
	}
}

// inserted returns data with put in the place of what lies at an offset.
func inserted(data []byte, at int, put []byte) []byte {
	b := bytes.Clone(data)
	copy(b[at:], put)
	return b
}

// TestF22TaggedFiles: a system that appends a tag to every file it sees. The content is
// exact, the copy is marked with the place of the tag, and a clean copy is made.
func TestF22TaggedFiles(t *testing.T) {
	t.Parallel()
	key := testKey(t, 1)
	tag := []byte("\x00tag 0123456789 of this computer")
	clean := read(t, create(t, issue(1), Options{Signers: []sign.PrivateKey{key}}))
	check := func(t *testing.T, name string, want Mark) {
		got := verify(t, name, pin(t, key.Public()))
		if got.Verdict != Trusted || !slices.Equal(got.Marks, []Mark{want}) {
			t.Errorf("%s: %+v, want trusted and %+v", want.Name, got, want)
		}
		if lost := served(t, want.Name, open(t, name), issue(1)); len(lost) > 0 {
			t.Errorf("%s: %q are lost", want.Name, lost)
		}
		out := filepath.Join(t.TempDir(), "clean.zip")
		if _, err := Convert(context.Background(), open(t, name), out, ConvertOptions{}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read(t, out), clean) {
			t.Errorf("%s: the clean copy has other bytes than the bundle had", want.Name)
		}
	}
	for _, tagged := range []string{indexName, membersName, "p0001.zst", "b0001", "m0001.mp4"} {
		t.Run(tagged, func(t *testing.T) {
			t.Parallel()
			name := create(t, issue(1), Options{Layout: LayoutFolder, Signers: []sign.PrivateKey{key}})
			file := filepath.Join(name, tagged)
			was := read(t, file)
			write(t, file, append(was, tag...))
			check(t, name, Mark{tagged, int64(len(was)), int64(len(tag))})
		})
	}
	t.Run("ZIP", func(t *testing.T) {
		t.Parallel()
		name := write(t, filepath.Join(t.TempDir(), "x.zip"), append(bytes.Clone(clean), tag...))
		check(t, name, Mark{"", int64(len(clean)), int64(len(tag))})
	})
}

// TestH10StockTools: what we call intact, minisign and sha256sum call OK: in a folder as it
// lies, in a ZIP once it is unpacked. That holds for a ZIP that is marked, too, as long as
// it is still one that shows our files.
func TestH10StockTools(t *testing.T) {
	t.Parallel()
	tools := [3]string{need(t, "minisign"), need(t, "sha256sum"), need(t, "unzip")}
	one, two := testKey(t, 1), testKey(t, 2)
	only := Options{Signers: []sign.PrivateKey{one}}
	folder, parts, both, named := only, only, only, only
	folder.Layout = LayoutFolder
	parts.Layout, parts.PartSize = LayoutParts, minPartSize
	both.Signers = []sign.PrivateKey{one, two}
	named.Keys = []sign.PublicKey{two.Public()}
	good := read(t, create(t, issue(1), only))
	file := func(data []byte) string { return write(t, filepath.Join(t.TempDir(), "x.zip"), data) }
	for what, c := range map[string]struct {
		name   string
		marked bool
	}{
		"a ZIP":                    {file(good), false},
		"every kind of item":       {create(t, sample(), only), false},
		"a folder":                 {create(t, issue(1), folder), false},
		"parts":                    {create(t, issue(1), parts), false},
		"two signers":              {create(t, issue(1), both), false},
		"one of two signers":       {create(t, issue(1), named), false},
		"nothing":                  {create(t, memory{}, only), false},
		"a forgery":                {file(forge(t).zip(t)), false},
		"a forgery in a folder":    {forge(t).folder(t), false},
		"bytes in front":           {file(slices.Concat([]byte("<html>"), good)), true},
		"bytes behind":             {file(slices.Concat(good, make([]byte, 100))), true},
		"bytes in the padding":     {file(inserted(good, headSize-500, []byte("tag"))), true},
		"another time in a header": {file(inserted(good, 10, []byte{1, 2})), true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			got := verify(t, c.name, pin(t, one.Public()))
			if got.Verdict != Trusted || got.Marked != c.marked {
				t.Errorf("%+v, want trusted, marked: %v", got, c.marked)
			}
			stock(t, tools, c.name, one.Public())
		})
	}
}

// TestH10SignersMistake: where a signer has put a wrong hash where stock tools look, a deep
// check says so as they do. Without it, only what is read is vouched for.
func TestH10SignersMistake(t *testing.T) {
	t.Parallel()
	sha256sum := need(t, "sha256sum")
	for what, spoil := range map[string]func(*forgery){
		"of a member": func(f *forgery) { f.list = strings.Repeat("1", 64) + f.list[64:] },
		"of index":    func(f *forgery) { f.header = func(m *manifest) { m.index.sum[0] ^= 1 } },
		"of MEMBERS":  func(f *forgery) { f.header = func(m *manifest) { m.members.sum[0] ^= 1 } },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := forge(t)
			spoil(f)
			dir := f.folder(t)
			report, err := Verify(t.Context(), dir, VerifyOptions{Deep: true, Pins: []sign.Pin{pin(t, testKey(t, 1).Public())}})
			if err != nil || report.Verdict != Changed || report.Reason != ReasonDigests {
				t.Errorf("%+v, %v", report, err)
			}
			cmd := exec.Command(sha256sum, "--strict", "--quiet", "-c", manifestName, membersName)
			if cmd.Dir = dir; cmd.Run() == nil {
				t.Error("sha256sum calls it OK")
			}
		})
	}
}

// stock has stock tools check a bundle of any layout.
func stock(t *testing.T, tools [3]string, name string, key sign.PublicKey) {
	t.Helper()
	dir := name
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		if base := strings.TrimSuffix(name, ".001"); base != name { // as cat joins parts
			var whole []byte
			for n := 1; n <= lastPart(base); n++ {
				whole = append(whole, read(t, partName(base, n))...)
			}
			name = write(t, filepath.Join(t.TempDir(), "joined.zip"), whole)
		}
		dir = t.TempDir()
		out, err := exec.Command(tools[2], "-q", name, "-d", dir).CombinedOutput()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 1 { // a warning of bytes that are not the ZIP's
			err = nil
		}
		if err != nil {
			t.Errorf("unzip: %s %v", out, err)
		}
	}
	for _, args := range [][]string{
		{tools[0], "-V", "-H", "-m", manifestName, "-P", key.String()},
		{tools[1], "--strict", "--quiet", "-c", manifestName, membersName},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %s %v", args[0], out, err)
		}
	}
}

// TestA19JunkBesideAFolder: files of others, however many, do not hide the signature.
func TestA19JunkBesideAFolder(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes 75,000 files")
	}
	key := testKey(t, 1)
	dir := create(t, memory{"a.txt": thing{Item{Kind: KindText, Type: "text/plain"}, []byte("x")}},
		Options{Layout: LayoutFolder, Signers: []sign.PrivateKey{key}})
	for n := range maxMembers + maxJunk + 5000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("A%06d.txt", n)), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	report := verify(t, dir, pin(t, key.Public()))
	if report.Verdict != Trusted || len(report.Extra) != maxListed {
		t.Errorf("%s, %d extra", report.Verdict, len(report.Extra))
	}
}
