package article

import "strings"

// A form is what becomes of an element of an article.
type form struct {
	name  string
	attrs string // the attributes that it keeps, besides id, lang and dir
	flags formFlags
}

type formFlags uint8

const (
	single  formFlags = 1 << iota // has no content
	block                         // stands on lines of its own
	bare                          // means nothing without content
	plain                         // means nothing without attributes
	phrases                       // holds text and no blocks
	naming                        // keeps its id where articles may lead to it
)

// forms is the allow-list. What is not in it leaves its content.
var forms = func() map[string]*form {
	m := map[string]*form{}
	add := func(names, attrs string, flags formFlags) {
		for name := range strings.FieldsSeq(names) {
			m[name] = &form{name, attrs, flags}
		}
	}
	add("b bdi bdo cite code em i kbd mark q ruby rb rp rt rtc s samp small strong sub sup u var", "", bare|phrases)
	add("abbr dfn", "title", bare|phrases)
	add("del ins", "", bare)
	add("time", "datetime", bare|phrases)
	add("data", "value", bare|phrases)
	add("span", "", bare|plain|phrases)
	add("a", "href", bare|plain)
	add("br wbr", "", single)
	add("hr", "", single|block)
	add("h1 h2 h3 h4 h5 h6", "", block|bare|phrases|naming)
	add("p", "", block|bare|phrases)
	add("pre", "", block|bare|phrases)
	add("div section article", "", block|bare|plain)
	add("aside address blockquote figcaption figure header footer hgroup nav ul summary", "", block|bare)
	add("details", "open", block|bare)
	add("ol", "start reversed type", block|bare)
	add("li", "value", block)
	add("dl", "", block|bare)
	add("dt dd", "", block|naming)
	add("table", "", block|bare)
	add("caption", "", block|bare)
	add("thead tbody tfoot tr", "", block|bare)
	add("td th", "colspan rowspan scope", block)
	add("colgroup", "span", block)
	add("col", "span", single|block)
	add("img", "", single)
	add("audio", "controls src", 0)
	add("video", "controls src poster width height", 0)
	add("source", "src type", single)
	add("track", "src kind srclang label default", single)
	add("input", "type checked disabled", single)
	for old, name := range map[string]string{"acronym": "abbr", "strike": "s", "tt": "code", "main": "div",
		"center": "div", "dir": "ul", "menu": "ul", "search": "div", "big": "span", "fieldset": "div",
		"legend": "p", "form": "div", "dialog": "div", "label": "span", "object": "div"} {
		m[old] = m[name]
	}
	return m
}()
