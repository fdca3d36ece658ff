// Package viewer shows bundles: it answers a small request with a page, a picture
// or a stretch of film, and nothing in it that has not been checked.
//
// A [Viewer] is one function, [Viewer.Serve], from a [Request] to a [Response].
// Both are types of its own, so the same code answers behind a loopback HTTP
// server (package viewer/server) and, compiled to WebAssembly, inside a page. It
// knows no sockets, no files and no clock.
//
// # What content can do
//
// Whatever the packer did, a page goes through the allow-list of bundle/sanitize
// when it is shown. An article then stands in a page of the viewer's own, without any
// style, class, id or name of its own (see article.go). A site, which has a style, lies in a
// frame without scripts, under a policy that lets it load nothing but what its own bundle
// holds. Links are replaced by sealed addresses (see seal.go): they say nothing to who reads a browser's
// history, and one bundle cannot guess those of another. Links that lead out of a
// bundle end at a page that names the address and the danger. Pages of the viewer's
// own have one small script, which their policy names: it helps to search, to read and to
// play, and empties the page when the reader leaves, or when the viewer does not say any
// more that the bundles are there. All but the last works without it.
//
// # What the reader's computer keeps
//
// Nothing that we could help: every answer says no-store, titles and addresses
// are neutral, there are no cookies and no storage. What the reader confirmed, had
// checked or searched for lives in the Viewer until it is closed.
package viewer

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"

	"satchel/bundle"
	"satchel/bundle/sign"
)

// Limits of what is held in memory for one answer.
const (
	maxPage    = 16 << 20 // bytes of a page, a text or a style sheet that is shown
	maxPicture = 64 << 20 // bytes of a picture, which is checked whole before it is sent
	maxPins    = 16       // fingerprints that a reader confirms before the viewer closes
)

// Options of a Viewer. The zero value is right.
type Options struct {
	// Pins are the publishers that the reader knows already.
	Pins []sign.Pin
	// Language is the language of the interface when the browser asks for none
	// that there is; English if empty.
	Language string
	// Documents reads the text of documents that bundle/plain does not, for search. It may be nil.
	Documents bundle.TextReader
	// PageCache is how many bytes of pages, made ready to show, are kept: 24 MiB
	// if 0, none if negative.
	PageCache int
	// Preview is told to whoever looks at a collection while it is made; nil where it is done.
	Preview *Preview
}

// A Viewer shows one or several bundles. It may be used by several goroutines at
// once.
type Viewer struct {
	volumes []*volume
	sealer  *sealer
	pages   *cache
	options Options
	stop    context.CancelFunc
	running context.Context

	left    atomic.Bool // the reader has left
	gone    atomic.Bool // a bundle is not there any more
	queries queries

	mu   sync.Mutex
	pins []sign.Pin // those given, and those that the reader confirmed
}

// A volume is a bundle as it is shown.
type volume struct {
	number int
	r      *bundle.Reader
	info   bundle.Info
	about  bundle.About
	check  check
	books  books

	refuted atomic.Bool // the reader typed another publisher's fingerprint, and none that fits since

	mu    sync.Mutex
	parts []bundle.Section // once they were read
}

// met notes what could not be read of a bundle: damage counts for the verdict, whatever is shown without it.
func (v *volume) met(err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, bundle.ErrMissing):
		v.check.met(bundle.Incomplete, err)
	case errors.Is(err, bundle.ErrDamaged), errors.Is(err, bundle.ErrFormat):
		v.check.met(bundle.Changed, err)
	}
}

// newVolume does not count the packer's previews among the files: nobody looks for them.
func newVolume(number int, r *bundle.Reader) *volume {
	vol := &volume{number: number, r: r, info: r.Info()}
	var err error
	if vol.about, err = r.About(); err != nil {
		vol.met(err) // what cannot be read of it is not shown
	}
	if n, err := r.Count(bundle.Filter{Folder: bundle.PreviewFolder}); err == nil {
		vol.info.Items = max(0, vol.info.Items-n)
	}
	return vol
}

// title is what the bundle is called in a language, and in which language that is.
func (v *volume) title(tag string) (title, language string) {
	p := phrase(v.about.Titles, tag)
	if p.Language == "" {
		p.Language = v.info.Language
	}
	return plain(p.Text), p.Language
}

// New returns a Viewer of these bundles, in this order. The caller closes them
// after the Viewer.
func New(bundles []*bundle.Reader, o Options) *Viewer {
	if o.PageCache == 0 {
		o.PageCache = 24 << 20
	}
	v := &Viewer{
		sealer: newSealer(), pages: newCache(o.PageCache), options: o, pins: slices.Clone(o.Pins),
	}
	v.running, v.stop = context.WithCancel(context.Background())
	for i, r := range bundles {
		v.volumes = append(v.volumes, newVolume(i, r))
	}
	return v
}

// Close ends a check that is under way and waits for it, so that the bundles can
// be closed.
func (v *Viewer) Close() {
	v.stop()
	for _, vol := range v.volumes {
		vol.check.wait()
	}
}

// Serve answers a request. It never returns nil. The context ends reading when
// nobody waits for the answer any more.
func (v *Viewer) Serve(ctx context.Context, r *Request) *Response {
	if ctx.Err() != nil {
		return status(503)
	}
	if v.left.Load() {
		return v.afterLeaving(r)
	}
	if v.gone.Load() && r.Path != pathLeave {
		return status(410)
	}
	if r.Method == "POST" {
		return v.post(r)
	}
	if r.Method != "GET" && r.Method != "HEAD" {
		return status(405)
	}
	if r.Guest && r.Path == pathLeft {
		return forgetting()
	}
	if a, ok := assets[r.Path]; ok {
		return a.response()
	}
	if r.Path == PathAlive {
		return status(204)
	}
	p := v.page(r)
	if n := v.options.Preview.notice(); n != nil && r.Path == pathVersion {
		return whole(200, wordsHeader, []byte(n.Version))
	}
	if r.Path == "" {
		return v.start(p)
	}
	to, ok := v.sealer.open(r.Path)
	if !ok || to.volume >= len(v.volumes) {
		return p.failure(404)
	}
	p.volume = v.volumes[to.volume]
	return v.follow(p, to)
}

// follow answers for a sealed address.
func (v *Viewer) follow(p *page, to target) *Response {
	switch to.view {
	case viewLibrary:
		return v.library(p)
	case viewHome:
		return v.home(p, parseShelf(to.text))
	case viewHandout:
		return v.handout(p, parseShelf(to.text))
	case viewItem:
		return v.item(p, parseSpot(to.text))
	case viewContent:
		return v.content(p, to.text)
	case viewCaptions:
		return v.captions(p, to.text)
	case viewSave:
		return v.save(p, to.text)
	case viewSearch:
		return v.search(p, parseInquiry(to.text))
	case viewTrust:
		return v.trust(p, trustNote{})
	case viewOutside:
		return v.outside(p, to.text)
	}
	return p.failure(404)
}

// post answers for what is searched for, and for the three things that change something: what
// is checked, who is trusted, and whether the viewer goes on.
func (v *Viewer) post(r *Request) *Response {
	p := v.page(r)
	if !CanPost(r.Path) {
		return status(405)
	}
	to, ok := v.sealer.open(r.Form.Get("for"))
	if r.Guest && r.Path != pathSearch && r.Path != pathLeave {
		return p.failure(403)
	}
	if ok && to.view == viewForm && r.Path == pathLeave {
		return v.leave(p)
	}
	if !ok || to.view != viewForm || to.volume >= len(v.volumes) {
		return p.failure(403)
	}
	p.volume = v.volumes[to.volume]
	switch r.Path {
	case pathSearch:
		return v.ask(p, r.Form)
	case pathCheck:
		return v.startCheck(p)
	}
	return v.pin(p, r.Form.Get("fingerprint"))
}

// standing says who made a bundle, as far as the reader knows now.
func (v *Viewer) standing(vol *volume) bundle.Standing {
	v.mu.Lock()
	pins := slices.Clone(v.pins)
	v.mu.Unlock()
	return vol.r.Standing(pins...)
}
