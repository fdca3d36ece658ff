package article

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// This file builds the tree of a page from its tokens. It follows the tree construction of the HTML
// standard where that shapes ordinary pages: tags that may be left out, parts of tables, text that
// has strayed into a table. It never makes more nodes than there are tokens: the standard opens
// unclosed <b> and <font> again in every paragraph, which turns megabytes into terabytes.

// A tree is a page taken apart.
type tree struct {
	body    *html.Node // the content, without scripts, styles and comments
	meta    meta
	removed removals
}

// parse reads a page into a tree. It returns ErrLimit for more than maxTokens or maxNodes.
func parse(text []byte) (*tree, error) {
	b := &builder{z: html.NewTokenizer(bytes.NewReader(text)), tree: &tree{body: element("body")}}
	b.z.SetMaxBuf(MaxInput)
	for range maxTokens {
		kind := b.z.Next()
		if kind == html.ErrorToken {
			return b.end()
		}
		b.token(kind)
		if b.nodes > maxNodes {
			return nil, fmt.Errorf("%w: more than %d elements", ErrLimit, maxNodes)
		}
	}
	return nil, fmt.Errorf("%w: more than %d tags", ErrLimit, maxTokens)
}

// end returns the tree when there is nothing more to read.
func (b *builder) end() (*tree, error) {
	if err := b.z.Err(); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: %w", ErrLimit, err)
	}
	return b.tree, nil
}

// element makes an element.
func element(name string, attrs ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name)), Attr: attrs}
}

// textNode makes a run of text.
func textNode(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }

// A builder makes a tree.
type builder struct {
	*tree
	z     *html.Tokenizer
	stack []open
	over  int // elements left out because they were too deep
	nodes int

	raw     string // the element whose raw text comes next
	skip    string // the element that is left out with its content
	skipped int    // how many of that name are open
}

// An open is an element that has been started and not ended.
type open struct {
	node *html.Node
	kind kind
	// ending is set when the end tag came while a block inside was open: the element ends when that
	// does.
	ending bool
}

func (b *builder) token(kind html.TokenType) {
	raw := b.raw
	b.raw = ""
	switch kind {
	case html.TextToken:
		b.anyText(raw)
	case html.CommentToken:
		b.meta.comment(b.z.Text())
		b.removed.add("comments", len(b.z.Raw()))
	case html.StartTagToken, html.SelfClosingTagToken:
		size := len(b.z.Raw())
		b.startTag(b.z.Token(), size, kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		name, _ := b.z.TagName()
		b.endTag(string(name))
	}
}

// anyText handles a run of text: that of a script or title, or text to read.
func (b *builder) anyText(raw string) {
	switch {
	case raw == "title":
		b.meta.title(b.z.Text())
	case raw == ldScript:
		b.meta.linkedData(b.z.Text())
		b.removed.add("metadata", len(b.z.Raw()))
	case raw == "script":
		b.removed.add("scripts", len(b.z.Raw()))
	case raw == "style":
		b.removed.add("styles", len(b.z.Raw()))
	case raw == "textarea", raw == "iframe", raw == "noembed", raw == "noframes", b.skipped > 0:
	default:
		b.text(string(b.z.Text()))
	}
}

// ldScript stands for a script that is linked data.
const ldScript = "script ld"

// startTag handles a start tag.
func (b *builder) startTag(t html.Token, size int, selfClosing bool) {
	if b.skipped > 0 {
		b.skipStart(t.Data, selfClosing)
		return
	}
	switch t.Data {
	case "html":
		b.meta.root(t.Attr)
	case "meta", "link", "base":
		b.meta.element(t.Data, t.Attr, &b.removed, size)
	case "title", "textarea", "noembed", "style":
		b.raw = t.Data
	case "iframe":
		b.raw = t.Data
		b.void(t)
	case "noframes":
		b.z.NextIsNotRawText()
	case "script":
		b.raw = scriptKind(t.Attr)
	case "svg":
		b.removed.add("drawings in the page", size)
		fallthrough
	case "template", "select", "datalist", "button", "portal", "fencedframe", "annotation",
		"annotation-xml", "applet":
		if !selfClosing || t.Data != "svg" {
			b.skip, b.skipped = t.Data, 1
		}
	case "noscript":
		b.z.NextIsNotRawText()
		b.push(t, kinds["noscript"])
	default:
		b.content(t)
	}
}

// skipStart counts an element inside of one that is left out. The raw text of a script must be
// known for such, or its end would be sought among tags.
func (b *builder) skipStart(name string, selfClosing bool) {
	switch {
	case name == b.skip && !selfClosing:
		b.skipped++
	case name == "noscript" || name == "noframes":
		b.z.NextIsNotRawText()
	}
}

// scriptKind says what the text of a script is.
func scriptKind(attrs []html.Attribute) string {
	if strings.EqualFold(strings.TrimSpace(attribute(attrs, "type")), "application/ld+json") {
		return ldScript
	}
	return "script"
}

// attribute returns the first attribute of a name.
func attribute(attrs []html.Attribute, key string) string {
	for i := range attrs[:min(len(attrs), maxAttributes)] {
		if attrs[i].Key == key {
			return attrs[i].Val
		}
	}
	return ""
}

// content handles the start tag of an element of the content.
func (b *builder) content(t html.Token) {
	k := kinds[t.Data]
	if k&structure != 0 && !b.clearTo(t.Data) {
		return // outside of a table it means nothing
	}
	b.imply(t.Data, k)
	if k&void != 0 {
		b.void(t)
		return
	}
	b.push(t, k)
}

// void adds an element without content.
func (b *builder) void(t html.Token) {
	b.add(element(t.Data, known(t.Attr)...), kinds[t.Data])
}

// push adds an element and opens it.
func (b *builder) push(t html.Token, k kind) {
	if len(b.stack) >= maxDepth {
		b.over++
		return
	}
	b.over = 0
	n := element(t.Data, known(t.Attr)...)
	b.add(n, k)
	b.stack = append(b.stack, open{node: n, kind: k})
	if k&literal != 0 && t.Data != "pre" {
		n.Data, n.DataAtom = "pre", atom.Pre
	}
}

// known keeps the attributes that matter to an article or to finding it, each once.
func known(attrs []html.Attribute) []html.Attribute {
	kept := attrs[:0]
	for i, a := range attrs[:min(len(attrs), maxAttributes)] {
		isAddress := a.Key == "src" || a.Key == "srcset" || strings.HasPrefix(a.Key, "data-")
		switch {
		case a.Namespace != "" || !knownAttributes[a.Key]:
		case len(a.Val) > maxValue && !isAddress, len(a.Val) > MaxInput:
		case attributeIndex(attrs[:i], a.Key) >= 0:
		default:
			kept = append(kept, a)
		}
	}
	return kept[:len(kept):len(kept)]
}

func attributeIndex(attrs []html.Attribute, key string) int {
	for i := range attrs {
		if attrs[i].Key == key {
			return i
		}
	}
	return -1
}

// text adds a run of text.
func (b *builder) text(s string) {
	top := b.top()
	if top != nil && top.Data == "pre" && top.FirstChild == nil {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "\r"), "\n")
	}
	if s == "" {
		return
	}
	if strings.TrimSpace(s) == "" && (top == nil && b.body.FirstChild == nil || top != nil && tableOnly[top.Data]) {
		return
	}
	b.add(textNode(s), 0)
}

// top is the innermost open element, or nil.
func (b *builder) top() *html.Node {
	if len(b.stack) == 0 {
		return nil
	}
	return b.stack[len(b.stack)-1].node
}

// add puts a node where it belongs: into the innermost element, or before the table that it has
// strayed into.
func (b *builder) add(n *html.Node, k kind) {
	b.nodes++
	top := b.top()
	if top == nil {
		b.body.AppendChild(n)
		return
	}
	if !tableOnly[top.Data] || k&structure != 0 {
		top.AppendChild(n)
		return
	}
	for i := len(b.stack) - 1; i >= 0; i-- {
		if table := b.stack[i].node; table.Data == "table" {
			table.Parent.InsertBefore(n, table)
			return
		}
	}
	top.AppendChild(n)
}

// endTag handles an end tag.
func (b *builder) endTag(name string) {
	k := kinds[name]
	switch {
	case b.skipped > 0:
		if name == b.skip {
			b.skipped--
		}
	case name == "br":
		b.add(element("br"), void)
	case k&void != 0 || name == "html" || name == "body" || name == "head":
	case b.over > 0:
		b.over--
	default:
		b.closeMatching(name, k)
	}
}
