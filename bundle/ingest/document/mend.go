package document

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxMended is the longest chapter that is mended: it takes a tree, some ten times its size.
const maxMended = 4 << 20

// mend reads a page as browsers do, and writes it as XML.
func mend(data []byte) ([]byte, error) {
	if len(data) > maxMended {
		return nil, fmt.Errorf("%w: a chapter of %d bytes that is not well-formed", ErrLimit, len(data))
	}
	if bytes.Contains(data, []byte("<!ENTITY")) {
		return nil, fmt.Errorf("%w: it declares entities", ErrFormat)
	}
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<!DOCTYPE html>\n")
	for n := range root.ChildNodes() {
		if n.Type == html.ElementNode {
			writeNode(&b, n, "", 0)
		}
	}
	return b.Bytes(), nil
}

// spaces are the namespaces of elements as x/net/html calls them.
var spaces = map[string]string{
	"":     "http://www.w3.org/1999/xhtml",
	"svg":  "http://www.w3.org/2000/svg",
	"math": "http://www.w3.org/1998/Math/MathML",
}

// writeNode writes a node as XML. What is deeper than readers of XML go, is left out.
func writeNode(b *bytes.Buffer, n *html.Node, space string, depth int) {
	const most = 400
	switch {
	case depth > most:
		return
	case n.Type == html.TextNode:
		b.WriteString(escapeText(n.Data))
		return
	case n.Type != html.ElementNode:
		return
	}
	named := isXMLName(n.Data)
	if named {
		fmt.Fprintf(b, "<%s", n.Data)
		if spaces[n.Namespace] != space {
			space = spaces[n.Namespace]
			fmt.Fprintf(b, ` xmlns="%s"`, space)
		}
		if n.DataAtom == atom.Html && depth == 0 {
			b.WriteString(` xmlns:epub="http://www.idpf.org/2007/ops" xmlns:xlink="http://www.w3.org/1999/xlink"`)
		}
		writeAttributes(b, n)
	}
	if n.FirstChild == nil && named && (n.Namespace != "" || void[n.Data]) {
		b.WriteString("/>")
		return
	}
	if named {
		b.WriteByte('>')
	}
	for c := range n.ChildNodes() {
		writeNode(b, c, space, depth+1)
	}
	if named {
		fmt.Fprintf(b, "</%s>", n.Data)
	}
}

func writeAttributes(b *bytes.Buffer, n *html.Node) {
	seen := map[string]bool{}
	for _, a := range n.Attr {
		key := a.Key
		if a.Namespace == "xlink" || a.Namespace == "xml" {
			key = a.Namespace + ":" + key
		}
		prefix, local, ok := strings.Cut(key, ":")
		switch {
		case !ok && (!isXMLName(key) || key == "xmlns"), seen[key]:
			continue
		case ok && (prefix != "epub" && prefix != "xlink" && prefix != "xml" || !isXMLName(local)):
			continue
		}
		seen[key] = true
		fmt.Fprintf(b, ` %s="%s"`, key, escape(a.Val))
	}
}

// isXMLName says whether a name has no prefix and nothing in it that XML would stumble over.
func isXMLName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '-' || c == '.')) {
			return false
		}
	}
	return s != ""
}

// escapeText writes text between tags, with its line ends.
func escapeText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
	return textEscaper.Replace(s)
}

var textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// plainText is the text of a piece of HTML.
func plainText(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
			b.WriteByte(' ')
		}
	}
}
