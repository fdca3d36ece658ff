package sanitize

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A notebook is a Linker that answers with what it was asked, and remembers it.
type notebook struct {
	links, resources map[string]bool
}

func newNotebook() *notebook {
	return &notebook{links: map[string]bool{}, resources: map[string]bool{}}
}

func (n *notebook) Link(ref string) (string, bool) {
	n.links[ref] = true
	return ref, true
}

func (n *notebook) Resource(ref string, _ Use) (string, bool) {
	n.resources[ref] = true
	return ref, true
}

// cleanHTML cleans a page and fails the test on an error.
func cleanHTML(t *testing.T, in string, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := HTML(&b, strings.NewReader(in), o); err != nil {
		t.Fatalf("HTML(%q): %v", in, err)
	}
	return b.String()
}

func cleanCSS(t *testing.T, in string, l Linker) string {
	t.Helper()
	var b strings.Builder
	if err := CSS(&b, strings.NewReader(in), Options{Linker: l}); err != nil {
		t.Fatalf("CSS(%q): %v", in, err)
	}
	return b.String()
}

// content returns what stands in the body of a cleaned page.
func content(page string) string {
	_, rest, _ := strings.Cut(page, "<body")
	_, rest, _ = strings.Cut(rest, ">")
	return strings.TrimSuffix(rest, "</body></html>\n")
}

// checkPage parses a cleaned page as a browser would and complains about
// everything in it that is not allowed, or that the notebook did not answer.
func checkPage(page string, n *notebook) error {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return err
	}
	for node := range root.Descendants() {
		if err := checkNode(node, n); err != nil {
			return err
		}
	}
	return nil
}

func checkNode(node *html.Node, n *notebook) error {
	switch node.Type {
	case html.CommentNode:
		return fmt.Errorf("a comment: %q", node.Data)
	case html.ElementNode:
	default:
		return nil
	}
	var err error
	switch node.Namespace {
	case "":
		err = checkElement(node)
	case "svg":
		err = checkShape(node)
	default:
		err = fmt.Errorf("element of %q: %q", node.Namespace, node.Data)
	}
	for _, a := range node.Attr {
		if err == nil {
			err = checkAttribute(node, a, n)
		}
	}
	if err == nil && node.Data == "style" && node.FirstChild != nil {
		if node.FirstChild != node.LastChild {
			return fmt.Errorf("style with more than text")
		}
		err = checkSheet(node.FirstChild.Data, n)
	}
	return err
}

// checkElement knows the few elements that are not for content by itself, so that
// a mistake in the tables does not hide itself.
func checkElement(node *html.Node) error {
	switch node.Data {
	case "html", "head", "body", "style", "title":
		return nil
	case "link":
		if len(node.Attr) > 0 && node.Attr[0].Key == "rel" && node.Attr[0].Val == "stylesheet" {
			return nil
		}
	case "meta":
		if len(node.Attr) == 1 && node.Attr[0].Key == "charset" {
			return nil
		}
	case "script", "iframe", "object", "embed", "form", "base", "template", "frame", "frameset",
		"noscript", "textarea", "select", "math", "portal", "applet", "plaintext", "xmp":
	default:
		if e := elements[node.Data]; e != nil && e.action == keep && e.name == node.Data {
			return nil
		}
	}
	return fmt.Errorf("element %q with %v", node.Data, node.Attr)
}

func checkShape(node *html.Node) error {
	e := shapes[strings.ToLower(node.Data)]
	if e == nil || e.action == unwrap {
		return fmt.Errorf("svg element %q", node.Data)
	}
	for child := range node.Descendants() {
		if child.Type == html.ElementNode && child.Namespace != "svg" {
			return fmt.Errorf("element %q in a drawing", child.Data)
		}
	}
	return nil
}

// addressKeys are the attributes that are addresses.
var addressKeys = strings.Fields("href src srcset poster data action formaction background cite " +
	"longdesc usemap ping manifest codebase classid lowsrc dynsrc icon profile xlink:href")

func checkAttribute(node *html.Node, a html.Attribute, n *notebook) error {
	key := a.Key
	if a.Namespace != "" {
		return fmt.Errorf("attribute %s:%s", a.Namespace, key)
	}
	table, name := attributes, name{}
	if node.Namespace == "svg" {
		table = shapeAttributes
	}
	name.set([]byte(key))
	own := (node.Data == "meta" && key == "charset") || (node.Data == "link" && key == "rel") ||
		key == "loading" || key == "controls" || key == "disabled" ||
		(node.Data == "link" && key == "href")
	if (table.find(&name) == nil && !own) || strings.HasPrefix(key, "on") {
		return fmt.Errorf("attribute %s=%q of %q", key, a.Val, node.Data)
	}
	if key == "style" || strings.Contains(a.Val, "url(") {
		return checkSheet("x{y:"+a.Val+"}", n)
	}
	if slices.Contains(addressKeys, key) {
		return checkAddresses(node, a, n)
	}
	return nil
}

func checkAddresses(node *html.Node, a html.Attribute, n *notebook) error {
	switch {
	case node.Namespace == "svg":
		if !strings.HasPrefix(a.Val, "#") && !isRaster(a.Val) {
			return fmt.Errorf("reference %q", a.Val)
		}
	case a.Key == "usemap":
		if !strings.HasPrefix(a.Val, "#") {
			return fmt.Errorf("usemap %q", a.Val)
		}
	case a.Key == "srcset":
		for _, candidate := range strings.Split(a.Val, ", ") {
			ref, _, _ := strings.Cut(candidate, " ")
			if err := n.checkResource(ref); err != nil {
				return err
			}
		}
	case a.Key == "href" && node.Data != "link":
		return n.checkLink(a.Val)
	default:
		return n.checkResource(a.Val)
	}
	return nil
}

var (
	linkForm = regexp.MustCompile(`^(?i:https?:|mailto:|tel:|[^:]*$|[^:]*[/\\?#])`)
	hostForm = regexp.MustCompile(`^[\s\x00-\x20]*([a-zA-Z][a-zA-Z0-9+.-]*:|[/\\]\s*[/\\])`)
	cleanSVG = "data:image/svg+xml;base64,"
)

func (n *notebook) checkLink(ref string) error {
	if !linkForm.MatchString(ref) || !n.links[ref] {
		return fmt.Errorf("link %q", ref)
	}
	return nil
}

// checkResource says whether an address makes no request, and whether the
// notebook knows it.
func (n *notebook) checkResource(ref string) error {
	if strings.HasPrefix(ref, cleanSVG) {
		return nil
	}
	isData := strings.HasPrefix(strings.ToLower(ref), "data:")
	if (!isData && hostForm.MatchString(ref)) || !n.resources[ref] {
		return fmt.Errorf("resource %q", ref)
	}
	return nil
}

var (
	cssString  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	cssEscape  = regexp.MustCompile(`\\([0-9a-f]{1,6}) ?`)
	cssBad     = regexp.MustCompile(`(?i)(^|[^"a-z0-9_#\x{80}-\x{10FFFF}-])(url|src|image|expression)\(`)
	cssAddress = regexp.MustCompile(`url\("(\d+)"\)|@import "(\d+)"`)
	cssEither  = regexp.MustCompile(`\\(?:[0-9a-f]{1,6} ?|["\\])`)
)

// checkSheet looks at a cleaned style sheet without our lexer: addresses stand in
// the one form in which we write them, and with them and all strings taken out,
// nothing is left that could be one.
func checkSheet(s string, n *notebook) error {
	if strings.Contains(s, "</") || strings.Contains(s, "<!") {
		return fmt.Errorf("style sheet with a tag: %q", s)
	}
	// Strings become numbers, so that nothing in one is taken for anything else.
	var list []string
	s = cssString.ReplaceAllStringFunc(s, func(quoted string) string {
		list = append(list, unescapeCSS(quoted[1:len(quoted)-1]))
		return fmt.Sprintf(`"%d"`, len(list)-1)
	})
	for _, m := range cssAddress.FindAllStringSubmatch(s, -1) {
		i, err := strconv.Atoi(m[1] + m[2])
		if err != nil {
			return err
		}
		if strings.HasPrefix(list[i], "#") {
			continue
		}
		if err := n.checkResource(list[i]); err != nil {
			return fmt.Errorf("%w in %q", err, s)
		}
	}
	s = cssAddress.ReplaceAllString(s, " ")
	if bad := cssBad.FindString(cssEscape.ReplaceAllString(s, "x")); bad != "" {
		return fmt.Errorf("style sheet with %q: %q", bad, s)
	}
	for _, word := range []string{"@import", "@namespace", "@document", "{-moz-binding:", "{behavior:", ";behavior:"} {
		if strings.Contains(s, word) {
			return fmt.Errorf("style sheet with %q: %q", word, s)
		}
	}
	return checkEscapes(s)
}

// checkEscapes looks for letters that are written as escapes: they could spell
// what the rest of checkSheet looks for.
func checkEscapes(s string) error {
	for _, m := range cssEscape.FindAllStringSubmatch(s, -1) {
		var r rune
		fmt.Sscanf(m[1], "%x", &r)
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return fmt.Errorf("style sheet with an escaped letter: %q", s)
		}
	}
	return nil
}

func unescapeCSS(s string) string {
	return cssEither.ReplaceAllStringFunc(s, func(e string) string {
		if e[1] == '"' || e[1] == '\\' {
			return e[1:]
		}
		var r rune
		fmt.Sscanf(strings.TrimSpace(e[1:]), "%x", &r)
		return string(r)
	})
}

// checkTwice cleans a page with and without styles, and says what is wrong with
// the outcome: something that is not allowed, also after a browser has written
// the page anew, or a second cleaning that changes it.
func checkTwice(in string) error {
	for _, styles := range []bool{true, false} {
		n := newNotebook()
		o := Options{Linker: n, Styles: styles, Title: "<&>", Head: ""}
		var once, twice bytes.Buffer
		if err := HTML(&once, strings.NewReader(in), o); err != nil {
			return err
		}
		if err := checkPage(once.String(), n); err != nil {
			return fmt.Errorf("%w\nin  %q\nout %q", err, in, once.String())
		}
		if err := HTML(&twice, bytes.NewReader(once.Bytes()), o); err != nil {
			return err
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			return fmt.Errorf("not the same twice\nin  %q\n1st %q\n2nd %q", in, once.String(), twice.String())
		}
		if limit := 16*len(in) + 4096; once.Len() > limit {
			return fmt.Errorf("%d bytes from %d: %q", once.Len(), len(in), in)
		}
		if err := checkRewritten(once.String(), n); err != nil {
			return fmt.Errorf("rewritten: %w\nin  %q\nout %q", err, in, once.String())
		}
	}
	return nil
}

// checkRewritten checks a page after a browser parsed it and wrote it out, as
// scripts do with innerHTML: what hides in one reading shows in the next.
func checkRewritten(page string, n *notebook) error {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := html.Render(&b, root); err != nil {
		return err
	}
	return checkPage(b.String(), n)
}
