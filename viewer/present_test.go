package viewer

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// A stick is a bundle in memory that can be pulled.
type stick struct {
	*bytes.Reader
	pulled atomic.Bool
}

func (s *stick) ReadAt(p []byte, at int64) (int, error) {
	if s.pulled.Load() {
		return 0, syscall.EIO
	}
	return s.Reader.ReadAt(p, at)
}

// newStick opens a bundle that can be pulled.
func newStick(t *testing.T, f testbundle.Files) (*stick, *bundle.Reader) {
	t.Helper()
	data, err := os.ReadFile(testbundle.Pack(t, f, bundle.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	s := &stick{Reader: bytes.NewReader(data)}
	r, err := bundle.NewReader(s, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

// TestG13Gone: of several bundles one is pulled. Nothing of any is shown any more, not even what is in memory, until it is back; leaving
// still works.
func TestG13Gone(t *testing.T) {
	t.Parallel()
	pulled, r := newStick(t, testbundle.Files{"b.html": "<p>B"})
	s := newSession(t, Options{}, testbundle.New(t, collection), r)
	content, _ := s.v.sealer.seal(target{viewContent, 0, "index.html"})
	check := func(what, path string, want int) {
		t.Helper()
		if a, body := s.ask(path); a.Status != want || (want != 200 && body != "") {
			t.Errorf("%s: %q is answered with %d and %d bytes, want %d", what, path, a.Status, len(body), want)
		} else {
			checkHeaders(t, path, a)
		}
	}
	all := []string{"", content, pathStyle}
	for _, state := range []struct {
		what        string
		pulled      bool
		alive, page int
	}{{"there", false, 204, 200}, {"pulled", true, 410, 410}, {"there again", false, 204, 200}, {"pulled again", true, 410, 410}} {
		pulled.pulled.Store(state.pulled)
		if err := s.v.Present(); (err != nil) != state.pulled {
			t.Errorf("%s: %v", state.what, err)
		}
		check(state.what, PathAlive, state.alive)
		check(state.what, PathAlive+"?"+HiddenQuery, state.alive)
		for _, path := range all {
			check(state.what, path, state.page)
		}
	}
	if a, _ := s.post("check"); a.Status != 410 {
		t.Errorf("a check: %d", a.Status)
	}
	if a, page := s.post("leave"); a.Status != 200 || a.Leave != Leaving || !strings.Contains(page, "closed") {
		t.Errorf("leaving: %d, %v", a.Status, a.Leave)
	}
	check("left", PathAlive, 404)
}

// TestLeaveScript: the script that leaves is small, and asks for what the viewer answers to.
func TestLeaveScript(t *testing.T) {
	t.Parallel()
	own, err := fs.ReadFile(assetFiles, "assets/leave.js")
	if err != nil || len(own) > 2500 {
		t.Errorf("it has %d bytes, %v", len(own), err)
	}
	contains(t, string(own), `"`+PathAlive+`"`, `"?`+HiddenQuery+`"`, "action^="+pathLeave)
}
