package viewer

import (
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/bundle/sign"
	"satchel/viewer/internal/testbundle"
)

// The first page says no title, name or number of what is open; and no mark of trust for a publisher who is not known.
func TestStart(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	pinned := Options{Pins: []sign.Pin{sign.NewPin(key.Public())}}
	open := func(signers ...sign.PrivateKey) *bundle.Reader {
		return testbundle.Open(t, testbundle.Pack(t, collection, bundle.Options{Title: "Secret title", Publisher: "Secret newsroom", Series: "weekly", Issue: 41, Signers: signers}))
	}
	for _, c := range []struct {
		name  string
		o     Options
		open  []*bundle.Reader
		wants []string
		lacks string
	}{
		{"trusted", pinned, []*bundle.Reader{open(key)}, []string{`sign is-trusted"`, "whose fingerprint you gave"}, "not confirmed"},
		{"unknown", Options{}, []*bundle.Reader{open(key)}, []string{`sign is-unknown"`, "not confirmed yet"}, "is-trusted"},
		{"unsigned", Options{}, []*bundle.Reader{open()}, []string{`sign is-unsigned"`, "Nobody signed it"}, "is-trusted"},
		{"the worst of two", pinned, []*bundle.Reader{open(key), open()}, []string{"Nobody signed it"}, "is-trusted"},
	} {
		s := newSession(t, c.o, c.open...)
		_, page := s.ask("")
		contains(t, page, append(c.wants, "<title>Start</title>", "Leave fewer traces", ">한국어<", ">فارسی<", ">Open</a>")...)
		lacks(t, page, c.lacks, "Secret", "Issue", key.Public().Fingerprint().String(), `class="find"`)
		if n := strings.Count(page, `hreflang="`); n != len(languages()) {
			t.Errorf("%s: %d languages to choose from", c.name, n)
		}
	}
	damaged := newSession(t, pinned, open(key))
	damaged.v.volumes[0].check.met(bundle.Changed, bundle.ErrDamaged)
	_, page := damaged.ask("")
	contains(t, page, `sign is-changed"`, "damaged or changed")
	_, none := newSession(t, Options{}).ask("")
	contains(t, none, "No collection is open")
}
