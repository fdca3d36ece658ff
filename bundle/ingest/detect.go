package ingest

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"satchel/bundle"
)

func init() {
	// Office files name their type far behind the first 3 KiB, the default.
	mimetype.SetLimit(headLen)
}

// A head is the beginning of a file, and what is known of it so far.
type head struct {
	ext     string // lower case, without the dot
	raw     []byte
	whole   bool   // raw is all there is
	text    []byte // as UTF-8, if it is legible text; otherwise nil
	charset string // of raw where it is text; "" if not known
}

// detect says what a file is by its content, and by its name where text is
// concerned. What is not packed comes with the reason.
func detect(h *head) (class, finding) {
	switch {
	case len(h.raw) == 0:
		return detectEmpty(h)
	case h.text != nil:
		return detectText(h)
	}
	return detectBinary(h)
}

// detectEmpty goes by name alone: an empty file cannot do anything.
func detectEmpty(h *head) (class, finding) {
	if c, ok := textByName[h.ext]; ok {
		return c, finding{}
	}
	switch {
	case h.ext == "":
		return plainText, finding{}
	case mediaNames[h.ext]:
		return class{}, other("an empty file, though its name says film, sound, picture or document")
	}
	return opaque, finding{}
}

func detectBinary(h *head) (class, finding) {
	if c := ownMagic(h); c.known() {
		return c, finding{}
	}
	mime, _, _ := strings.Cut(mimetype.Detect(h.raw).String(), ";")
	if c, ok := binaryTypes[mime]; ok {
		return bySound(c, h.ext), finding{}
	}
	if system, ok := programTypes[mime]; ok {
		return class{}, program(system)
	}
	switch {
	case bytes.HasPrefix(h.raw, []byte("MZ")):
		return class{}, program("Windows")
	case bytes.HasPrefix(h.raw, []byte("dex\n")):
		return class{}, program("Android")
	case siteTypes[mime]:
		return class{}, leave("a program of the site, which readers do not run")
	case h.ext == "hwp":
		return class{}, other("an old HWP document: save it as HWPX or PDF")
	}
	if mime == "application/octet-stream" && mediaNames[h.ext] {
		return class{}, other("content of an unknown kind, though its name ends in ." + h.ext)
	}
	return class{}, other(mime)
}

// program refuses what some system runs; naming the file allows it.
func program(system string) finding {
	return finding{verdict: refused, reason: fmt.Sprintf("a program, by its content (%s)", system)}
}

func other(what string) finding { return finding{verdict: unsupported, reason: what} }

// ownMagic finds what mimetype does not know, or is too eager about.
func ownMagic(h *head) class {
	switch {
	case bytes.HasPrefix(h.raw, []byte("\x8aMNG\r\n\x1a\n")):
		return mngFile
	case !bytes.HasPrefix(h.raw, []byte("PK\x03\x04")):
		return class{}
	case hasAt(h.raw, 30, "mimetypeapplication/hwp+zip"):
		return hwpxFile
	case h.ext == "epub" && bytes.Contains(h.raw, []byte("META-INF/container.xml")):
		// Made by hand: its mimetype entry is not the first.
		return epubFile
	}
	return class{}
}

func hasAt(b []byte, at int, want string) bool {
	return len(b) >= at && bytes.HasPrefix(b[at:], []byte(want))
}

// bySound believes an extension that says a film's container holds only sound, and
// one that says Ogg holds a film.
func bySound(c class, ext string) class {
	if s, ok := soundNames[ext]; ok && c.kind == bundle.KindVideo {
		return s
	}
	if ext == "ogv" && c.mime == "audio/ogg" {
		return class{bundle.KindVideo, "video/ogg"}
	}
	return c
}

func detectText(h *head) (class, finding) {
	if bytes.HasPrefix(h.text, []byte("#!")) && !bytes.HasPrefix(h.text, []byte("#![")) {
		return class{}, program("a script for a Unix system")
	}
	if c := textMagic(h.text); c.known() {
		return c, finding{}
	}
	if isMHTML(h) {
		return mhtmlPage, finding{}
	}
	root, isXML := rootElement(h.text)
	if c := byRoot(root, isXML, h.ext); c.known() {
		if c.kind == bundle.KindPage && isServed(h) {
			return class{}, leave("a program of the web server")
		}
		return c, finding{}
	}
	c, ok := textByName[h.ext]
	switch {
	case h.ext == "":
		return plainText, finding{}
	case isServed(h):
		return class{}, leave("a program of the web server")
	case !ok, c == samiText && !containsFold(h.text, "<sami"):
		return class{}, other(fmt.Sprintf("text of an unknown sort (.%s)", h.ext))
	}
	return c, finding{}
}

// textMagic finds formats that are known by how they begin, though they may consist
// of letters only.
func textMagic(text []byte) class {
	for _, m := range []struct {
		prefix string
		class  class
	}{
		{"%PDF-", pdfFile}, {`{\rtf`, rtfText}, {"/* XPM */", xpmFile}, {"WEBVTT", vttText},
	} {
		if bytes.HasPrefix(text, []byte(m.prefix)) {
			return m.class
		}
	}
	return class{}
}

// isMHTML finds a page that a browser saved as a message: a head of lines with colons, one of which
// says that parts belong together, or under the name of such a page that it has none but itself.
func isMHTML(h *head) bool {
	for line := range bytes.SplitSeq(h.text[:min(len(h.text), 4096)], []byte("\n")) {
		line = bytes.TrimRight(line, "\r")
		name, value, isField := bytes.Cut(line, []byte(":"))
		switch {
		case len(line) == 0, !isField && line[0] != ' ' && line[0] != '\t':
			return false
		case strings.EqualFold(string(name), "content-type"):
			kind := bytes.TrimSpace(value)
			return hasFold(kind, "multipart/related") || hasFold(kind, "text/html") && (h.ext == "mht" || h.ext == "mhtml")
		}
	}
	return false
}

// byRoot goes by the first element of a document. An extension of another text
// format wins over HTML: READMEs in Markdown begin with <div>, and a .txt shows the
// source of a page.
func byRoot(root string, isXML bool, ext string) class {
	named, isNamed := textByName[ext]
	switch {
	case root == "":
		return class{}
	case root == "svg" && (!isNamed || named.kind == bundle.KindPage || named == xmlData):
		return svgImage
	case named.kind == bundle.KindPage:
		return named
	case root == "html" && named == xmlData:
		return xhtmlPage
	case isNamed:
		return class{}
	case htmlElements[root]:
		return htmlPage
	case isXML:
		return xmlData
	}
	return class{}
}

// htmlElements begin a page even where <html> is left out.
var htmlElements = set(`html head body title meta script style link base p div span table h1 h2 h3
	h4 h5 h6 a b i em strong br hr ul ol dl font center article section main header nav aside
	figure img blockquote pre iframe frameset form`)

// rootElement returns the local name, in lower case, of the first element in a text,
// and whether an XML declaration stands before it. "" means that the text does not
// begin as a document does.
func rootElement(text []byte) (name string, isXML bool) {
	const most = 100 // comments and declarations before the first element
	for range most {
		text = bytes.TrimLeft(text, " \t\r\n\f")
		switch {
		case hasFold(text, "<?xml"):
			isXML = true
			text = after(text, "?>")
		case bytes.HasPrefix(text, []byte("<?")):
			text = after(text, ">")
		case bytes.HasPrefix(text, []byte("<!--")):
			text = after(text[4:], "-->")
		case hasFold(text, "<!doctype html"):
			return "html", isXML
		case hasFold(text, "<!doctype"):
			text = afterDoctype(text)
		default:
			return elementName(text), isXML
		}
	}
	return "", isXML
}

func elementName(text []byte) string {
	rest, ok := bytes.CutPrefix(text, []byte("<"))
	if !ok {
		return ""
	}
	n := 0
	for n < len(rest) && n < 64 && isNameByte(rest[n]) {
		n++
	}
	name := strings.ToLower(string(rest[:n]))
	return name[strings.LastIndexByte(name, ':')+1:]
}

func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' ||
		b == ':' || b == '-' || b == '_' || b == '.'
}

func after(text []byte, end string) []byte {
	_, rest, _ := bytes.Cut(text, []byte(end))
	return rest
}

// afterDoctype steps over a document type, whose internal subset has > in it.
func afterDoctype(text []byte) []byte {
	end, open := bytes.IndexByte(text, '>'), bytes.IndexByte(text, '[')
	if open >= 0 && open < end {
		return after(after(text, "]"), ">")
	}
	return after(text, ">")
}

// isServed finds source code that a web server would have run. It often holds
// passwords, and readers cannot use it.
func isServed(h *head) bool {
	switch h.ext {
	case "html", "htm", "xhtml", "xht":
		return false
	case "asp", "aspx", "ascx", "asmx", "jsp", "jspx", "erb", "ejs":
		return bytes.Contains(h.text, []byte("<%"))
	}
	if _, ok := textByName[h.ext]; ok || h.ext == "" {
		return false
	}
	return bytes.Contains(h.text, []byte("<?php")) || bytes.Contains(h.text, []byte("<?="))
}

func hasFold(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(string(text[:len(prefix)]), prefix)
}

func containsFold(text []byte, want string) bool {
	return bytes.Contains(bytes.ToLower(text[:min(len(text), 4096)]), []byte(want))
}
