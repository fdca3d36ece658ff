package viewer

import (
	"bytes"
	"io"
	"net/url"
)

// The addresses that forms post to, and no others.
const (
	pathSearch = "search"
	pathCheck  = "check"
	pathPin    = "pin"
	pathLeave  = "leave"
)

// CanPost says whether anything can be posted to an address.
func CanPost(path string) bool {
	return path == pathSearch || path == pathCheck || path == pathPin || path == pathLeave
}

// A Request is what a reader asks for.
type Request struct {
	Method string     // GET, HEAD or POST
	Path   string     // behind the token, without a slash before it; "" is the start
	Query  url.Values // of the address
	Form   url.Values // of what was posted
	// AcceptLanguage is the browser's header of that name.
	AcceptLanguage string
	// Guest is set where somebody asks who may read and search, and nothing that others would notice: not
	// leave, which ends the viewer for all, nor confirm a publisher or have everything checked.
	Guest bool
}

// A Header has the lines of a Response's head: names in the spelling of
// net/http, each with one value. It may be shared: nobody changes it.
type Header map[string][]string

// A Response is the answer to a Request.
type Response struct {
	Status int
	Header Header
	// Body is nil when there is none. What it yields has been checked; where a
	// block of it does not hold, it returns an error, and the connection must be
	// cut: nothing may be put in its place.
	Body  io.ReadSeeker
	Size  int64 // of Body
	Leave Leave
}

// Leave says whether the viewer goes on.
type Leave int

// What becomes of the viewer once an answer is sent.
const (
	Stay    Leave = iota
	Leaving       // the reader leaves: it ends as soon as one more answer is Left, or in a moment
	Left          // it ends now
)

// status returns an answer without a body.
func status(code int) *Response {
	return &Response{Status: code, Header: emptyHeader}
}

// whole returns an answer with a body that lies in memory.
func whole(code int, h Header, body []byte) *Response {
	return &Response{Status: code, Header: h, Body: bytes.NewReader(body), Size: int64(len(body))}
}

// redirect sends a form's sender to a page, with GET.
func redirect(to string) *Response {
	h := Header{"Location": {to}}
	for name, value := range emptyHeader {
		h[name] = value
	}
	return &Response{Status: 303, Header: h}
}
