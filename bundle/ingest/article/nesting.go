package article

import "strings"

// A kind says how an element nests.
type kind uint16

const (
	void      kind = 1 << iota // has no end tag
	inline                     // its end tag does not end a block
	endsP                      // its start tag ends an open p
	barrier                    // end tags inside do not reach out of it
	heading                    // h1 to h6 end each other
	structure                  // part of a table: stands only in one
	tableRoot                  // a table
	list                       // ends the reach of </li>
	literal                    // its text is text
)

// kinds are those of elements that are more than a box. Others nest as they are written.
var kinds = func() map[string]kind {
	m := map[string]kind{}
	for names, k := range map[string]kind{
		`area br col embed hr img input link meta param source track wbr frame keygen bgsound basefont`: void,
		`a abbr acronym b bdi bdo big cite code dfn em font i kbd label mark nobr q rb rp rt rtc ruby s samp
		small span strike strong sub sup tt u var del ins time data picture audio video map noscript`: inline,
		`address article aside blockquote center details dialog div dl fieldset figcaption figure footer form
		header hgroup main nav p search section summary`: endsP,
		`dir menu ol ul`:                endsP | list,
		`h1 h2 h3 h4 h5 h6`:             endsP | heading,
		`pre listing xmp plaintext`:     endsP | literal,
		`td th caption`:                 structure | barrier,
		`tr tbody thead tfoot colgroup`: structure,
		`object marquee`:                barrier,
	} {
		for name := range strings.FieldsSeq(names) {
			m[name] |= k
		}
	}
	m["hr"] |= endsP
	m["col"] |= structure
	m["table"] = endsP | barrier | tableRoot
	return m
}()

// tableOnly are the elements that hold parts of tables and nothing else.
var tableOnly = words("table tbody thead tfoot tr colgroup")

// knownAttributes are those that an article keeps, and those that help to find it.
var knownAttributes = words(`abbr alt aria-hidden aria-label aria-modal checked class cite colspan content
	controls coords datatable datetime dir disabled height hidden href id itemprop itemtype kind
	label lang name open poster property rel reversed role rowspan scope shape span src srclang srcset
	start style title type value width data-src data-original data-lazy data-lazy-src data-srcset
	data-lazy-srcset data-actualsrc data-hi-res-src data-image data-full-src data-url data-croporisrc
	data-original-src data-echo data-file`)

// words makes a set of words.
func words(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// imply ends the elements that a start tag ends without saying so.
func (b *builder) imply(name string, k kind) {
	if k&endsP != 0 {
		b.closeNearest(barrier, "p")
	}
	if n := len(b.stack); k&heading != 0 && n > 0 && b.stack[n-1].kind&heading != 0 {
		b.closeTo(n - 1)
	}
	switch name {
	case "a", "nobr":
		b.closeMatching(name, inline)
	case "li":
		b.closeNearest(barrier|list, "li")
	case "dd", "dt":
		b.closeNearest(barrier|list, "dd", "dt")
	case "rb", "rt", "rp", "rtc":
		if top := b.top(); top != nil && (top.Data == "rb" || top.Data == "rt" || top.Data == "rp") {
			b.closeTo(len(b.stack) - 1)
		}
	}
}

// closeNearest ends the nearest element of a name, unless one that stops is between.
func (b *builder) closeNearest(stop kind, names ...string) {
	for i := len(b.stack) - 1; i >= 0; i-- {
		o := b.stack[i]
		for _, name := range names {
			if o.node.Data == name {
				b.closeTo(i)
				return
			}
		}
		if o.kind&stop != 0 || o.node.Data == "dl" {
			return
		}
	}
}

// closeTo ends the open elements from the i-th on, and then those whose end tag came before.
func (b *builder) closeTo(i int) {
	b.stack = b.stack[:i]
	for n := len(b.stack); n > 0 && b.stack[n-1].ending; n-- {
		b.stack = b.stack[:n-1]
	}
}

// closeMatching ends the innermost element of a name, with what is in it, when it is in reach. An
// inline element does not take a block with it.
func (b *builder) closeMatching(name string, k kind) {
	throughBlock := false
	for i := len(b.stack) - 1; i >= 0; i-- {
		o := &b.stack[i]
		if o.node.Data == name || k&heading != 0 && o.kind&heading != 0 || k&o.kind&literal != 0 {
			if k&inline != 0 && throughBlock {
				o.ending = true
				return
			}
			b.closeTo(i)
			return
		}
		if outOfReach(o.kind, name, k) {
			return
		}
		throughBlock = throughBlock || o.kind&inline == 0
	}
}

// outOfReach says whether an open element keeps an end tag from what is outside of it.
func outOfReach(o kind, name string, k kind) bool {
	switch {
	case name == "table":
		return false
	case k&structure != 0:
		return o&tableRoot != 0
	case o&barrier != 0:
		return true
	}
	return name == "li" && o&list != 0
}

// clearTo ends what is open in a table until a part of a table can stand there. It says whether
// there is a table at all.
func (b *builder) clearTo(name string) bool {
	i := len(b.stack) - 1
	for i >= 0 && b.stack[i].kind&tableRoot == 0 {
		i--
	}
	if i < 0 {
		return false
	}
	i++
	for i < len(b.stack) && holds(b.stack[i].node.Data, name) {
		i++
	}
	if i < len(b.stack) {
		b.stack = b.stack[:i]
	}
	return true
}

// holds says whether a part of a table can stay open for another one in it.
func holds(outer, inner string) bool {
	switch outer {
	case "tbody", "thead", "tfoot":
		return inner == "tr" || inner == "td" || inner == "th"
	case "tr":
		return inner == "td" || inner == "th"
	case "colgroup":
		return inner == "col"
	}
	return false
}
