package viewer

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/bundle/sign"
	"satchel/viewer/internal/qr"
	"satchel/viewer/internal/testbundle"
)

// shieldWithTick is in the mark of a publisher that the reader knows, and in no other.
const shieldWithTick = "M8 12l3 3 5-6"

// B15: at first sight a publisher has a neutral mark on every page, and nothing but forty
// typed digits changes that.
func TestB15UnknownPublisher(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	s := newSession(t, Options{}, testbundle.New(t, collection, key))
	digits := key.Public().Fingerprint().String()
	for name, ask := range map[string]func() (*Response, string){
		"home":  func() (*Response, string) { return s.home() },
		"item":  func() (*Response, string) { return s.open(viewItem, "notes.txt") },
		"trust": func() (*Response, string) { return s.open(viewTrust, "") },
	} {
		t.Run(name, func(t *testing.T) {
			_, page := ask()
			contains(t, page, "is-unknown", "Publisher not confirmed")
			lacks(t, page, "is-trusted", "Trusted", shieldWithTick, "You know this one")
		})
	}
	_, trust := s.open(viewTrust, "")
	for _, form := range formsOf(trust) {
		if form.action == pathLeave {
			continue
		}
		for name, values := range form.fields {
			if name != "for" && values[0] != "" {
				t.Errorf("the form to %s comes with %s already in %q", form.action, values[0], name)
			}
		}
		s.send(&Request{Method: "POST", Path: form.action, Form: form.fields})
		s.wait()
		if v := s.v.standing(s.v.volumes[0]).Verdict; v != bundle.Unknown {
			t.Fatalf("the button of the form to %s alone makes the publisher %s, want %s", form.action, v, bundle.Unknown)
		}
	}
	if _, page := s.post(pathPin, "fingerprint", digits); !strings.Contains(page, "verdict is-trusted") {
		t.Errorf("after %s was typed, the page has no trusted verdict", digits)
	}
}

// A filled is a form as a browser sends it when nothing was typed.
type filled struct {
	action string
	fields url.Values
}

var (
	formTag  = regexp.MustCompile(`(?s)<form[^>]* action="([^"]*)"[^>]*>(.*?)</form>`)
	fieldTag = regexp.MustCompile(`(?s)<(?:input|textarea|button|select)\b[^>]* name="([^"]*)"(?:[^>]* value="([^"]*)")?[^>]*>([^<]*)`)
)

func formsOf(page string) (all []filled) {
	for _, m := range formTag.FindAllStringSubmatch(page, -1) {
		f := filled{m[1], url.Values{}}
		for _, field := range fieldTag.FindAllStringSubmatch(m[2], -1) {
			f.fields.Set(field[1], html.UnescapeString(field[2]+strings.TrimSpace(field[3])))
		}
		all = append(all, f)
	}
	return all
}

// B19: a bundle that takes on another publisher's name and key is told by the key that
// signed it. Where it says who made it, nothing of its own is heard.
func TestB19BorrowedName(t *testing.T) {
	t.Parallel()
	known, forger := testbundle.Key(t, 1), testbundle.Key(t, 2)
	const claim = "Radio Known, Trusted"
	f := testbundle.Files{"logo.png": pixel, "Radio Known.txt": "Radio Known made this"}
	r := testbundle.Open(t, testbundle.Pack(t, f, bundle.Options{Title: claim,
		Keys: []sign.PublicKey{known.Public()}, Signers: []sign.PrivateKey{forger}}))
	s := newSession(t, Options{Pins: []sign.Pin{sign.NewPin(known.Public())}}, r)
	_, home := s.home()
	contains(t, home, claim)
	_, trust := s.open(viewTrust, "")
	for name, page := range map[string]string{
		"the verdict on the first page": find(t, home, `(?s)(<a class="standing.*?</a>)`),
		"the badge":                     find(t, home, `(?s)(<a class="badge.*?</a>)`),
		"the page of checks":            trust,
	} {
		t.Run(name, func(t *testing.T) {
			contains(t, page, "is-unknown")
			lacks(t, page, "Radio Known", "is-trusted", shieldWithTick, "<img")
		})
	}
	shown := regexp.MustCompile(`<li><bdi>(\d{5})</bdi></li>`).FindAllStringSubmatch(trust, -1)
	var groups []string
	for _, m := range shown {
		groups = append(groups, m[1])
	}
	if want := forger.Public().Fingerprint().Groups(sign.Latin); !slices.Equal(groups, want) {
		t.Errorf("the fingerprint shown is %q, want the signer's, %q", groups, want)
	}
}

// The fingerprint is there as a QR code, too.
func TestFingerprintCode(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	s := newSession(t, Options{}, testbundle.New(t, collection, key))
	_, page := s.open(viewTrust, "")
	want, size, err := qr.Path(strings.ReplaceAll(key.Public().Fingerprint().String(), " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, page, fmt.Sprintf(`viewBox="0 0 %d %d"`, size, size), `<path d="`+want+`"/>`)
}

// The groups of a fingerprint run from left to right wherever they stand, whatever the language and its digits. The
// contents show it only where the reader knows it: it is not to be copied from there.
func TestFingerprintRuns(t *testing.T) {
	t.Parallel()
	key := testbundle.Key(t, 1)
	_, unknown := newSession(t, Options{}, testbundle.New(t, collection, key)).home()
	lacks(t, unknown, `class="digits"`)
	s := newSession(t, Options{Pins: []sign.Pin{sign.NewPin(key.Public())}}, testbundle.New(t, collection, key))
	for _, lang := range []string{"en", "fa", "ar"} {
		_, home := s.homeIn(lang)
		contains(t, home, `<bdo class="digits" dir="ltr">`)
		_, trust := s.ask(find(t, home, `class="standing[^"]*" href="([^"]+)"`))
		contains(t, trust, `<ol class="groups" dir="ltr">`)
		lacks(t, trust, `<ol class="groups" dir="rtl">`)
	}
}
