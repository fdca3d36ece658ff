package bundle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"satchel/bundle/sign"
)

// signed makes a signed bundle and returns its name, its bytes and its key.
func signed(t testing.TB, layout Layout) (string, sign.PrivateKey) {
	t.Helper()
	key := testKey(t, 1)
	return create(t, sample(), Options{Layout: layout, Signers: []sign.PrivateKey{key}}), key
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// exact checks that every item not listed as lost reads exactly, and every other
// fails.
func exact(t *testing.T, name string, lost []string) {
	t.Helper()
	r := open(t, name)
	for path, want := range sample() {
		got, err := fs.ReadFile(r, path)
		bad := slices.Contains(lost, path)
		if bad != (err != nil) {
			t.Errorf("%q: error %v, listed as lost: %v", path, err, bad)
		}
		if err == nil && !bytes.Equal(got, want.data) {
			t.Errorf("%q: wrong bytes", path)
		}
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	name, key := signed(t, LayoutZIP)
	data := read(t, name)
	film := bytes.Index(data, sample()["film.mp4"].data[:64])
	if film < 0 {
		t.Fatal("the film does not lie in the ZIP as it is")
	}
	flip := func(at int) []byte {
		b := bytes.Clone(data)
		b[at] ^= 1
		return b
	}
	for _, c := range []struct {
		what    string
		data    []byte
		verdict Verdict
		reason  string
		marked  bool
	}{
		{"whole", data, Trusted, "", false},
		{"a bit of the film", flip(film + 5), Changed, ReasonBlocks, false},
		{"cut at 60 %", data[:len(data)*6/10], Incomplete, ReasonCut, false},
		{"100 bytes behind", append(bytes.Clone(data), make([]byte, 100)...), Trusted, "", true},
		{"100 bytes before", append(make([]byte, 100), data...), Trusted, "", true},
		{"a bit of the padding", flip(headSize - 100), Trusted, "", true},
		{"a bit of the central directory", flip(len(data) - 60), Trusted, "", true},
		{"a bit of the index's root", flip(headSize + indexSize(t, data) - 5), Changed, ReasonIndex, false},
		{"a bit of MANIFEST", flip(150), Changed, ReasonSignature, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			copied := write(t, filepath.Join(t.TempDir(), "x.jpg"), c.data)
			got := verify(t, copied, pin(t, key.Public()))
			if got.Verdict != c.verdict || (c.reason != "" && got.Reason != c.reason) || got.Marked != c.marked {
				t.Fatalf("%+v", got)
			}
			if got.Reason != ReasonIndex && got.Reason != ReasonManifest && got.Reason != ReasonSignature {
				exact(t, copied, append(got.Damaged, got.Missing...))
			}
		})
	}
}

func indexSize(t *testing.T, data []byte) int {
	t.Helper()
	r, err := NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return int(r.manifest.index.size)
}

func TestF24MissingMember(t *testing.T) {
	t.Parallel()
	name, _ := signed(t, LayoutFolder)
	members, err := filepath.Glob(filepath.Join(name, "m*.mp4"))
	if err != nil || len(members) == 0 {
		t.Fatal(members, err)
	}
	if err := os.Remove(members[0]); err != nil {
		t.Fatal(err)
	}
	got := verify(t, name)
	want := []string{"film.mp4", "film2.mp4"}
	if got.Verdict != Incomplete || got.Reason != ReasonMissing || !slices.Equal(got.Missing, want) {
		t.Errorf("%+v", got)
	}
	exact(t, name, want)
}

// TestF24DroppedEntry takes a member out of a ZIP with another tool.
func TestF24DroppedEntry(t *testing.T) {
	t.Parallel()
	tool := need(t, "zip")
	name, _ := signed(t, LayoutZIP)
	if out, err := exec.Command(tool, "-qd", name, "m0001.png").CombinedOutput(); err != nil {
		t.Fatalf("%s %v", out, err)
	}
	got := verify(t, name)
	if got.Verdict != Incomplete || !slices.Equal(got.Missing, []string{"pictures/large.png"}) {
		t.Errorf("%+v", got)
	}
	exact(t, name, got.Missing)
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

func TestMissingPart(t *testing.T) {
	t.Parallel()
	key := testKey(t, 1)
	first := create(t, sample(), Options{Layout: LayoutParts, PartSize: 1 << 20, Signers: []sign.PrivateKey{key}})
	if err := os.Remove(strings.TrimSuffix(first, ".001") + ".003"); err != nil {
		t.Fatal(err)
	}
	got := verify(t, first, pin(t, key.Public()))
	if got.Verdict != Incomplete || len(got.Missing) == 0 || len(got.Damaged) > 0 {
		t.Errorf("%+v", got)
	}
	exact(t, first, got.Missing)
}

func TestA03SignatureOfAnotherFile(t *testing.T) {
	t.Parallel()
	name, key := signed(t, LayoutFolder)
	write(t, filepath.Join(name, signatureName), key.Sign([]byte("a letter")))
	refused(t, name, Changed, ReasonSignature)
}

func TestA04NoSignature(t *testing.T) {
	t.Parallel()
	name, key := signed(t, LayoutFolder)
	if err := os.Remove(filepath.Join(name, signatureName)); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, name, pin(t, key.Public())).Verdict; v != Unsigned {
		t.Errorf("%s, want unsigned", v)
	}
}

func TestA12SignedForAnotherPurpose(t *testing.T) {
	t.Parallel()
	name, key := signed(t, LayoutFolder)
	letter := []byte("Dear reader,\n")
	write(t, filepath.Join(name, manifestName), letter)
	write(t, filepath.Join(name, signatureName), key.Sign(letter))
	if _, err := Open(name); !errors.Is(err, ErrNotBundle) {
		t.Errorf("%v, want ErrNotBundle", err)
	}
}

func TestA18OneValidOneInvalid(t *testing.T) {
	t.Parallel()
	one, two, other := testKey(t, 1), testKey(t, 2), testKey(t, 3)
	name := create(t, sample(), Options{Layout: LayoutFolder, Signers: []sign.PrivateKey{one, two}})
	second := filepath.Join(name, signatureFor(two.Public()))
	good := read(t, second)
	write(t, second, two.Sign([]byte("something else")))
	refused(t, name, Changed, ReasonSignature)
	write(t, second, good)
	write(t, filepath.Join(name, signatureFor(other.Public())), other.Sign([]byte("unknown")))
	if v := verify(t, name, pin(t, two.Public())); v.Verdict != Trusted || v.Publisher != two.Public() {
		t.Errorf("with an unknown signer: %+v", v)
	}
}

func TestA19ManySignatures(t *testing.T) {
	t.Parallel()
	name, key := signed(t, LayoutFolder)
	huge := bytes.Repeat([]byte("x"), 10<<20)
	for i := range 100 {
		id := strings.Repeat("F", 14) + string([]byte{"0123456789"[i/10], "0123456789"[i%10]})
		write(t, filepath.Join(name, "MANIFEST."+id+".minisig"), huge[:len(huge)/(i+1)])
	}
	r := open(t, name)
	if len(r.sigs) > MaxSignatures {
		t.Errorf("%d signature files read", len(r.sigs))
	}
	if v := r.Standing(pin(t, key.Public())).Verdict; v != Trusted {
		t.Errorf("%s, want trusted", v)
	}
}

func TestA20Prefix(t *testing.T) {
	t.Parallel()
	name, _ := signed(t, LayoutFolder)
	text := read(t, filepath.Join(name, manifestName))
	for n := range text {
		write(t, filepath.Join(name, manifestName), text[:n])
		if _, err := Open(name); err == nil {
			t.Fatalf("MANIFEST cut at %d opens", n)
		}
	}
}

// everyBit is how far apart the bits are that a sweep turns over: none is left out but
// under the race detector, which makes everything slow.
func everyBit() int {
	if testing.Short() {
		return 29
	}
	return 1
}

// TestA01FlippedManifest flips every bit of a MANIFEST that has no copy.
func TestA01FlippedManifest(t *testing.T) {
	t.Parallel()
	name, key := signed(t, LayoutFolder)
	file := filepath.Join(name, manifestName)
	text := read(t, file)
	for bit := 0; bit < 8*len(text); bit += everyBit() {
		bad := bytes.Clone(text)
		bad[bit/8] ^= 1 << (bit % 8)
		write(t, file, bad)
		_, err := Open(name)
		var v *VerdictError
		refused := errors.As(err, &v) && v.Verdict == Changed && v.Reason == ReasonSignature
		if !refused {
			t.Fatalf("bit %d of MANIFEST: %v", bit, err)
		}
	}
	write(t, file, text)
	if v := verify(t, name, pin(t, key.Public())).Verdict; v != Trusted {
		t.Errorf("with the bit back in its place: %s", v)
	}
}

// TestF15HeadDamaged damages what a ZIP begins with, each byte of it: what is in it is
// read through the copy at the end, and the copy of the bundle is not called whole.
func TestF15HeadDamaged(t *testing.T) {
	t.Parallel()
	name, key := signed(t, LayoutZIP)
	data := read(t, name)
	r := open(t, name)
	end := 3*localLen + len(manifestName) + len(signatureName) + len(r.text) + len(r.sigs[0].data)
	trust := pin(t, key.Public())
	text := localLen + len(manifestName)
	for bit := 0; bit < 8*end; bit += everyBit() {
		at := bit / 8
		bad := bytes.Clone(data[:headSize])
		bad[at] ^= 1 << (bit % 8)
		whole := io.NewSectionReader(patched{bytes.NewReader(data), bad}, 0, int64(len(data)))
		r, err := NewReader(whole, whole.Size())
		if err != nil {
			t.Fatalf("bit %d of byte %d: %v", bit%8, at, err)
		}
		s := r.Standing(trust)
		damaged := s.Verdict == Changed && s.Readable
		if inText := at >= text && at < text+len(r.text); !damaged && (inText || s.Verdict != Trusted) {
			t.Fatalf("bit %d of byte %d: %+v", bit%8, at, s)
		}
		if bit%37 > 0 {
			continue
		}
		e, err := r.Lookup("health/water.ko.html")
		if err != nil {
			t.Fatalf("byte %d: %v", at, err)
		}
		got, err := r.ReadItem(e, 1<<20)
		if err != nil || !bytes.Equal(got, sample()[e.Path].data) {
			t.Fatalf("byte %d: %d bytes, %v", at, len(got), err)
		}
	}
	bad := bytes.Clone(data)
	clear(bad[:4096])
	copied := write(t, filepath.Join(t.TempDir(), "x.zip"), bad)
	got := verify(t, copied, pin(t, key.Public()))
	if got.Verdict != Changed || got.Reason != ReasonManifest || !got.Restored || len(got.Damaged) > 0 {
		t.Errorf("without its first 4096 bytes: %+v", got)
	}
	exact(t, copied, nil)
	out := filepath.Join(t.TempDir(), "out.zip")
	if _, err := Convert(context.Background(), open(t, copied), out, ConvertOptions{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, out), data) {
		t.Error("convert does not give back the bundle that it was")
	}
}

// A patched reads like another, but for what it begins with.
type patched struct {
	io.ReaderAt
	head []byte
}

func (p patched) ReadAt(b []byte, off int64) (int, error) {
	n, err := p.ReaderAt.ReadAt(b, off)
	if off < int64(len(p.head)) {
		copy(b[:n], p.head[off:])
	}
	return n, err
}

// TestF15TwoManifests puts the copy of one issue's MANIFEST at the end of another's.
func TestF15TwoManifests(t *testing.T) {
	t.Parallel()
	key := testKey(t, 1)
	issue := func(n uint32) []byte {
		return read(t, create(t, sample(), Options{Series: "weekly", Issue: n, Signers: []sign.PrivateKey{key}}))
	}
	one, two := issue(46), issue(47)
	mixed := bytes.Clone(one)
	copy(mixed[len(one)-20_000:], two[len(two)-20_000:])
	if len(one) != len(two) || bytes.Equal(one, mixed) {
		t.Fatal("the two issues do not lie alike")
	}
	refused(t, write(t, filepath.Join(t.TempDir(), "x.zip"), mixed), Changed, ReasonTwo)
}

// TestF15CopyByAStranger: a copy that carries no signature by a key that it names
// replaces nothing, and a signed bundle is none the worse for it.
func TestF15CopyByAStranger(t *testing.T) {
	t.Parallel()
	name, key := signed(t, LayoutZIP)
	data := read(t, name)
	forged := read(t, create(t, sample(), Options{Keys: []sign.PublicKey{key.Public()}, Title: "Forged"}))
	mixed := append(bytes.Clone(data[:len(data)-30_000]), forged[len(forged)-30_000:]...)
	got := verify(t, write(t, filepath.Join(t.TempDir(), "x.zip"), mixed), pin(t, key.Public()))
	if got.Verdict == Trusted && !got.Marked {
		t.Errorf("with a stranger's end: %+v", got)
	}
	clear(mixed[:200])
	if r, err := NewReader(bytes.NewReader(mixed), int64(len(mixed))); err == nil {
		t.Errorf("opened by an unsigned copy: %+v", r.Standing(pin(t, key.Public())))
	}
}

func TestA21TwoSpellings(t *testing.T) {
	t.Parallel()
	name, key := signed(t, LayoutFolder)
	text := read(t, filepath.Join(name, manifestName))
	write(t, filepath.Join(name, "MANIFEST.txt"), []byte("a note"))
	if got := verify(t, name, pin(t, key.Public())); got.Verdict != Trusted || !slices.Equal(got.Extra, []string{"MANIFEST.txt"}) {
		t.Errorf("with MANIFEST.txt: %+v", got)
	}
	write(t, filepath.Join(name, "Manifest"), text)
	refused(t, name, Changed, ReasonTwo)
}

// TestF10OtherCase gives all files of a bundle names in another case, as FAT may.
func TestF10OtherCase(t *testing.T) {
	t.Parallel()
	for what, other := range map[string]func(string) string{"upper": strings.ToUpper, "lower": strings.ToLower} {
		name, key := signed(t, LayoutFolder)
		entries, err := os.ReadDir(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if err := os.Rename(filepath.Join(name, e.Name()), filepath.Join(name, other(e.Name()))); err != nil {
				t.Fatal(err)
			}
		}
		got := verify(t, name, pin(t, key.Public()))
		if got.Verdict != Trusted || !got.Marked || len(got.Extra) > 0 {
			t.Errorf("%s: %+v", what, got)
		}
		exact(t, name, nil)
	}
}

func refused(t *testing.T, name string, verdict Verdict, reason string) {
	t.Helper()
	_, err := Open(name)
	var v *VerdictError
	if !errors.As(err, &v) || v.Verdict != verdict || v.Reason != reason {
		t.Errorf("Open: %v, want %s (%s)", err, verdict, reason)
	}
	report, err := Verify(context.Background(), name, VerifyOptions{})
	if err != nil || report.Verdict != verdict || report.Reason != reason {
		t.Errorf("Verify: %+v, %v", report, err)
	}
}

func TestSign(t *testing.T) {
	t.Parallel()
	one, two := testKey(t, 1), testKey(t, 2)
	keys := []sign.PublicKey{one.Public(), two.Public()}
	both := read(t, create(t, sample(), Options{Keys: keys, Signers: []sign.PrivateKey{one, two}}))
	for _, layout := range []Layout{LayoutZIP, LayoutFolder, LayoutParts} {
		name := create(t, sample(), Options{Layout: layout, PartSize: 1 << 20, Keys: keys})
		if v := verify(t, name).Verdict; v != Unsigned {
			t.Errorf("%s: %s before signing", layout, v)
		}
		for _, k := range []sign.PrivateKey{one, two, one} {
			if _, _, err := Sign(name, k); err != nil {
				t.Fatalf("%s: %v", layout, err)
			}
			if v := verify(t, name, pin(t, k.Public())); v.Verdict != Trusted || v.Marked {
				t.Errorf("%s: %+v", layout, v)
			}
		}
		out := filepath.Join(t.TempDir(), "out.zip")
		if _, err := Convert(context.Background(), open(t, name), out, ConvertOptions{}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read(t, out), both) {
			t.Errorf("%s: signed afterwards differs from signed at once", layout)
		}
	}
}

// F15: who signs second signs what the first has signed. A MANIFEST that was changed since
// gets no signature, whether or not the end of a ZIP still has the true one, and nothing
// is written.
func TestF15SignsNoOtherText(t *testing.T) {
	t.Parallel()
	one, two := testKey(t, 1), testKey(t, 2)
	o := Options{Series: "weekly", Issue: 41, Signers: []sign.PrivateKey{one}, Keys: []sign.PublicKey{two.Public()}}
	for _, layout := range []Layout{LayoutZIP, LayoutFolder} {
		o.Layout = layout
		name := create(t, sample(), o)
		file := name
		if layout == LayoutFolder {
			file = filepath.Join(name, manifestName)
		}
		data := read(t, file)
		copy(data[bytes.Index(data, []byte("# issue 41")):], "# issue 49")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, _, err := Sign(name, two); err == nil {
			t.Errorf("%s: signed another issue, in %s", layout, got)
		}
		if !bytes.Equal(read(t, file), data) {
			t.Errorf("%s: the bundle was written to", layout)
		}
		if _, err := os.Stat(filepath.Join(name, signatureFor(two.Public()))); err == nil {
			t.Errorf("%s: there is a signature", layout)
		}
	}
}

// F06: what is no part of the bundle that is replaced is neither overwritten nor removed.
func TestF06PartsOfOthers(t *testing.T) {
	t.Parallel()
	name, _ := signed(t, LayoutZIP)
	r := open(t, name)
	out := filepath.Join(t.TempDir(), "news")
	for _, n := range []int{2, 4, 999} {
		mine := write(t, partName(out, n), []byte("mine"))
		_, err := Convert(context.Background(), r, out, ConvertOptions{Layout: LayoutParts, PartSize: 1 << 20})
		if err == nil || string(read(t, mine)) != "mine" {
			t.Errorf("%s is written over: %v", filepath.Base(mine), err)
		}
		if err := os.Remove(mine); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // its own parts are replaced
		if _, err := Convert(context.Background(), r, out, ConvertOptions{Layout: LayoutParts, PartSize: 1 << 20}); err != nil {
			t.Fatal(err)
		}
	}
	if err := checkTarget(os.DevNull, LayoutZIP); err == nil {
		t.Error("a device would be replaced")
	}
}

// C17: a size in the head that was made larger does not turn what was changed into what was
// cut off.
func TestC17SizeIsNoCut(t *testing.T) {
	t.Parallel()
	name, _ := signed(t, LayoutZIP)
	data := read(t, name)
	data = data[:bytes.LastIndex(data, le.AppendUint32(nil, endSig))] // nor is there a copy to use
	data[bytes.Index(data, []byte("# MEMBERS"))] = '!'
	for i, reason := range map[int]string{0: ReasonManifest, bytes.Index(data, []byte(signatureName)) - localLen: ReasonManifest} {
		bad := bytes.Clone(data)
		le.PutUint32(bad[i+18:], 1<<20)
		refused(t, write(t, filepath.Join(t.TempDir(), "x"), bad), Changed, reason)
	}
	refused(t, write(t, filepath.Join(t.TempDir(), "x"), data[:200]), Incomplete, ReasonCut)
}

func TestStockTools(t *testing.T) {
	t.Parallel()
	minisign, sha256sum, unzip := need(t, "minisign"), need(t, "sha256sum"), need(t, "unzip")
	name, key := signed(t, LayoutZIP)
	dir := t.TempDir()
	if out, err := exec.Command(unzip, "-q", name, "-d", dir).CombinedOutput(); err != nil {
		t.Fatalf("unzip: %s %v", out, err)
	}
	run := func(tool string, args ...string) {
		cmd := exec.Command(tool, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %s %v", tool, out, err)
		}
	}
	run(minisign, "-V", "-H", "-m", manifestName, "-P", key.Public().String())
	run(sha256sum, "--strict", "--quiet", "-c", manifestName, membersName)
	if v := verify(t, dir, pin(t, key.Public())); v.Verdict != Trusted || v.Marked || len(v.Extra) > 0 {
		t.Errorf("unpacked: %+v", v)
	}
}

func TestCancelLeavesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	o := Options{Progress: func(Progress) {
		if calls++; calls == 60 {
			cancel()
		}
	}}
	dir := t.TempDir()
	if _, err := Create(ctx, filepath.Join(dir, "x.zip"), sample(), o); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want canceled", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestC17Watermarks: what anybody can write beside a bundle marks it, and a clean copy
// is without it.
func TestC17Watermarks(t *testing.T) {
	t.Parallel()
	stranger := testKey(t, 9)
	for what, spoil := range map[string]func(name string, key sign.PrivateKey){
		"a note named as a signature": func(name string, _ sign.PrivateKey) {
			write(t, filepath.Join(name, "MANIFEST.0123456789ABCDEF.minisig"), []byte("HOST=laptop\n"))
		},
		"an untrusted comment": func(name string, _ sign.PrivateKey) {
			file := filepath.Join(name, signatureName)
			_, rest, _ := bytes.Cut(read(t, file), []byte("\n"))
			write(t, file, append([]byte("untrusted comment: HOST=laptop\n"), rest...))
		},
		"a stranger's letter in the first place": func(name string, key sign.PrivateKey) {
			first := filepath.Join(name, signatureName)
			write(t, filepath.Join(name, signatureFor(key.Public())), read(t, first))
			write(t, first, stranger.Sign([]byte("a letter, HOST=laptop")))
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			name, key := signed(t, LayoutFolder)
			spoil(name, key)
			if got := verify(t, name, pin(t, key.Public())); got.Verdict != Trusted || !got.Marked {
				t.Errorf("%+v", got)
			}
			out := filepath.Join(t.TempDir(), "clean.zip")
			if _, err := Convert(context.Background(), open(t, name), out, ConvertOptions{}); err != nil {
				t.Fatal(err)
			}
			if got := verify(t, out, pin(t, key.Public())); got.Verdict != Trusted || got.Marked {
				t.Errorf("clean copy: %+v", got)
			}
			if bytes.Contains(read(t, out), []byte("HOST=laptop")) {
				t.Error("the mark is in the clean copy")
			}
		})
	}
}

// TestC23PackedAnew: another tool's ZIP of the same files is intact, and marked.
func TestC23PackedAnew(t *testing.T) {
	t.Parallel()
	tool := need(t, "zip")
	name, key := signed(t, LayoutFolder)
	out := filepath.Join(t.TempDir(), "again.zip")
	cmd := exec.Command(tool, "-q0Xr", out, ".")
	cmd.Dir = name
	if log, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v", log, err)
	}
	if got := verify(t, out, pin(t, key.Public())); got.Verdict != Trusted || !got.Marked {
		t.Errorf("%+v", got)
	}
	exact(t, out, nil)
}

// TestC01Cut: a copy that ends early says so when it is opened.
func TestC01Cut(t *testing.T) {
	t.Parallel()
	name, _ := signed(t, LayoutZIP)
	data := read(t, name)
	cut := open(t, write(t, filepath.Join(t.TempDir(), "x"), data[:len(data)*6/10]))
	if s := cut.Standing(); s.Verdict != Incomplete || s.Reason != ReasonCut {
		t.Errorf("%+v", s)
	}
}
