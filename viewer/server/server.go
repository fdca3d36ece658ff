// Package server lets the system's browser reach a viewer, over HTTP on this
// computer's loopback address and nowhere else.
//
// Any web site that the reader visits, and any other user of the computer, can
// connect to a loopback port. What keeps them out:
//
//   - an address is only good with a token of 256 random bits in its path; without
//     it every answer is the same empty 404;
//   - the Host header must be exactly the address that is listened on, so that no
//     foreign name can be rebound to it;
//   - requests that a page of another origin caused are refused, and a link from
//     one leads to the first page and no further;
//   - the browser is started with a code that is good once and for a minute, since
//     other users can see a program's arguments.
//
// It ends by itself when the reader leaves, when no page asks any more whether it may still be shown, and when
// a bundle is not there any more: see watch.go.
//
// Nothing is logged, and no answer has a banner or a date.
package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"satchel/viewer"
	"satchel/viewer/message"
)

// Limits. They keep a viewer answering whatever else connects.
const (
	maxConnections = 256                    // at once; the longest idle goes first
	maxHeader      = 16 << 10               // bytes of a request's head
	maxForm        = 8 << 10                // bytes that are posted
	headTime       = 5 * time.Second        // to send a request's head
	formTime       = 5 * time.Second        // to send what is posted
	refuseTime     = 5 * time.Second        // to take an answer that is no page
	idleTime       = 90 * time.Second       // between requests
	stallTime      = 5 * time.Minute        // without a byte taken: a paused film asks again
	codeTime       = time.Minute            // that a launch code is good for
	closeTime      = 300 * time.Millisecond // to send what is being sent when it ends
	leaveTime      = 500 * time.Millisecond // for the page that is left to ask for its style
)

// Options of a Server. The zero value is right.
type Options struct {
	// Port to listen on; 0 for one that is free, which nobody can guess.
	Port int
	// Language is that of the first page where it is not to be the browser's choice; its addresses name it, unless
	// it is empty or English.
	Language string
	// Stay keeps the Server from ending because nobody reads, as one with a Class does not.
	Stay bool
	// Class is an address of this computer in a local network where others may read, too; none if it is
	// the zero value.
	Class netip.Addr
}

// A Server answers on a loopback address. Call New, Listen and Serve, in this
// order.
type Server struct {
	place
	options  Options
	class    *Class // nil where there is none
	listener net.Listener
	http     *http.Server
	guard    *guard
	watch    *watch
	stop     chan End // takes the first reason to end
	end      End      // once Serve has returned

	mu      sync.Mutex
	showing *showing  // what answers
	code    string    // for starting a browser, once; empty when used
	expire  time.Time // of the code
}

// A place is what requests have to name.
type place struct {
	host  string // the only Host there is
	token string // the beginning of every path
}

// New returns a Server of v.
func New(v *viewer.Viewer, o Options) *Server {
	s := &Server{
		showing: show(v), options: o, place: place{token: secret()}, stop: make(chan End, 1),
		guard: newGuard(maxConnections),
	}
	s.watch = newWatch(o.Stay || o.Class.IsValid(), s.present)
	s.http = newHTTP(s, s.guard.state)
	return s
}

// newHTTP returns what speaks HTTP for a handler, within the limits, and logs nothing.
func newHTTP(h http.Handler, state func(net.Conn, http.ConnState)) *http.Server {
	return &http.Server{
		Handler:                      h,
		ReadHeaderTimeout:            headTime,
		IdleTimeout:                  idleTime,
		MaxHeaderBytes:               maxHeader,
		DisableGeneralOptionsHandler: true,
		ConnState:                    state,
		ErrorLog:                     log.New(io.Discard, "", 0),
	}
}

// secret returns 256 random bits, as text for an address.
func secret() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// Listen takes the port. From then on Address and Launch answer.
func (s *Server) Listen() error {
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", s.options.Port))
	if err != nil {
		return fmt.Errorf("listen on this computer: %w", err)
	}
	s.listener, s.host = l, l.Addr().String()
	if s.options.Class.IsValid() {
		if s.class, err = newClass(s, s.options.Class, s.options.Port); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	return nil
}

// Class returns the class once it is listened for, nil where there is none.
func (s *Server) Class() *Class { return s.class }

// Address returns the address of the first page, with the token. Whoever has it
// can read everything: it belongs on standard output and nowhere else.
func (s *Server) Address() string { return "http://" + s.host + s.first() }

// first is the path of the first page.
func (s *Server) first() string {
	path := "/" + s.token + "/"
	if l := s.options.Language; l != "" && message.Primary(l) != "en" {
		path += "?lang=" + url.QueryEscape(l)
	}
	return path
}

// Launch returns an address to start a browser with. It leads to the first page
// once, within a minute; a later call makes it void.
func (s *Server) Launch() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.code, s.expire = secret(), time.Now().Add(codeTime)
	return "http://" + s.host + "/" + s.code
}

// Launched says whether somebody came with what Launch returned last.
func (s *Server) Launched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.code == ""
}

// redeem says whether code is the launch code, and voids it.
func (s *Server) redeem(code string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.code == "" || !same(code, s.code) {
		return false
	}
	s.code = ""
	return time.Now().Before(s.expire)
}

// same compares secrets in a time that tells nothing about them.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// present looks whether the bundles are there. A mistake of ours in it must not print what was being read; net/http sees to that
// for requests.
func (s *Server) present() (err error) {
	defer func() { _ = recover() }()
	now := s.hold()
	defer s.drop(now)
	return now.viewer.Present()
}

// endFor has Serve return, unless something else has already.
func (s *Server) endFor(why End) {
	select {
	case s.stop <- why:
	default:
	}
}

// End is why Serve returned.
func (s *Server) End() End { return s.end }

// Serve answers until ctx ends, the reader leaves, nobody reads any more or a bundle is gone, then closes the viewer. It
// returns nil then, and End says which it was.
func (s *Server) Serve(ctx context.Context) error {
	defer s.close()
	ctx, unwatch := context.WithCancel(ctx)
	defer unwatch()
	go s.watch.run(ctx, s.endFor)
	ended := make(chan error, 2)
	go func() { ended <- s.http.Serve(s.listener) }()
	s.class.serve(ended)
	defer s.class.close()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	case s.end = <-s.stop:
	}
	soon, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if err := s.http.Shutdown(soon); err != nil {
		// Films that still play are cut off: whoever leaves wants silence.
		if err := s.http.Close(); err != nil {
			return fmt.Errorf("close: %w", err)
		}
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
