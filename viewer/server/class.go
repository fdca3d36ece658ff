package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"satchel/viewer"
	"satchel/viewer/internal/qr"
)

// A Class lets others in a local network read and search, and nothing else, at one address of this
// computer. They come in with a code of six digits, which is shown to the class; each then has a token of
// their own in the path, as good as the one of the loopback address and no more than a ticket: nothing
// is remembered of who has which.
//
// What goes over the network is plain HTTP: who watches it sees the code and what is read.
type Class struct {
	server   *Server
	host     string
	code     string
	invite   string   // what a camera reads in place of the code; too long to be guessed
	key      [32]byte // that tokens are made with
	tries    *tries
	listener net.Listener
	http     *http.Server
}

// classConnections is how many connections one address may have at once: a browser opens six.
const classConnections = 32

// newClass listens on an address.
func newClass(s *Server, at netip.Addr, port int) (*Class, error) {
	l, err := net.Listen("tcp4", netip.AddrPortFrom(at, uint16(port)).String())
	if err != nil {
		return nil, fmt.Errorf("listen for the class: %w", err)
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return nil, err
	}
	c := &Class{server: s, host: l.Addr().String(), code: fmt.Sprintf("%06d", n), invite: secret()[:22], tries: newTries(time.Now), listener: l}
	rand.Read(c.key[:]) // never fails
	crowd := &crowd{guard: newGuard(maxConnections), open: map[string]int{}}
	c.http = newHTTP(c, crowd.state)
	return c, nil
}

// Address is where the class is asked for the code.
func (c *Class) Address() string { return "http://" + c.host + "/" }

// Code is the code of the class.
func (c *Class) Code() string { return c.code }

// Invitation is an address that leads in without the code. It is as good as that, and cannot be guessed: so it
// works also where others have used up the tries with wrong codes.
func (c *Class) Invitation() string { return c.Address() + c.invite }

// QR is the invitation for cameras, as lines for a terminal to be shown dark on light.
func (c *Class) QR() ([]string, error) { return qr.Lines(c.Invitation()) }

// Guesses tells of wrong codes as they are typed: of an address that has to wait for them, and of all that have to,
// at most once a minute each. What nobody takes for long is dropped. It is never closed.
func (c *Class) Guesses() <-chan Guess { return c.tries.guesses }

func (c *Class) serve(ended chan<- error) {
	if c != nil {
		go func() { ended <- c.http.Serve(c.listener) }()
	}
}

func (c *Class) close() {
	if c != nil {
		_ = c.http.Close() // what it cannot close is closed already
	}
}

// ServeHTTP answers those in the network.
func (c *Class) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["Date"] = nil // a clock tells machines apart
	path, code := c.admit(r)
	limitTime(w, r, code)
	switch {
	case code == http.StatusSeeOther:
		w.Header().Set("Location", path)
		refuse(w, code)
	case code != http.StatusOK:
		refuse(w, code)
	case path == "/":
		c.door(w, r)
	default:
		c.server.answer(w, r, path, true)
	}
}

// admit decides whether a request comes to the viewer, with its path there, or to the door, with "/".
func (c *Class) admit(r *http.Request) (path string, code int) {
	switch {
	case r.Host != c.host || r.URL.IsAbs():
		return "", http.StatusMisdirectedRequest
	case r.Method == http.MethodConnect:
		return "", http.StatusMethodNotAllowed
	case hasBody(r) && r.Method != http.MethodPost:
		return "", http.StatusBadRequest
	}
	raw := rawPath(r)
	token, path, deep := strings.Cut(strings.TrimPrefix(raw, "/"), "/")
	switch {
	case raw == "/", !deep && same(token, c.invite):
		return "/", c.admitDoor(r, raw)
	case raw == "/style.css": // that of the door
		return "style.css", admitMethod(r, "style.css")
	case !deep || !c.knows(token):
		return "", http.StatusNotFound
	}
	if code := admitMethod(r, path); code != http.StatusOK {
		return "", code
	}
	return place{c.host, token}.admitOrigin(r, path)
}

// admitDoor lets codes come from a form of ours. They do not count in an address, which any page can have a browser ask for.
func (c *Class) admitDoor(r *http.Request, raw string) int {
	switch {
	case r.Header.Get("Upgrade") != "":
		return http.StatusMethodNotAllowed
	case r.Method == http.MethodGet, r.Method == http.MethodHead && raw == "/":
		return http.StatusOK
	case r.Method == http.MethodPost && raw == "/":
		_, code := place{host: c.host}.admitOrigin(r, "")
		return code
	}
	return http.StatusMethodNotAllowed
}

// door lets in who comes by the invitation, or types the code.
func (c *Class) door(w http.ResponseWriter, r *http.Request) {
	asked := &viewer.Request{Method: r.Method, Query: r.URL.Query(), AcceptLanguage: r.Header.Get("Accept-Language"), Guest: true}
	if rawPath(r) != "/" {
		c.letIn(w, asked)
		return
	}
	typed := ""
	if r.Method == http.MethodPost {
		form, code := readForm(w, r, http.NewResponseController(w))
		if code != http.StatusOK {
			refuse(w, code)
			return
		}
		typed = viewer.Digits(form.Get("code"))
	}
	if typed == "" && r.Method != http.MethodPost {
		c.server.ask(w, r, func(v *viewer.Viewer) *viewer.Response { return v.Door(asked, false, 0) })
		return
	}
	ok, wait := c.tries.take(addressOf(r.RemoteAddr), same(typed, c.code))
	if !ok {
		c.server.ask(w, r, func(v *viewer.Viewer) *viewer.Response { return v.Door(asked, true, wait) })
		return
	}
	c.letIn(w, asked)
}

// letIn leads to the first page, with a token.
func (c *Class) letIn(w http.ResponseWriter, asked *viewer.Request) {
	to := "/" + c.token() + "/"
	if lang := asked.Query.Get("lang"); lang != "" {
		to += "?lang=" + url.QueryEscape(lang)
	}
	w.Header().Set("Location", to)
	refuse(w, http.StatusSeeOther)
}

// token returns a new token: half of it random, half a proof that we made it.
func (c *Class) token() string {
	t := make([]byte, 16, 32)
	rand.Read(t) // never fails
	return base64.RawURLEncoding.EncodeToString(append(t, c.proof(t)...))
}

func (c *Class) proof(t []byte) []byte {
	h := hmac.New(sha256.New, c.key[:])
	h.Write(t)
	return h.Sum(nil)[:16]
}

// knows says whether a token was made here.
func (c *Class) knows(token string) bool {
	t, err := base64.RawURLEncoding.Strict().DecodeString(token)
	return err == nil && len(t) == 32 && hmac.Equal(t[16:], c.proof(t[:16]))
}

// addressOf is an address without its port.
func addressOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	return host
}

// A crowd is a guard that also keeps each address from taking more than its part of the connections.
type crowd struct {
	guard *guard
	mu    sync.Mutex
	open  map[string]int // by address
}

func (c *crowd) state(conn net.Conn, s http.ConnState) {
	c.guard.state(conn, s)
	from := addressOf(conn.RemoteAddr().String())
	c.mu.Lock()
	defer c.mu.Unlock()
	switch s {
	case http.StateNew:
		if c.open[from]++; c.open[from] > classConnections {
			conn.Close() // its own state change follows
		}
	case http.StateClosed, http.StateHijacked:
		if c.open[from]--; c.open[from] == 0 {
			delete(c.open, from)
		}
	}
}
