package server

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"satchel/viewer"
)

// ServeHTTP answers a request, after everything about it that is not the
// viewer's to judge was judged here.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["Date"] = nil // a clock tells machines apart
	path, code := s.admit(r)
	if code == http.StatusOK && hasBody(r) && r.Method != http.MethodPost {
		code = http.StatusBadRequest // no browser sends that
	}
	limitTime(w, r, code)
	switch {
	case code == http.StatusSeeOther:
		w.Header().Set("Location", path)
		refuse(w, code)
	case code != http.StatusOK:
		refuse(w, code)
	default:
		s.answer(w, r, path, false)
	}
}

// limitTime keeps who says half of a request, or does not listen to the answer, from
// holding a connection for ever: the guard gives up only those that wait for a request.
// A connection that takes no deadline is gone already.
func limitTime(w http.ResponseWriter, r *http.Request, code int) {
	control, now := http.NewResponseController(w), time.Now()
	if code == http.StatusOK {
		_ = control.SetWriteDeadline(now.Add(stallTime))
		return
	}
	_ = control.SetWriteDeadline(now.Add(refuseTime))
	if hasBody(r) {
		// net/http would wait for it, to use the connection again.
		w.Header().Set("Connection", "close")
		_ = control.SetReadDeadline(now)
	}
}

// hasBody says whether a request announces anything behind its head.
func hasBody(r *http.Request) bool { return r.ContentLength != 0 }

// refuse answers without a body.
func refuse(w http.ResponseWriter, code int) {
	maps.Copy(w.Header(), http.Header(viewer.EmptyHeader()))
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(code)
}

// admit decides whether a request comes to the viewer: with 200, for this path
// there. With 303 the path is where to go instead.
func (s *Server) admit(r *http.Request) (path string, code int) {
	if r.Host != s.host || r.URL.IsAbs() {
		return "", http.StatusMisdirectedRequest
	}
	if r.Method == http.MethodConnect {
		return "", http.StatusMethodNotAllowed
	}
	token, path, deep := strings.Cut(strings.TrimPrefix(rawPath(r), "/"), "/")
	if !deep && r.Method == http.MethodGet && s.redeem(token) {
		return s.first(), http.StatusSeeOther
	}
	if !same(token, s.token) || !deep {
		return "", http.StatusNotFound
	}
	if code := admitMethod(r, path); code != http.StatusOK {
		return "", code
	}
	return s.admitOrigin(r, path)
}

// rawPath returns the path as it was sent, or "/" when it has a character that
// none of our addresses has: nothing is decoded, so nothing can be hidden.
func rawPath(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	for i := range len(path) {
		c := path[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c == '/' || c == '-' || c == '_' || c == '.') {
			return "/"
		}
	}
	return path
}

func admitMethod(r *http.Request, path string) int {
	switch {
	case r.Header.Get("Upgrade") != "":
		return http.StatusMethodNotAllowed
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return http.StatusOK
	case r.Method == http.MethodPost && viewer.CanPost(path):
		return http.StatusOK
	}
	return http.StatusMethodNotAllowed
}

// admitOrigin keeps out what pages of other origins cause. A browser says so in
// Sec-Fetch-Site; another port of this computer is another origin, too.
func (p place) admitOrigin(r *http.Request, path string) (string, int) {
	if r.Header.Get("Service-Worker") != "" {
		return "", http.StatusForbidden
	}
	site := r.Header.Get("Sec-Fetch-Site")
	if r.Method == http.MethodPost {
		if site == "same-origin" || (site == "" && p.isOwn(r.Header["Origin"])) {
			return path, http.StatusOK
		}
		return "", http.StatusForbidden
	}
	if site == "" || site == "same-origin" || site == "none" {
		return path, http.StatusOK
	}
	if r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document" {
		return "", http.StatusForbidden
	}
	// A link from elsewhere, or a bookmark of some browsers: to the first page.
	if path != "" || r.URL.RawQuery != "" {
		return "/" + p.token + "/", http.StatusSeeOther
	}
	return path, http.StatusOK
}

// isOwn is for browsers that do not say where a form was sent from, save in Origin:
// a page that sends no referrer, as ours do, has "null" there.
func (p place) isOwn(origin []string) bool {
	return len(origin) == 1 && (origin[0] == "http://"+p.host || origin[0] == "null")
}

// answer asks the viewer for a path and sends what it says.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, path string, guest bool) {
	defer s.watch.enter(r, path)()
	asked := &viewer.Request{Method: r.Method, Path: path, Query: r.URL.Query(),
		AcceptLanguage: r.Header.Get("Accept-Language"), Guest: guest}
	if r.Method == http.MethodPost {
		form, code := readForm(w, r, http.NewResponseController(w))
		if code != http.StatusOK {
			refuse(w, code)
			return
		}
		asked.Form = form
	}
	s.ask(w, r, func(v *viewer.Viewer) *viewer.Response { return v.Serve(r.Context(), asked) })
}

// ask sends what the viewer says to a question.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, question func(*viewer.Viewer) *viewer.Response) {
	control := http.NewResponseController(w)
	shown := s.hold()
	defer s.drop(shown)
	answer := question(shown.viewer)
	maps.Copy(w.Header(), http.Header(answer.Header))
	switch answer.Leave {
	case viewer.Leaving:
		time.AfterFunc(leaveTime, func() { s.endFor(Left) })
	case viewer.Left:
		defer s.endFor(Left)
	}
	if answer.Body == nil {
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(answer.Status)
		return
	}
	body := &body{ReadSeeker: answer.Body, control: control}
	if answer.Status == http.StatusOK {
		serveRanges(w, r, body)
	} else {
		serveWhole(w, r, answer, body)
	}
}

// readForm reads what was posted: a small form, and nothing else.
func readForm(w http.ResponseWriter, r *http.Request, c *http.ResponseController) (url.Values, int) {
	if r.ContentLength > maxForm {
		return nil, http.StatusRequestEntityTooLarge
	}
	if c.SetReadDeadline(time.Now().Add(formTime)) != nil {
		return nil, http.StatusInternalServerError
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		return nil, http.StatusRequestEntityTooLarge
	}
	form, err := url.ParseQuery(string(data))
	if err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil, http.StatusBadRequest
	}
	if c.SetReadDeadline(time.Time{}) != nil {
		return nil, http.StatusInternalServerError
	}
	return form, http.StatusOK
}

// serveRanges sends the body, or the one stretch of it that was asked for. Who asks
// for several gets it whole: to put many together takes work that nobody needs.
func serveRanges(w http.ResponseWriter, r *http.Request, b *body) {
	asked := r.Header["Range"]
	if len(asked) > 1 || (len(asked) == 1 && strings.Contains(asked[0], ",")) {
		r.Header.Del("Range")
	}
	http.ServeContent(&rangeWriter{ResponseWriter: w}, r, "", time.Time{}, b)
	if b.failed {
		// What is left does not hold. The length was announced, so the browser
		// sees that the answer is cut short.
		panic(http.ErrAbortHandler)
	}
}

// serveWhole sends an answer that is no success.
func serveWhole(w http.ResponseWriter, r *http.Request, answer *viewer.Response, b *body) {
	w.Header().Set("Content-Length", strconv.FormatInt(answer.Size, 10))
	w.WriteHeader(answer.Status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := io.Copy(w, b); err != nil && b.failed {
		panic(http.ErrAbortHandler)
	}
}

// A rangeWriter answers for http.ServeContent where that would answer in its own
// words and drop headers: for a range that is not there.
type rangeWriter struct {
	http.ResponseWriter
	refused bool
}

func (w *rangeWriter) WriteHeader(code int) {
	if code < http.StatusBadRequest {
		w.ResponseWriter.WriteHeader(code)
		return
	}
	w.refused = true
	w.Header().Del("Content-Type")
	refuse(w.ResponseWriter, code)
}

func (w *rangeWriter) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom lets net/http copy with buffers that it uses again.
func (w *rangeWriter) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(w.ResponseWriter, r)
}

// A body is what the viewer answered with. It remembers that it failed, and puts
// off the time by which the reader must have taken something.
type body struct {
	io.ReadSeeker
	control *http.ResponseController
	failed  bool
}

func (b *body) Read(p []byte) (int, error) {
	if err := b.control.SetWriteDeadline(time.Now().Add(stallTime)); err != nil {
		return 0, err
	}
	n, err := b.ReadSeeker.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.failed = true
	}
	return n, err
}
