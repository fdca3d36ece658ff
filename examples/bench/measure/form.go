package main

import (
	"bytes"
	"net/url"

	"golang.org/x/net/html"
)

// A form is a search form of a page.
type form struct {
	action string
	field  string     // what the reader fills in
	hidden url.Values // what goes along
}

// with returns what a form sends when it is filled in.
func (f form) with(text string) url.Values {
	values := url.Values{f.field: {text}}
	for name, v := range f.hidden {
		values[name] = v
	}
	return values
}

// searchForm finds the form of a page that is posted and has a field of the type search.
func searchForm(page []byte) (f form, ok bool) {
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return form{}, false
		case html.EndTagToken:
			if tag, _ := z.TagName(); string(tag) == "form" && f.action != "" && f.field != "" {
				return f, true
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			a := map[string]string{}
			for _, attr := range t.Attr {
				a[attr.Key] = attr.Val
			}
			switch {
			case t.Data == "form" && a["method"] == "post":
				f = form{action: a["action"], hidden: url.Values{}}
			case t.Data == "form":
				f = form{}
			case t.Data == "input" && a["type"] == "search":
				f.field = a["name"]
			case t.Data == "input" && a["type"] == "hidden" && f.hidden != nil:
				f.hidden.Add(a["name"], a["value"])
			}
		}
	}
}
