package viewer

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode"

	"satchel/bundle"
	"satchel/viewer/message"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed assets/*.css assets/*.js
var assetFiles embed.FS

// script goes into pages of the viewer's own, whose policy lets nothing else run.
var script = assetText("*.js")

// assetText joins assets in the order of their names.
func assetText(pattern string) string {
	names, err := fs.Glob(assetFiles, "assets/"+pattern)
	if err != nil {
		panic("viewer: internal error: " + err.Error())
	}
	var all strings.Builder
	for _, name := range names {
		data, err := assetFiles.ReadFile(name)
		if err != nil {
			panic("viewer: internal error: " + err.Error())
		}
		all.Write(data)
	}
	return all.String()
}

// The addresses of our own style sheets.
const (
	pathStyle = "style.css"
	pathLeft  = "left.css" // there is one once the reader has left
)

// An asset is a file of the viewer's own.
type asset []byte

func (a asset) response() *Response { return whole(200, styleHeader, a) }

var assets = map[string]asset{pathStyle: asset(assetText("*.css"))}

var templates = template.Must(template.ParseFS(templateFiles, "templates/*.html"))

// A page is what all pages of the viewer share, and what their templates call.
type page struct {
	viewer *Viewer
	volume *volume // nil where the page belongs to none, or to several
	lang   *language
	look   look   // that the address asks for
	self   string // the page's own address, without query
	from   uint32 // the cursor in the address
	said   int    // the captions that the address names, counted from 0, or -1
	at     int    // the second of a film or recording that the address names, or 0
	asked  string // what was searched for, or empty
	guest  bool
	shell
}

// page begins the answer to a request.
func (v *Viewer) page(r *Request) *page {
	asked := parseLook(r.Query)
	l := pickLanguage(asked.lang, r.AcceptLanguage, v.options.Language)
	if message.Written(asked.lang) != message.Written(l.tag) {
		asked.lang = ""
	} else if asked.lang != "" {
		asked.lang = l.tag
	}
	from, err := strconv.ParseUint(r.Query.Get("from"), 10, 32)
	if err != nil {
		from = 0
	}
	p := &page{viewer: v, lang: l, look: asked, self: r.Path, from: uint32(from), guest: r.Guest}
	p.Trying = r.Query.Has(keyTrying)
	p.at, _ = parseSecond(r.Query.Get("at"))
	if p.said, err = strconv.Atoi(r.Query.Get("track")); err != nil {
		p.said = -1
	}
	if len(v.volumes) == 1 {
		p.volume = v.volumes[0]
	}
	return p
}

// suffix keeps the reader's look in the addresses of links.
func (p *page) suffix() string { return p.look.query() }

// address returns the address of a view in the page's own volume.
func (p *page) address(as view, text string) string { return p.addressIn(p.volume, as, text) }

func (p *page) addressIn(vol *volume, as view, text string) string {
	a, ok := p.viewer.sealer.seal(target{as, vol.number, text})
	if !ok {
		return "./" + p.suffix()
	}
	return a + p.suffix()
}

// from adds a cursor to an address.
func from(address string, n uint32) string { return extend(address, "from", int64(n)) }

// extend adds a number to what an address asks for.
func extend(address, key string, n int64) string {
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	return address + sep + key + "=" + strconv.FormatInt(n, 10)
}

// show renders the template that the page is named for.
func (p *page) show(code int, name string, data any) *Response {
	return p.render(code, name, shellHeader, data)
}

func (p *page) render(code int, name string, h Header, data any) *Response {
	p.enclose(name)
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, name, data); err != nil {
		// A mistake of ours. What was rendered may be half a page.
		return status(500)
	}
	return whole(code, h, out.Bytes())
}

// failure says, in a page, that something cannot be shown.
func (p *page) failure(code int) *Response {
	return p.problem(code, problemKey(code), shellHeader)
}

// plainFailure answers for what lies in a frame, or is a part of a page.
func (p *page) plainFailure(err error) *Response {
	code, key := p.diagnose(err)
	return p.problem(code, key, pageHeader)
}

func (p *page) problem(code int, key string, h Header) *Response {
	p.self = ""
	return p.render(code, "problem", h, struct {
		*page
		Key    string
		Framed bool
	}{p, key, h["Content-Security-Policy"][0] == policyPage})
}

func problemKey(code int) string {
	switch code {
	case 404:
		return "problem.missing"
	case 403:
		return "problem.refused"
	}
	return "problem.failed"
}

// diagnose says what an error means to a reader. Damage that was met while reading
// counts for the verdict, too.
func (p *page) diagnose(err error) (code int, key string) {
	p.volume.met(err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 404, "problem.absent"
	case errors.Is(err, bundle.ErrMissing):
		return 500, "problem.cut"
	case errors.Is(err, bundle.ErrDamaged), errors.Is(err, bundle.ErrFormat):
		return 500, "problem.damaged"
	}
	return 500, "problem.unreadable"
}

// isDamage says whether an error is that of the bundle, not of what lies in it.
func isDamage(err error) bool {
	var d *bundle.DamageError
	return errors.As(err, &d)
}

// What follows is for the templates, too.

// T returns a message of the interface.
func (p *page) T(key string, args ...any) string { return p.lang.message(key, args...) }

// num writes a number.
func (p *page) num(n any) string { return p.lang.number(n) }

// Size writes a number of bytes.
func (p *page) Size(n int64) string { return p.lang.size(n) }

// plain makes what a stranger wrote fit to be shown: characters that are no text
// or turn the direction of what follows show as U+FFFD.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x061c, r >= 0x200e && r <= 0x200f,
			r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff, r == 0xfffe:
			return '\uFFFD'
		}
		return r
	}, s)
}

// titleOf returns an item's title, or the name of its file as far as that is one. Of a page the name may be the title.
func titleOf(e bundle.Entry) string {
	name := path.Base(e.Path)
	bare := cmp.Or(strings.TrimSuffix(name, path.Ext(name)), name)
	switch {
	case e.Title != "" && (e.Title != bare || e.Kind == bundle.KindPage):
		return plain(e.Title)
	case e.Kind == bundle.KindFile: // its ending says what it is
		return plain(name)
	}
	return plain(spaced(bare))
}

// spaced writes the name of a file with the spaces that other signs stand for in it.
func spaced(name string) string {
	all := []rune(name)
	for i := 1; i < len(all)-1; i++ {
		if (all[i] == '_' || all[i] == '-') && unicode.In(all[i-1], unicode.L, unicode.M) && unicode.In(all[i+1], unicode.L, unicode.M) {
			all[i] = ' '
		}
	}
	return string(all)
}
