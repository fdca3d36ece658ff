package sanitize

import (
	"io"
	"strings"

	"golang.org/x/net/html"
)

// Links yields every address in a page that names something else, as a Linker
// would see it but for a <base href>: links, pictures, sounds, films, frames,
// objects, backgrounds, style sheets and what the page's own styles name. It
// errs on the side of too many, since it answers the question whether a page
// needs a file. Addresses in a style sheet file come from CSS and a Linker that
// takes notes. It returns ErrTooLarge or the error of r.
func Links(r io.Reader, yield func(ref string)) error {
	l := linkReader{z: newTokenizer(r), yield: yield}
	for {
		kind := l.z.Next()
		if kind == html.ErrorToken {
			return readError(l.z.Err())
		}
		l.token(kind)
	}
}

// A linkReader goes through a page for its addresses. It is the Linker of the
// page's styles.
type linkReader struct {
	z       *html.Tokenizer
	yield   func(ref string)
	inStyle bool
}

// Link refuses everything. Styles have no links.
func (l *linkReader) Link(string) (href string, ok bool) { return "", false }

// Resource yields an address and refuses it.
func (l *linkReader) Resource(ref string, _ Use) (src string, ok bool) {
	l.yield(ref)
	return "", false
}

func (l *linkReader) token(kind html.TokenType) {
	inStyle := l.inStyle
	l.inStyle = false
	switch kind {
	case html.TextToken:
		if text := l.z.Text(); inStyle && len(text) <= MaxSheet {
			s := sheet{refs: resolver{linker: l}}
			s.clean(text)
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		token := l.z.Token()
		l.inStyle = token.Data == "style"
		if token.Data == "noscript" || token.Data == "noframes" {
			l.z.NextIsNotRawText()
		}
		for _, a := range token.Attr {
			l.attribute(token.Data, a.Key, a.Val)
		}
	}
}

// attribute yields the addresses in one attribute.
func (l *linkReader) attribute(name, key, value string) {
	switch key {
	case "href", "src", "poster", "data", "background", "longdesc", "xlink:href", "action",
		"archive", "classid", "code", "lowsrc", "dynsrc", "data-src", "data-href":
		l.address(value)
	case "srcset", "imagesrcset", "data-srcset":
		for range maxCandidates {
			ref, _, rest := cutCandidate(value)
			if ref == "" {
				return
			}
			l.address(ref)
			value = rest
		}
	case "style":
		s := sheet{refs: resolver{linker: l}}
		s.declarations([]byte(value))
	case "content":
		// <meta http-equiv=refresh content="5; url=next.html">
		_, url, ok := strings.Cut(value, "=")
		if name == "meta" && ok {
			l.address(strings.Trim(url, "\"' "))
		}
	case "value":
		if name == "param" {
			l.address(value)
		}
	}
}

func (l *linkReader) address(raw string) {
	if ref := trimAddress(raw); ref != "" && len(ref) <= maxAddress {
		l.yield(ref)
	}
}
