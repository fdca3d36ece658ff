package server

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// D02: a page whose name was made to lead to this computer reads nothing, even where it knows
// the token. Its browser takes what it asks for to be of its own origin.
func TestD02Rebinding(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	_, port, err := net.SplitHostPort(l.host)
	if err != nil {
		t.Fatal(err)
	}
	// Every name is one of this computer, as in a browser that was told so.
	rebound := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, l.host)
	}}
	t.Cleanup(rebound.CloseIdleConnections)
	if code, _ := askAs(t, rebound, "GET", "http://"+l.host+l.path, ""); code != 200 {
		t.Fatalf("our own address: %d, want 200", code)
	}
	content, form := l.content("index"), l.form()
	for _, host := range []string{"localhost", "rebind.example", "7f000001.c0a80001.rbndr.us", "localtest.me", "127.0.0.1.nip.io",
		"a.127.0.0.1.sslip.io", "127.0.0.1.", "localhost.localdomain", "0.0.0.0", "127.0.0.2", "[::1]", "[::ffff:127.0.0.1]"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			site := "http://" + host + ":" + port
			for _, path := range []string{l.path, content, l.path + "style.css", "/"} {
				if code, body := askAs(t, rebound, "GET", site+path, ""); code != 421 || body != "" {
					t.Errorf("GET %s: %d %q, want an empty 421", path, code, body)
				}
			}
			for _, path := range []string{"search", "check", "pin", "leave"} {
				if code, body := askAs(t, rebound, "POST", site+l.path+path, form); code != 421 || body != "" {
					t.Errorf("POST %s: %d %q, want an empty 421", path, code, body)
				}
			}
		})
	}
}

// askAs sends a request as a page of the same site would.
func askAs(t *testing.T, by http.RoundTripper, method, address, form string) (code int, body string) {
	t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	a, err := by.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	data, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(data)
}

// G06: what a reader typed comes back in no address, no header and no page.
func TestG06TypedWords(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	const typed = "words the reader typed"
	form := l.form() + "&" + url.Values{"fingerprint": {typed}, "q": {typed}}.Encode()
	for _, path := range []string{"search", "pin", "check", "leave"} {
		a := l.send("POST", l.path+path, form, "Sec-Fetch-Site: same-origin")
		if a.code != 200 && a.code != 303 {
			t.Errorf("%s: %d", path, a.code)
		}
		for name, values := range a.head {
			if mentions(strings.Join(values, " "), typed) {
				t.Errorf("%s: %s is %q", path, name, values)
			}
		}
		if mentions(a.body, typed) {
			t.Errorf("%s: the page has %q in it", path, typed)
		}
	}
}

// mentions says whether a text has words in it, also in the spelling of an address.
func mentions(text, words string) bool {
	return strings.Contains(text, words) || strings.Contains(text, url.QueryEscape(words)) ||
		strings.Contains(text, url.PathEscape(words))
}

// A faulty is a bundle in memory that panics or fails when it is read, once it is told to.
type faulty struct {
	*bytes.Reader
	panics, pulled atomic.Bool
}

// newFaulty opens a bundle of files that is not faulty yet.
func newFaulty(t *testing.T, f testbundle.Files) (*faulty, *bundle.Reader) {
	t.Helper()
	data, err := os.ReadFile(testbundle.Pack(t, f, bundle.Options{Title: "Test collection"}))
	if err != nil {
		t.Fatal(err)
	}
	device := &faulty{Reader: bytes.NewReader(data)}
	r, err := bundle.NewReader(device, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return device, r
}

// secretsAtHand is in the text of that panic.
const secretsAtHand = "a-title a-path a-passphrase"

func (f *faulty) ReadAt(p []byte, at int64) (int, error) {
	if f.panics.Load() {
		panic(secretsAtHand)
	}
	if f.pulled.Load() {
		return 0, syscall.EIO
	}
	return f.Reader.ReadAt(p, at)
}

// insidePanic is set in the process that panics.
const insidePanic = "SATCHEL_TEST_PANIC"

// G08: a mistake of ours while serving cuts the connection, and says nothing anywhere of what
// was being read.
func TestG08Panic(t *testing.T) {
	t.Parallel()
	if os.Getenv(insidePanic) != "" {
		servePanics(t)
		return
	}
	again := exec.Command(os.Args[0], "-test.run=^TestG08Panic$")
	again.Env = append(os.Environ(), insidePanic+"=1")
	out, err := again.CombinedOutput()
	if err != nil {
		t.Errorf("the process that panics: %v\n%s", err, out)
	}
	for word := range strings.FieldsSeq(secretsAtHand) {
		if bytes.Contains(out, []byte(word)) {
			t.Errorf("%s reached the output of the process:\n%s", word, out)
		}
	}
}

func servePanics(t *testing.T) {
	f, r := newFaulty(t, files)
	l := start(t, r)
	film, plan := l.content("film"), l.content("plan")
	f.panics.Store(true)
	for name, path := range map[string]string{"a film": film, "a picture": plan} {
		if got := l.raw("GET " + path + " HTTP/1.1\r\nHost: " + l.host + "\r\n\r\n"); got != "" {
			t.Errorf("%s: %q, want a connection that is cut", name, got)
		}
	}
	f.panics.Store(false)
	if a := l.ask("GET", l.path); a.code != 200 {
		t.Errorf("after the panics: %d, want 200", a.code)
	}
}
