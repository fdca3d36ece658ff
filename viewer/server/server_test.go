package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"satchel/bundle"
	"satchel/viewer"
	"satchel/viewer/internal/testbundle"
)

// A live is a server that answers, and who asks it.
type live struct {
	t     testing.TB
	s     *Server
	host  string
	path  string // of the first page, with the token
	end   context.CancelFunc
	ended chan struct{} // closed when Serve returned
	err   error         // what it returned
}

func start(t testing.TB, bundles ...*bundle.Reader) *live {
	t.Helper()
	return startViewer(t, viewer.New(bundles, viewer.Options{}))
}

func startViewer(t testing.TB, v *viewer.Viewer) *live {
	t.Helper()
	return startServer(t, New(v, Options{}))
}

func startServer(t testing.TB, s *Server) *live {
	t.Helper()
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &live{t: t, s: s, host: s.host, path: "/" + s.token + "/", end: cancel, ended: make(chan struct{})}
	go func() {
		defer close(l.ended)
		l.err = s.Serve(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		if <-l.ended; l.err != nil {
			t.Error(l.err)
		}
	})
	return l
}

// startWith serves a bundle until the test ends.
func startWith(t testing.TB, r *bundle.Reader) *Server {
	t.Helper()
	return start(t, r).s
}

// get asks for an address. A body that is cut off says so.
func get(t testing.TB, address string) (*http.Response, string) {
	t.Helper()
	a, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		body = []byte("cut short: " + err.Error())
	}
	return a, string(body)
}

var files = testbundle.Files{
	"index.html": `<html><head><style>p { margin: 0 }</style></head><body><h1>Marker</h1><a href="b.html">b</a></body></html>`,
	"b.html":     "<p>B</p>",
	"notes.txt":  "notes",
	"film.mp4":   testbundle.Noise(1<<20, 1),
	"plan.png":   testbundle.Noise(1<<10, 2),
}

func startFiles(t testing.TB) *live {
	t.Helper()
	return start(t, testbundle.New(t, files, testbundle.Key(t, 1)))
}

// An answer is what came back over the wire.
type answer struct {
	code int
	head http.Header
	body string
	err  error // the body was cut off
}

// ask sends a request with headers, given as "Name: value". Redirects are not followed.
func (l *live) ask(method, path string, headers ...string) answer {
	l.t.Helper()
	return l.send(method, path, "", headers...)
}

func (l *live) send(method, path, form string, headers ...string) answer {
	l.t.Helper()
	r, err := http.NewRequest(method, "http://"+l.host+path, strings.NewReader(form))
	if err != nil {
		l.t.Fatal(err)
	}
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
		} else {
			r.Header[name] = append(r.Header[name], value)
		}
	}
	got, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return answer{err: err}
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	return answer{got.StatusCode, got.Header, string(body), err}
}

// raw sends bytes as they are and returns what comes back until the server closes, or
// for a moment.
func (l *live) raw(request string) string {
	l.t.Helper()
	c, err := net.Dial("tcp", l.host)
	if err != nil {
		l.t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		l.t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
		l.t.Fatal(err)
	}
	got, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return ""
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		l.t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", got.StatusCode, body)
}

// find returns what a page has for a pattern.
func (l *live) find(page, pattern string) string {
	l.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(page)
	if m == nil {
		l.t.Fatalf("the page has no %s:\n%s", pattern, page)
	}
	return l.path + strings.TrimPrefix(m[1], "./")
}

// home returns the address of the contents.
func (l *live) home() string {
	l.t.Helper()
	return l.find(l.ask("GET", l.path).body, `class="button main" href="([^"]+)"`)
}

// content returns the address of an item's content, as pages have it.
func (l *live) content(title string) string {
	l.t.Helper()
	home := l.ask("GET", l.home()).body
	if title == "plan" {
		home = l.ask("GET", l.find(home, `href="([^"]+)"><bdi>Pictures`)).body
		home = strings.ReplaceAll(home, `class="tile"`, `class="row"`)
	}
	item := l.ask("GET", l.find(home, `class="row" href="([^"]+)">(?:[^/]|/[^a])*?>`+title+`<`)).body
	return l.find(item, `(?:<iframe[^>]*|<video[^>]*|class="full".*<img) src="([^"]+)"`)
}

// form returns what the forms of a page carry.
func (l *live) form() string {
	l.t.Helper()
	page := l.ask("GET", l.path).body
	return "for=" + strings.TrimPrefix(l.find(page, `name="for" value="([^"]+)"`), l.path)
}

func TestD01Host(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	_, port, err := net.SplitHostPort(l.host)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"evil.example", "evil.example:" + port, "localhost:" + port, "localhost",
		"127.0.0.1.nip.io:" + port, "0.0.0.0:" + port, "[::]:" + port, "[::1]:" + port, "127.0.0.1", "127.0.0.1:80",
		"127.0.0.1.:" + port, "127.1:" + port, "2130706433:" + port, "LOCALHOST:" + port, "127.0.0.1:0" + port,
		" 127.0.0.1:" + port + "x"} {
		got := l.raw("GET " + l.path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(got, "421 ") && !strings.HasPrefix(got, "400 ") || strings.Contains(got, "Test collection") {
			t.Errorf("Host %q: %.100q", host, got)
		}
	}
	for name, head := range map[string]string{
		"no":       "",
		"empty":    "Host:\r\n",
		"two":      "Host: " + l.host + "\r\nHost: " + l.host + "\r\n",
		"absolute": "Host: " + l.host + "\r\n",
	} {
		target := l.path
		if name == "absolute" {
			target = "http://" + l.host + l.path
		}
		got := l.raw("GET " + target + " HTTP/1.1\r\n" + head + "Connection: close\r\n\r\n")
		if !strings.HasPrefix(got, "421 ") && !strings.HasPrefix(got, "400 ") {
			t.Errorf("%s Host: %.100q", name, got)
		}
	}
	if got := l.ask("GET", l.home()); got.code != 200 || !strings.Contains(got.body, "Test collection") {
		t.Errorf("the right Host: %d", got.code)
	}
}

func TestD03LoopbackOnly(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	host, port, err := net.SplitHostPort(l.host)
	if err != nil || host != "127.0.0.1" {
		t.Fatalf("listens on %q: %v", l.host, err)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		ip, ok := a.(*net.IPNet)
		if !ok || ip.IP.Equal(net.IPv4(127, 0, 0, 1)) {
			continue
		}
		c, err := net.DialTimeout("tcp", net.JoinHostPort(ip.IP.String(), port), time.Second)
		if err == nil {
			c.Close()
			t.Errorf("%v is listened on, too", ip)
		}
	}
}

// D04: without the token every answer is the same empty one.
func TestD04NoToken(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	deep := strings.TrimPrefix(l.content("index"), l.path)
	wrong := "B" + l.s.token[1:]
	if wrong == l.s.token {
		wrong = "C" + l.s.token[1:]
	}
	want := fmt.Sprint(l.ask("GET", "/"))
	if !strings.HasPrefix(want, "{404 ") {
		t.Fatalf("without a token: %s", want)
	}
	for _, path := range []string{"/favicon.ico", "/" + wrong + "/", "/" + wrong + "/" + deep, "/" + deep, "/" + l.s.token,
		"/" + l.s.token[:20] + "/", "/style.css", "/x/style.css", "/" + strings.ToLower(l.s.token) + "/", "//" + l.s.token + "/"} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			if got := fmt.Sprint(l.ask(method, path)); got != want {
				t.Errorf("%s %s: %s\nwant %s", method, path, got, want)
			}
		}
		if got := fmt.Sprint(l.ask("GET", path, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate")); got != want {
			t.Errorf("from another site, %s: %s", path, got)
		}
	}
}

func TestD05CrossSite(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	deep := l.content("index")
	for _, site := range []string{"cross-site", "same-site"} {
		for _, kind := range []string{"no-cors image", "no-cors script", "cors empty", "navigate iframe", "navigate embed", "no-cors video"} {
			mode, dest, _ := strings.Cut(kind, " ")
			got := l.ask("GET", deep, "Sec-Fetch-Site: "+site, "Sec-Fetch-Mode: "+mode, "Sec-Fetch-Dest: "+dest, "Origin: http://evil.example")
			if got.code != 403 || got.body != "" {
				t.Errorf("%s, %s: %d %q", site, kind, got.code, got.body)
			}
			if got.head.Get("Cross-Origin-Resource-Policy") != "same-origin" {
				t.Errorf("%s, %s: no resource policy", site, kind)
			}
			for name := range got.head {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s, %s: %s", site, kind, name)
				}
			}
		}
	}
	if got := l.ask("GET", deep, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"); got.code != 200 {
		t.Errorf("our own frame: %d", got.code)
	}
}

func TestD06CrossSiteNavigation(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	from := []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"}
	for _, path := range []string{l.content("index"), l.path + "?from=1"} {
		got := l.ask("GET", path, from...)
		if got.code != 303 || got.head.Get("Location") != l.path || got.body != "" {
			t.Errorf("%s: %d to %q", path, got.code, got.head.Get("Location"))
		}
	}
	if got := l.ask("GET", l.path, from...); got.code != 200 {
		t.Errorf("the first page: %d", got.code)
	}
}

func TestD07Methods(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	deep := l.content("index")
	for _, path := range []string{l.path, deep, l.path + "style.css"} {
		for _, method := range []string{"PUT", "DELETE", "TRACE", "OPTIONS", "PATCH", "PROPFIND", "POST", "get"} {
			if got := l.ask(method, path, "Sec-Fetch-Site: same-origin"); got.code != 405 || got.body != "" {
				t.Errorf("%s %s: %d %q", method, path, got.code, got.body)
			}
		}
		if got := l.ask("GET", path, "Upgrade: websocket", "Connection: Upgrade"); got.code != 405 {
			t.Errorf("an upgrade of %s: %d", path, got.code)
		}
	}
	if got := l.raw("CONNECT " + l.host + " HTTP/1.1\r\nHost: " + l.host + "\r\n\r\n"); !strings.HasPrefix(got, "405") {
		t.Errorf("CONNECT: %q", got)
	}
	if got := l.raw("OPTIONS * HTTP/1.1\r\nHost: " + l.host + "\r\n\r\n"); !strings.HasPrefix(got, "404") {
		t.Errorf("OPTIONS *: %q", got)
	}
	form := l.form()
	for _, from := range [][]string{{}, {"Sec-Fetch-Site: cross-site"}, {"Sec-Fetch-Site: same-site"}, {"Sec-Fetch-Site: none"},
		{"Origin: http://evil.example"}, {"Origin: http://127.0.0.1:1"}, {"Sec-Fetch-Site: cross-site", "Origin: http://" + l.host},
		{"Origin: null", "Origin: null"}} {
		for _, path := range []string{"search", "check", "pin", "leave"} {
			if got := l.send("POST", l.path+path, form, from...); got.code != 403 {
				t.Errorf("POST %s with %v: %d", path, from, got.code)
			}
		}
	}
	for _, from := range []string{"Sec-Fetch-Site: same-origin", "Origin: http://" + l.host, "Origin: null"} {
		if got := l.send("POST", l.path+"pin", form+"&fingerprint=1", from); got.code != 200 {
			t.Errorf("POST pin with %s: %d", from, got.code)
		}
	}
	for _, bad := range []string{strings.Repeat("a", maxForm+1), "%zz"} {
		if got := l.send("POST", l.path+"pin", bad, "Sec-Fetch-Site: same-origin"); got.code != 413 && got.code != 400 {
			t.Errorf("a form of %d bytes: %d", len(bad), got.code)
		}
	}
	if got := l.ask("GET", l.path+"leave", "Sec-Fetch-Site: same-origin"); got.code != 404 {
		t.Errorf("GET leave: %d", got.code)
	}
}

func TestD17ServiceWorker(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	for _, path := range []string{l.path, l.content("index"), l.path + "style.css"} {
		if got := l.ask("GET", path, "Service-Worker: script", "Sec-Fetch-Site: same-origin"); got.code != 403 {
			t.Errorf("%s as a service worker: %d", path, got.code)
		}
	}
}

func TestD21Framing(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	if got := l.ask("GET", l.path).head.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") {
		t.Errorf("the first page can be framed: %q", got)
	}
	if got := l.ask("GET", l.content("index")).head.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'self'") {
		t.Errorf("a page can be framed by others: %q", got)
	}
}

func TestD26Ranges(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	film, path := files["film.mp4"], l.content("film")
	for _, c := range []struct {
		ask  string
		code int
		want string
	}{
		{"", 200, film},
		{"bytes=0-99", 206, film[:100]},
		{"bytes=500000-500099", 206, film[500_000:500_100]},
		{"bytes=262143-262144", 206, film[262_143:262_145]},
		{"bytes=1048000-", 206, film[1_048_000:]},
		{"bytes=1048000-99999999", 206, film[1_048_000:]},
		{"bytes=-100", 206, film[len(film)-100:]},
		{"bytes=-99999999", 206, film},
		{"bytes=1048576-", 416, ""},
		{"bytes=9-5", 416, ""},
		{"bytes=99999999999999999999-", 416, ""},
		{"bytes=x", 416, ""},
		{"lines=1-2", 416, ""},
		{"bytes=0-9,20-29", 200, film},
		{"bytes=" + strings.Repeat("0-,", 1000) + "0-", 200, film},
	} {
		var headers []string
		if c.ask != "" {
			headers = append(headers, "Range: "+c.ask)
		}
		got := l.ask("GET", path, headers...)
		if got.code != c.code || got.body != c.want || got.err != nil {
			t.Errorf("%.40q: %d with %d bytes (%v), want %d with %d", c.ask, got.code, len(got.body), got.err, c.code, len(c.want))
		}
		if got.head.Get("Cache-Control") != "no-store" || got.head.Get("Content-Security-Policy") == "" {
			t.Errorf("%.40q: headers are missing: %v", c.ask, got.head)
		}
	}
	if got := l.ask("GET", path, "Range: bytes=0-9", "Range: bytes=5-9"); got.code != 200 {
		t.Errorf("two Range headers: %d", got.code)
	}
	if got := l.ask("GET", path, "Range: bytes=0-9", `If-Range: "x"`); got.code != 200 || got.body != film {
		t.Errorf("If-Range: %d with %d bytes", got.code, len(got.body))
	}
	if got := l.ask("HEAD", path); got.code != 200 || got.body != "" || got.head.Get("Content-Length") != "1048576" {
		t.Errorf("HEAD: %d, %v", got.code, got.head)
	}
}

// held returns how many connections the server holds once those that it closed are
// gone.
func (l *live) held() (n int) {
	for range 100 {
		l.s.guard.mu.Lock()
		n = l.s.guard.open
		l.s.guard.mu.Unlock()
		if n <= maxConnections {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return n
}

func TestD27SlowAndMany(t *testing.T) {
	l := startFiles(t)
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	for range 3 * maxConnections {
		c, err := net.Dial("tcp", l.host)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX: "); err != nil {
			continue // closed already
		}
	}
	begun := time.Now()
	if got := l.ask("GET", l.path); got.code != 200 || time.Since(begun) > time.Second {
		t.Errorf("with %d silent connections: %d after %v", len(open), got.code, time.Since(begun))
	}
	if held := l.held(); held > maxConnections {
		t.Errorf("%d connections are held", held)
	}
	if got := l.raw("GET " + l.path + " HTTP/1.1\r\nHost: " + l.host + "\r\nX: " + strings.Repeat("a", 64<<10) + "\r\n\r\n"); !strings.HasPrefix(got, "431 ") {
		t.Errorf("a head of 64 KiB: %.60q", got)
	}
	if got := l.ask("GET", l.path, "X: "+strings.Repeat("a", 1<<20)); got.code == 200 {
		t.Error("a head of 1 MB is read")
	}
	if got := l.ask("GET", l.path); got.code != 200 {
		t.Errorf("after it: %d", got.code)
	}
}

// A head that does not come to its end ends the connection.
func TestD27SlowHead(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as a head may take")
	}
	t.Parallel()
	l := startFiles(t)
	c, err := net.Dial("tcp", l.host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(headTime + 3*time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is still open")
	}
}

// Who announces a body and does not send it holds nothing: neither without the token, nor
// with it where nothing is posted.
func TestD27SlowBody(t *testing.T) {
	l := startFiles(t)
	for i := range maxConnections {
		c, err := net.Dial("tcp", l.host)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		method, path, length := "GET", "/", "Content-Length: 100"
		if i%2 == 1 {
			path = l.path
		}
		if i%4 > 1 {
			length = "Transfer-Encoding: chunked"
		}
		if i%8 > 3 {
			method = "POST"
		}
		fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n", method, path, l.host, length)
		if err := c.SetReadDeadline(time.Now().Add(3 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("%s %q with %s: the connection is still open", method, path, length)
		}
	}
	if got := l.ask("GET", l.path); got.code != 200 {
		t.Errorf("after it: %d, %v", got.code, got.err)
	}
}

// deadlines notes until when an answer has to be taken.
type deadlines struct {
	*httptest.ResponseRecorder
	write time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error { d.write = t; return nil }
func (d *deadlines) SetReadDeadline(time.Time) error    { return nil }

// Nobody has for ever to take an answer, the one without a body neither.
func TestD27DeafClient(t *testing.T) {
	l := startFiles(t)
	for path, most := range map[string]time.Duration{"/": refuseTime, l.path + "x": stallTime, l.path: stallTime} {
		r := httptest.NewRequest("GET", "http://"+l.host+path, nil)
		r.RequestURI, r.URL = path, &url.URL{Path: path}
		d := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		l.s.ServeHTTP(d, r)
		if left := time.Until(d.write); left <= 0 || left > most {
			t.Errorf("%q: %v to take the answer", path, left)
		}
	}
}

func TestD28Paths(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	for _, path := range []string{"%2e%2e/", "..%2f..%2fetc/passwd", "../../etc/passwd", "../" + l.s.token + "/", "%00", "a%00b", "%5c..%5c",
		"%252e%252e/", "/", "//", ";", ";x=1", "style.css;x", "style.css/", "/style.css", "style%2ecss", "\u2215etc", "%E2%88%95etc",
		".", "..", "./", "...", "index.html", "MANIFEST", "messages/en.json", "....//", "con", strings.Repeat("a", 10_000), strings.Repeat("a/", 4000)} {
		got := l.raw("GET " + l.path + path + " HTTP/1.1\r\nHost: " + l.host + "\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(got, "404 ") && !strings.HasPrefix(got, "400 ") {
			t.Errorf("%.60q: %.60q", path, got)
		}
		if strings.Contains(got, "passwd") || strings.Contains(got, "Test collection") {
			t.Errorf("%.60q: %q", path, got)
		}
	}
}

// D29: a film stops at the block that does not hold, and nothing is put in its place.
func TestD29CutConnection(t *testing.T) {
	t.Parallel()
	film := files["film.mp4"]
	data, err := os.ReadFile(testbundle.Pack(t, files, bundle.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	l := start(t, testbundle.NewBytes(t, testbundle.Flip(t, data, film[700_000:700_064])))
	path := l.content("film")
	got := l.ask("GET", path)
	if got.err == nil || got.code != 200 || !strings.HasPrefix(film, got.body) || len(got.body) > 512<<10 {
		t.Errorf("%d with %d bytes, %v", got.code, len(got.body), got.err)
	}
	got = l.ask("GET", path, "Range: bytes=600000-")
	if got.err == nil || got.body != "" {
		t.Errorf("from inside the damage: %d with %d bytes, %v", got.code, len(got.body), got.err)
	}
	got = l.ask("GET", path, "Range: bytes=800000-800099")
	if got.code != 206 || got.body != film[800_000:800_100] || got.err != nil {
		t.Errorf("behind the damage: %d with %d bytes, %v", got.code, len(got.body), got.err)
	}
}

func TestD30ServerHeaders(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	deep := l.content("index")
	for name, got := range map[string]answer{
		"200": l.ask("GET", l.path), "404": l.ask("GET", "/"), "404 inside": l.ask("GET", l.path+"nothing"),
		"405": l.ask("PUT", l.path), "421": l.ask("GET", l.path, "Host: evil.example"),
		"403": l.ask("GET", deep, "Sec-Fetch-Site: cross-site"), "416": l.ask("GET", deep, "Range: bytes=9999999-"),
		"412": l.ask("GET", deep, `If-Match: "x"`), "413": l.send("POST", l.path+"pin", strings.Repeat("a", maxForm+1), "Origin: null"),
		"303": l.ask("GET", deep, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"),
	} {
		if !strings.HasPrefix(name, fmt.Sprint(got.code)) {
			t.Errorf("%s: the status is %d", name, got.code)
		}
		for header, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			"Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"} {
			if v := got.head.Get(header); v != want {
				t.Errorf("%s: %s is %q", name, header, v)
			}
		}
		if !strings.HasPrefix(got.head.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: the policy is %q", name, got.head.Get("Content-Security-Policy"))
		}
	}
}

// G07: what a browser is started with, and what it calls its window, names no bundle.
func TestG07Neutral(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	if !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/[A-Za-z0-9_-]+$`).MatchString(l.s.Launch()) {
		t.Errorf("the browser is started with %q", l.s.Launch())
	}
	page := l.ask("GET", l.home()).body
	if title := l.find(page, `<title>([^<]*)</title>`); title != l.path+"Contents" || !strings.Contains(page, "Test collection") {
		t.Errorf("the window is called %q", title)
	}
}

// G09: who has no token learns that a port is open, and nothing else.
func TestG09NoBanner(t *testing.T) {
	t.Parallel()
	l, other := startFiles(t), startFiles(t)
	if l.host == other.host || l.s.token == other.s.token || len(l.s.token) < 22 {
		t.Error("ports or tokens can be guessed")
	}
	for _, got := range []answer{l.ask("GET", "/"), l.ask("GET", l.path)} {
		for _, header := range []string{"Server", "Date", "X-Powered-By", "Last-Modified", "Etag", "Set-Cookie"} {
			if v, ok := got.head[header]; ok && len(v) > 0 {
				t.Errorf("%d has %s: %v", got.code, header, v)
			}
		}
	}
}

// The first page is in the language that was asked for, whichever way a reader comes to it; English is what browsers choose over.
func TestFirstLanguage(t *testing.T) {
	t.Parallel()
	for language, query := range map[string]string{"": "", "en": "", "en_GB": "", "ko": "?lang=ko", "zh-TW&x": "?lang=zh-TW%26x"} {
		l := startServer(t, New(viewer.New([]*bundle.Reader{testbundle.New(t, testbundle.Files{"a.txt": "x"})}, viewer.Options{}), Options{Language: language}))
		if got, want := l.s.Address(), "http://"+l.host+l.path+query; got != want {
			t.Errorf("%q: the address is %q, want %q", language, got, want)
		}
		if to := l.ask("GET", strings.TrimPrefix(l.s.Launch(), "http://"+l.host)).head.Get("Location"); to != l.path+query {
			t.Errorf("%q: the browser is sent to %q", language, to)
		}
	}
}

// G10: what starts the browser leads to the token once, and within a minute.
func TestG10LaunchCode(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	launch := func() string { return strings.TrimPrefix(l.s.Launch(), "http://"+l.host) }
	code := launch()
	if strings.Contains(code, l.s.token) {
		t.Fatal("the launch code has the token in it")
	}
	if got := l.ask("HEAD", code); got.code != 404 {
		t.Errorf("HEAD: %d", got.code)
	}
	if got := l.ask("GET", code+"x"); got.code != 404 {
		t.Errorf("a wrong code: %d", got.code)
	}
	if got := l.ask("GET", code); got.code != 303 || got.head.Get("Location") != l.path || got.body != "" {
		t.Errorf("the first time: %d to %q", got.code, got.head.Get("Location"))
	}
	if got := l.ask("GET", code); got.code != 404 {
		t.Errorf("the second time: %d", got.code)
	}
	old := launch()
	code = launch()
	if got := l.ask("GET", old); got.code != 404 {
		t.Errorf("an older code: %d", got.code)
	}
	l.s.mu.Lock()
	l.s.expire = time.Now().Add(-time.Second)
	l.s.mu.Unlock()
	if got := l.ask("GET", code); got.code != 404 {
		t.Errorf("after its minute: %d", got.code)
	}
	if got := l.ask("GET", "/"); got.code != 404 {
		t.Errorf("no code at all: %d", got.code)
	}
	if l.s.Address() != "http://"+l.host+l.path {
		t.Errorf("the address is %q", l.s.Address())
	}
}

func (l *live) wait(what string) {
	l.t.Helper()
	begun := time.Now()
	select {
	case <-l.ended:
	case <-time.After(5 * time.Second):
		l.t.Fatalf("%s: the server goes on", what)
	}
	// Under the race detector, which runs with -short, a second of ours takes longer.
	if took := time.Since(begun); took > time.Second && !testing.Short() {
		l.t.Errorf("%s: the server ended after %v", what, took)
	}
	if c, err := net.Dial("tcp", l.host); err == nil {
		c.Close()
		l.t.Errorf("%s: the port still answers", what)
	}
}

// Leaving ends the server within a second, even with a film that nobody takes.
func TestG13LeaveEndsServer(t *testing.T) {
	t.Parallel()
	big := testbundle.Files{"film.mp4": testbundle.Noise(32<<20, 5)}
	l := start(t, testbundle.New(t, big))
	c, err := net.Dial("tcp", l.host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET "+l.content("film")+" HTTP/1.1\r\nHost: "+l.host+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	got := l.send("POST", l.path+"leave", l.form(), "Sec-Fetch-Site: same-origin")
	if got.code != 200 || strings.Contains(got.body, "Test collection") {
		t.Errorf("leaving: %d %q", got.code, got.body)
	}
	l.wait("leaving")
	// What it waits for by itself has to leave room within that second.
	if leaveTime+closeTime >= time.Second {
		t.Errorf("the server takes %v to end", leaveTime+closeTime)
	}
}

func TestInterrupt(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	if got := l.ask("GET", l.path); got.code != 200 {
		t.Fatal(got.code)
	}
	l.end()
	l.wait("an interrupt")
}

// A check that is under way ends with the server, so that the bundle can be closed.
func TestInterruptDuringCheck(t *testing.T) {
	t.Parallel()
	l := start(t, testbundle.New(t, testbundle.Files{"film.mp4": testbundle.Noise(64<<20, 6)}))
	if got := l.send("POST", l.path+"check", l.form(), "Sec-Fetch-Site: same-origin"); got.code != 303 {
		t.Fatal(got.code)
	}
	l.end()
	l.wait("an interrupt")
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	l := startFiles(t)
	u, err := url.Parse(l.s.Address())
	if err != nil {
		t.Fatal(err)
	}
	var port int
	if _, err := fmt.Sscan(u.Port(), &port); err != nil {
		t.Fatal(err)
	}
	if err := New(viewer.New(nil, viewer.Options{}), Options{Port: port}).Listen(); err == nil {
		t.Error("two servers listen on one port")
	}
}

// A wire request of any shape is answered or refused, and gets nothing without the token.
func FuzzWire(f *testing.F) {
	l := start(f, testbundle.New(f, files))
	for _, s := range []string{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01", "GET", "POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, request []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request)))
		if err != nil {
			return
		}
		w := &recorder{head: http.Header{}}
		l.s.ServeHTTP(w, r)
		if w.code == 200 || w.code == 206 || w.body > 0 {
			t.Errorf("%q gets %d with %d bytes", request, w.code, w.body)
		}
		if w.head.Get("Cache-Control") != "no-store" {
			t.Errorf("%q gets %d with %v", request, w.code, w.head)
		}
	})
}

// A recorder notes what is answered.
type recorder struct {
	head http.Header
	code int
	body int
}

func (r *recorder) Header() http.Header { return r.head }
func (r *recorder) WriteHeader(c int)   { r.code = c }
func (r *recorder) Write(p []byte) (int, error) {
	r.body += len(p)
	return len(p), nil
}

// TestNothingMissing: what a page would load and the bundle lacks, be it named by the page or by its style, is not asked for.
func TestNothingMissing(t *testing.T) {
	t.Parallel()
	l := start(t, testbundle.New(t, testbundle.Files{
		"index.html": `<html><head><link rel="stylesheet" href="a.css"><link rel="stylesheet" href="gone.css"></head><body><p>x<img src="gone.png" alt="y"><img src="a.png"></body></html>`,
		"a.css":      "p { background: url(gone.jpg) } b { background: url(a.png) }",
		"a.png":      testbundle.Noise(1<<10, 2),
	}))
	part := regexp.MustCompile(`(?:<img[^>]* src|<link[^>]* href)="([^"]+)"|url\("?([^")]+)"?\)`)
	page := l.ask("GET", l.content("index")).body
	found := part.FindAllStringSubmatch(page, -1)
	if len(found) != 2 {
		t.Fatalf("a page has %d parts, want a style and a picture:\n%s", len(found), page)
	}
	if style := l.ask("GET", l.path+found[0][1]).body; len(part.FindAllString(style, -1)) != 1 {
		t.Errorf("a style names what there is not: %s", style)
	}
}
