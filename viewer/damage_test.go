package viewer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"satchel/bundle"
	"satchel/bundle/sign"
	"satchel/viewer"
	"satchel/viewer/internal/testbundle"
	"satchel/viewer/server"
)

// The sweeps in this file turn over each bit of a small bundle, and cut it at each
// length, in all layouts. After each change every item is fetched whole and in part,
// from the library and over HTTP. What comes must be exact, or an error, or break off;
// and the verdict must be the right one. 'make exhaustive' leaves no bit and no length
// out; the tests take every so many.

// exhaustive is set by 'make exhaustive'.
var exhaustive = os.Getenv("SATCHEL_EXHAUSTIVE") != ""

// stride is how far apart the changes are that a test makes: primes, so that all bits of a
// byte have their turn.
func stride(sampled int) int {
	switch {
	case exhaustive:
		return 1
	case testing.Short():
		return sampled * 5
	}
	return sampled
}

// smallFiles have every kind of place but that of a large film.
func smallFiles() testbundle.Files {
	return testbundle.Files{
		"index.html":           `<link rel=stylesheet href=style.css><h1>Home</h1><p>See <a href=health/water.ko.html>water</a>.<img src=pump.png>`,
		"style.css":            `h1 { color: #024 } p { background: url(pump.png) }`,
		"health/water.ko.html": strings.Repeat("<p>물을 끓이세요.", 20),
		"pump.png":             testbundle.Noise(700, 1),
		"well.png":             testbundle.Noise(900, 2),
		"film.mp4":             testbundle.Noise(1500, 3),
		"film.ko.vtt":          "WEBVTT\n\n00:00.000 --> 00:01.000\n물\n",
		"talk.mp3":             testbundle.Noise(400, 4),
		"notes.txt":            strings.Repeat("A line of notes.\n", 30),
		"empty.txt":            "",
	}
}

// largeFiles have a film of several blocks, in a member of its own.
func largeFiles() testbundle.Files {
	return testbundle.Files{
		"index.html": `<p>Hello`,
		"film.mp4":   testbundle.Noise(2*256<<10+701, 5),
	}
}

func TestA02EveryBit(t *testing.T) {
	t.Parallel()
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			l.sweep(t, smallFiles(), stride(l.bits), flips)
		})
	}
}

func TestA02LargeFilm(t *testing.T) {
	t.Parallel()
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			step := stride(20011)
			if exhaustive { // all its bits lie in blocks of one kind: some of each are enough
				step = 499
			}
			l.sweep(t, largeFiles(), step, flips)
		})
	}
}

func TestC01EveryLength(t *testing.T) {
	t.Parallel()
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			l.sweep(t, smallFiles(), stride(l.lengths), cuts)
		})
	}
}

// A layoutCase is a way for a bundle to lie in a folder, and how much of it a test tries.
type layoutCase struct {
	name          string
	bits, lengths int
	lay           func(t *testing.T, zip, dir string) (open string)
}

var layouts = []layoutCase{
	{"zip", 151, 29, func(t *testing.T, zip, dir string) string {
		return put(t, filepath.Join(dir, "x.zip"), get(t, zip))
	}},
	{"folder", 151, 29, func(t *testing.T, zip, dir string) string {
		out := filepath.Join(dir, "x")
		r := testbundle.Open(t, zip)
		if _, err := bundle.Convert(context.Background(), r, out, bundle.ConvertOptions{Layout: bundle.LayoutFolder}); err != nil {
			t.Fatal(err)
		}
		return out
	}},
	{"parts", 157, 31, func(t *testing.T, zip, dir string) string {
		data := get(t, zip)
		size := len(data)/3 + 1
		for i := 0; i < 3; i++ {
			put(t, filepath.Join(dir, fmt.Sprintf("x.%03d", i+1)), data[i*size:min((i+1)*size, len(data))])
		}
		return filepath.Join(dir, "x.001")
	}},
}

// A change makes a file other than it was, at a place, and says how many places there are
// in a file of a size.
type change struct {
	places func(size int) int
	byteAt func(at int) int
	make   func(data []byte, at int) []byte
}

var (
	flips = change{
		func(size int) int { return 8 * size },
		func(at int) int { return at / 8 },
		func(data []byte, at int) []byte {
			data = bytes.Clone(data)
			data[at/8] ^= 1 << (at % 8)
			return data
		}}
	cuts = change{
		func(size int) int { return size },
		func(at int) int { return at },
		func(data []byte, at int) []byte { return data[:at] }}
)

// sweep makes every step-th change to the bundle, each on a bundle that is whole but for it.
func (l layoutCase) sweep(t *testing.T, files testbundle.Files, step int, c change) {
	key := testbundle.Key(t, 1)
	zip := testbundle.Pack(t, files, bundle.Options{Title: "Sweep", Signers: []sign.PrivateKey{key}})
	pin, err := sign.ParsePin(key.Public().String())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var failures, done atomic.Int64
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		s := newSweeper(t, files, pin, l.lay(t, zip, t.TempDir()))
		wg.Go(func() {
			at := 0
			for _, f := range s.files {
				for i := (step - at%step) % step; i < c.places(len(f.data)); i += step {
					if (at+i)/step%workers != w || failures.Load() > 20 ||
						(!exhaustive && i/step%50 > 0 && isPadding(f.data, c.byteAt(i))) {
						continue
					}
					done.Add(1)
					if err := s.try(f, c.make(f.data, i)); err != nil {
						failures.Add(1)
						t.Errorf("%s, place %d: %v", f.name, i, err)
					}
				}
				at += c.places(len(f.data))
			}
		})
	}
	wg.Wait()
	t.Logf("%d changes", done.Load())
	if done.Load() < 30 {
		t.Errorf("only %d changes were made", done.Load())
	}
}

// isPadding says whether a byte lies among nothing but zeros, where one is like another.
func isPadding(data []byte, at int) bool {
	around := data[max(0, at-40):min(len(data), at+40)]
	return len(bytes.Trim(around, "\x00")) == 0
}

// A sweeper has a bundle of its own on disk, and a server that shows it.
type sweeper struct {
	open   string
	files  []file
	items  testbundle.Files
	pin    sign.Pin
	viewer *viewer.Viewer
	server *server.Server
	base   string            // what addresses begin with
	shown  map[string][]byte // what the server answers for an item that is whole
}

type file struct {
	name string
	data []byte
}

func newSweeper(t *testing.T, items testbundle.Files, pin sign.Pin, open string) *sweeper {
	t.Helper()
	s := &sweeper{open: open, items: items, pin: pin, shown: map[string][]byte{}}
	dir := open
	if info, err := os.Stat(open); err != nil || !info.IsDir() {
		dir = filepath.Dir(open)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		s.files = append(s.files, file{name, get(t, name)})
	}
	s.viewer = viewer.New([]*bundle.Reader{testbundle.Open(t, open)}, viewer.Options{})
	s.server = server.New(s.viewer, server.Options{})
	if err := s.server.Listen(); err != nil {
		t.Fatal(err)
	}
	s.base = s.server.Address()
	for _, path := range slices.Sorted(maps.Keys(items)) {
		body, err := s.ask(path, "")
		if err != nil || (len(body) == 0) != (items[path] == "") {
			t.Fatalf("%s of a whole bundle: %d bytes, %v", path, len(body), err)
		}
		s.shown[path] = body
	}
	return s
}

// try checks the bundle with one of its files changed.
func (s *sweeper) try(f file, changed []byte) error {
	if err := os.WriteFile(f.name, changed, 0o666); err != nil {
		return err
	}
	err := s.check()
	return errors.Join(err, os.WriteFile(f.name, f.data, 0o666))
}

// check fetches everything, and holds the verdict against what came.
func (s *sweeper) check() error {
	r, err := bundle.Open(s.open)
	var refused *bundle.VerdictError
	switch {
	case errors.As(err, &refused) && (refused.Verdict == bundle.Changed || refused.Verdict == bundle.Incomplete):
		return nil
	case errors.Is(err, bundle.ErrNotBundle), errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	defer r.Close()
	s.viewer.Replace(r)
	lost := map[string]bool{}
	for path, want := range s.items {
		bad, err := s.fetch(r, path, want)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		lost[path] = bad
	}
	report, err := r.Verify(context.Background(), bundle.VerifyOptions{Deep: true, Pins: []sign.Pin{s.pin}})
	if err != nil {
		return err
	}
	return judge(report, lost)
}

// judge says whether a report is right about a bundle that was changed, and that has lost
// these items.
func judge(r *bundle.Report, lost map[string]bool) error {
	intact := r.Verdict == bundle.Trusted || r.Verdict == bundle.Unknown || r.Verdict == bundle.Unsigned
	if intact && !r.Marked {
		return fmt.Errorf("the verdict is %s, and not marked", r.Verdict)
	}
	named := append(slices.Clone(r.Damaged), r.Missing...)
	for path, bad := range lost {
		if bad && intact {
			return fmt.Errorf("%s cannot be read, and the verdict is %s", path, r.Verdict)
		}
		if bad != slices.Contains(named, path) && r.Unnamed == 0 {
			return fmt.Errorf("%s: lost is %v; named are %q", path, bad, named)
		}
	}
	return nil
}

// fetch reads an item in all ways. It says whether it is lost, and fails when any way
// gives other bytes, or when they do not agree.
func (s *sweeper) fetch(r *bundle.Reader, path, want string) (lost bool, err error) {
	got, whole := fs.ReadFile(r, path)
	if whole == nil && string(got) != want {
		return false, errors.New("other bytes from the library")
	}
	lost = whole != nil
	from, to := len(want)/3, len(want)-len(want)/5
	part, err := readPart(r, path, from, to)
	if err == nil && part != want[from:to] {
		return lost, errors.New("other bytes of a part from the library")
	}
	if body, err := s.ask(path, ""); err == nil && !bytes.Equal(body, s.shown[path]) {
		return lost, errors.New("other bytes over HTTP")
	} else if (err != nil) != lost {
		return lost, fmt.Errorf("lost is %v, and over HTTP: %v", lost, err)
	}
	full := s.shown[path]
	if len(full) < 100 {
		return lost, nil
	}
	body, err := s.ask(path, fmt.Sprintf("bytes=%d-%d", len(full)/3, len(full)-9))
	if err == nil && !bytes.Equal(body, full[len(full)/3:len(full)-8]) {
		return lost, errors.New("other bytes of a range over HTTP")
	}
	return lost, nil
}

func readPart(r *bundle.Reader, path string, from, to int) (string, error) {
	e, err := r.Lookup(path)
	if err != nil {
		return "", err
	}
	buf := make([]byte, to-from)
	_, err = r.Content(e).ReadAt(buf, int64(from))
	if errors.Is(err, io.EOF) && len(buf) == 0 {
		err = nil
	}
	return string(buf), err
}

// A recorder takes the deadlines that a connection would.
type recorder struct{ *httptest.ResponseRecorder }

func (recorder) SetWriteDeadline(time.Time) error { return nil }

var errCut = errors.New("the connection is cut")

// ask fetches an item over HTTP. An answer that is no success, or breaks off, is an error.
func (s *sweeper) ask(path, ranged string) (body []byte, err error) {
	u, err := url.Parse(s.base + s.viewer.ContentAddress(path))
	if err != nil {
		return nil, err
	}
	r := httptest.NewRequest("GET", u.Path, nil)
	r.Host = u.Host
	if ranged != "" {
		r.Header.Set("Range", ranged)
	}
	w := recorder{httptest.NewRecorder()}
	defer func() {
		if v := recover(); v != nil {
			if v != http.ErrAbortHandler {
				panic(v)
			}
			body, err = nil, errCut
		}
	}()
	s.server.ServeHTTP(w, r)
	want := http.StatusOK
	if ranged != "" {
		want = http.StatusPartialContent
	}
	if w.Code != want {
		return nil, fmt.Errorf("status %d", w.Code)
	}
	return w.Body.Bytes(), nil
}

func get(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func put(t *testing.T, name string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}
