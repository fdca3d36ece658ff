package server

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"satchel/bundle"
	"satchel/viewer"
	"satchel/viewer/internal/testbundle"
)

// startClass serves files to a class, on an address of its own that is not that of the loopback server.
func startClass(t testing.TB) *live {
	t.Helper()
	v := viewer.New([]*bundle.Reader{testbundle.New(t, files, testbundle.Key(t, 1))}, viewer.Options{})
	return startServer(t, New(v, Options{Class: netip.MustParseAddr("127.0.0.2")}))
}

// pupil comes in with the code.
func (l *live) pupil() *live {
	l.t.Helper()
	c := l.s.Class()
	p := &live{t: l.t, s: l.s, host: c.host}
	got := p.ask("GET", "/"+c.invite)
	p.path = got.head.Get("Location")
	if got.code != 303 || !regexp.MustCompile(`^/[A-Za-z0-9_-]{43}/$`).MatchString(p.path) {
		l.t.Fatalf("with the code: %d, to %q", got.code, p.path)
	}
	return p
}

// wrongCode is not the code.
func (l *live) wrongCode() string {
	if l.s.Class().Code() == "123456" {
		return "654321"
	}
	return "123456"
}

func TestClassDoor(t *testing.T) {
	t.Parallel()
	l := startClass(t)
	c := l.s.Class()
	door := &live{t: t, s: l.s, host: c.host, path: "/"}
	page := door.ask("GET", "/", "Accept-Language: ko")
	if page.code != 200 || !strings.Contains(page.body, "수업 번호") || strings.Contains(page.body, "Test collection") {
		t.Errorf("the door: %d\n%s", page.code, page.body)
	}
	if got := door.ask("GET", "/style.css"); got.code != 200 {
		t.Errorf("its style: %d", got.code)
	}
	own := "Origin: null"
	if got := door.send("POST", "/?lang=ko", "code="+l.wrongCode(), own); got.code != 403 || !strings.Contains(got.body, "맞지 않습니다") {
		t.Errorf("a wrong code: %d\n%s", got.code, got.body)
	}
	for _, typed := range []string{"", "12345", "1234567", "abc"} {
		if got := door.send("POST", "/", "code="+typed, own); got.code == 303 {
			t.Errorf("%q lets in", typed)
		}
	}
	got := l.s.Class().tries.byAddress["127.0.0.1"].wrong
	if got != freeTries {
		t.Errorf("%d wrong codes are counted, want %d", got, freeTries)
	}
	if got := door.send("POST", "/", "code="+c.Code(), own); got.code != 429 || !strings.Contains(got.body, "Seconds: 30") {
		t.Errorf("with the right code, too soon: %d\n%s", got.code, got.body)
	}
	if got := door.ask("GET", "/"+c.invite); got.code != 303 {
		t.Errorf("by the invitation, which nobody guesses: %d", got.code)
	}
}

func TestClassNumerals(t *testing.T) {
	t.Parallel()
	l := startClass(t)
	c := l.s.Class()
	door := &live{t: t, s: l.s, host: c.host, path: "/"}
	for _, zero := range []rune{'0', '٠', '۰', '၀', '０'} {
		typed := strings.Map(func(r rune) rune { return zero + r - '0' }, c.Code())
		got := door.send("POST", "/?lang=fa", "code="+typed[:len(typed)/2]+"+"+typed[len(typed)/2:], "Origin: http://"+c.host)
		if got.code != 303 || !strings.HasSuffix(got.head.Get("Location"), "/?lang=fa") {
			t.Errorf("%s: %d, to %q", typed, got.code, got.head.Get("Location"))
		}
	}
}

// TestClassStrict: who has no token, or another's, or comes by another name, gets nothing.
func TestClassStrict(t *testing.T) {
	t.Parallel()
	l := startClass(t)
	c := l.s.Class()
	p, q := l.pupil(), l.pupil()
	if p.path == q.path {
		t.Error("two pupils have the same token")
	}
	if got := p.ask("GET", p.home()); got.code != 200 || !strings.Contains(got.body, "Test collection") {
		t.Fatalf("with a token: %d", got.code)
	}
	forged := "/" + strings.Repeat("A", 43) + "/"
	for _, path := range []string{forged, l.path, p.path[:22] + q.path[22:], strings.TrimSuffix(p.path, "/"), "/favicon.ico", "/x/style.css", "/12345", "/1234567", "/" + c.Code(), "/" + c.invite + "x", "/" + c.invite[:21]} {
		if got := p.ask("GET", path); got.code != 404 || got.body != "" {
			t.Errorf("%s: %d %q", path, got.code, got.body)
		}
	}
	if got := l.ask("GET", p.path); got.code != 404 {
		t.Errorf("a pupil's token at the loopback address: %d", got.code)
	}
	if got := l.ask("GET", "/"+c.invite); got.code != 404 {
		t.Errorf("the code at the loopback address: %d", got.code)
	}
	_, port, err := net.SplitHostPort(c.host)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"evil.example:" + port, "localhost:" + port, "127.0.0.1:" + port, l.host, "127.0.0.2"} {
		if got := p.ask("GET", p.path, "Host: "+host); got.code != 421 || got.body != "" {
			t.Errorf("Host %s: %d", host, got.code)
		}
	}
	if conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second); err == nil {
		conn.Close()
		t.Error("the class is listened for at other addresses, too")
	}
	for _, at := range []string{"/", "/" + c.invite, p.path, "/style.css"} {
		for _, method := range []string{"PUT", "DELETE", "OPTIONS", "TRACE"} {
			if got := p.ask(method, at); got.code != 405 {
				t.Errorf("%s %s: %d", method, at, got.code)
			}
		}
		if got := p.ask("GET", at, "Upgrade: websocket", "Connection: Upgrade"); got.code != 405 {
			t.Errorf("an upgrade of %s: %d", at, got.code)
		}
	}
	for _, from := range [][]string{{}, {"Origin: http://evil.example"}, {"Sec-Fetch-Site: cross-site"}} {
		for _, at := range []string{"/", p.path + "search"} {
			if got := p.send("POST", at, "code="+c.Code(), from...); got.code != 403 {
				t.Errorf("POST %s from %q: %d", at, from, got.code)
			}
		}
	}
}

// TestClassGuests: a pupil reads and searches, and has no part in what others would notice.
func TestClassGuests(t *testing.T) {
	t.Parallel()
	l := startClass(t)
	p := l.pupil()
	home := p.ask("GET", p.home()).body
	trust := p.ask("GET", p.find(home, `class="standing[^"]*" href="([^"]+)"`)).body
	for _, page := range []string{home, trust} {
		for _, form := range []string{"pin", "check"} {
			if strings.Contains(page, `action="`+form) {
				t.Errorf("a pupil's page has a form for %s", form)
			}
		}
	}
	operator := l.ask("GET", l.find(l.ask("GET", l.home()).body, `class="standing[^"]*" href="([^"]+)"`)).body
	for _, form := range []string{"leave", "pin", "check"} {
		if !strings.Contains(operator, `action="`+form) {
			t.Errorf("the operator's page has no form for %s", form)
		}
	}
	for _, form := range []string{p.form(), l.form()} {
		for _, path := range []string{"pin", "check"} {
			if got := p.send("POST", p.path+path, form+"&fingerprint=1", "Origin: null"); got.code != 403 {
				t.Errorf("a pupil's %s: %d", path, got.code)
			}
		}
	}
	// Who leaves leaves alone.
	if got := p.send("POST", p.path+"leave", p.form(), "Origin: null"); got.code != 200 || !strings.Contains(got.body, "left.css") {
		t.Errorf("a pupil leaves: %d", got.code)
	}
	if got := p.ask("GET", p.path+"left.css"); got.code != 200 || got.head.Get("Clear-Site-Data") == "" {
		t.Errorf("a pupil has left: %d %v", got.code, got.head)
	}
	found := p.send("POST", p.path+"search", p.form()+"&q=marker", "Origin: null")
	if found.code != 303 {
		t.Fatalf("a pupil's search: %d", found.code)
	}
	if got := p.ask("GET", p.path+found.head.Get("Location")); got.code != 200 || !strings.Contains(got.body, "<mark>") {
		t.Errorf("what a pupil searched for: %d", got.code)
	}
	if got := l.send("POST", l.path+"leave", l.form(), "Origin: null"); got.code != 200 {
		t.Fatalf("the operator leaves: %d", got.code)
	}
	<-l.ended
	if _, err := net.DialTimeout("tcp", p.host, time.Second); err == nil {
		t.Error("the class goes on without the operator")
	}
}

// from returns a client with an address of its own.
func from(n int) *http.Client {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(n))}}
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: d.DialContext, MaxConnsPerHost: 6}}
}

// TestClassOfThirty has thirty read, search and watch at the same time, while somebody takes all the connections
// that one address can have.
func TestClassOfThirty(t *testing.T) {
	t.Parallel()
	l := startClass(t)
	c := l.s.Class()
	greedy := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 2, 1)}}
	for range 2 * maxConnections {
		conn, err := greedy.DialContext(t.Context(), "tcp", c.host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	var pupils sync.WaitGroup
	for n := range 30 {
		pupils.Go(func() {
			client := from(n + 1)
			defer client.CloseIdleConnections()
			if err := lesson(client, c.Invitation()); err != nil {
				t.Errorf("pupil %d: %v", n, err)
			}
		})
	}
	pupils.Wait()
}

// lesson reads and watches all that there is on the first page.
func lesson(client *http.Client, address string) error {
	read := func(address string, span string) (string, string, error) {
		r, err := http.NewRequestWithContext(context.Background(), "GET", address, nil)
		if err != nil {
			return "", "", err
		}
		if span != "" {
			r.Header.Set("Range", span)
		}
		a, err := client.Do(r)
		if err != nil {
			return "", "", err
		}
		defer a.Body.Close()
		body, err := io.ReadAll(a.Body)
		if err == nil && a.StatusCode/100 != 2 {
			err = fmt.Errorf("%s: %s", address, a.Status)
		}
		return a.Request.URL.String(), string(body), err
	}
	first, home, err := read(address, "")
	if err != nil {
		return err
	}
	_, home, err = read(first+regexp.MustCompile(`class="button main" href="([^"]+)"`).FindStringSubmatch(home)[1], "")
	if err != nil {
		return err
	}
	rows := regexp.MustCompile(`class="row" href="([^"]+)"`).FindAllStringSubmatch(home, -1)
	if len(rows) < 3 {
		return fmt.Errorf("there are %d items to read", len(rows))
	}
	for _, row := range rows {
		_, item, err := read(first+row[1], "")
		if err != nil {
			return err
		}
		for _, m := range regexp.MustCompile(`(?:<iframe[^>]*|<video[^>]*) src="([^"]+)"`).FindAllStringSubmatch(item, -1) {
			if _, content, err := read(first+m[1], "bytes=0-299999"); err != nil || content == "" {
				return fmt.Errorf("%d bytes of an item: %w", len(content), err)
			}
		}
	}
	return nil
}

// TestCrowd: one address cannot have all connections.
func TestCrowd(t *testing.T) {
	t.Parallel()
	c := &crowd{guard: newGuard(maxConnections), open: map[string]int{}}
	var ends []net.Conn
	for n := range classConnections + 3 {
		near, far := net.Pipe()
		t.Cleanup(func() { near.Close(); far.Close() })
		c.state(near, http.StateNew)
		ends = append(ends, near)
		if closed := near.SetDeadline(time.Time{}) != nil; closed != (n >= classConnections) {
			t.Errorf("connection %d is closed: %v", n+1, closed)
		}
	}
	for _, end := range ends {
		c.state(end, http.StateClosed)
	}
	if len(c.open) > 0 {
		t.Errorf("%v are counted when all are closed", c.open)
	}
}

// TestClassWalk types the code in a browser, reads, and leaves without ending it for the others.
func TestClassWalk(t *testing.T) {
	t.Parallel()
	l := startClass(t)
	c := l.s.Class()
	r := newReader(t)
	r.do(chromedp.Navigate(c.Address()), chromedp.SendKeys("#code", l.wrongCode()+kb.Enter))
	r.until("the code is wrong", "document.querySelector('.answer.bad')")
	r.do(chromedp.SendKeys("#code", c.Code()+kb.Enter))
	r.do(chromedp.Click(".on-start a.button.main"))
	r.until("the contents are shown", "document.querySelector('.on-home .row')")
	r.do(chromedp.Click(".row"))
	r.until("an item is shown", "document.querySelector('.on-item') && document.readyState == 'complete'")
	r.do(chromedp.KeyEvent(kb.Shift + kb.Shift + kb.Shift))
	r.until("the pupil has left", "document.body?.textContent.trim() == 'This page is closed.'")
	if got := l.ask("GET", l.path); got.code != 200 {
		t.Errorf("a pupil ended it for all: %d", got.code)
	}
}

func TestClassQR(t *testing.T) {
	t.Parallel()
	lines, err := startClass(t).s.Class().QR()
	if err != nil || len(lines) < 15 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}
