package article

import (
	"bytes"
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
)

// maxLinkedData is the longest script of linked data that is read, and maxMetas how many values are
// kept.
const (
	maxLinkedData = 1 << 20
	maxMetas      = 500
)

// A meta is what a page says of itself in its head, its linked data and its comments.
type meta struct {
	titleText string
	lang, dir string
	values    map[string][]string // by name or property in lower case
	linked    linked
	canonical string
	licence   string
	saved     string // the address in a comment that a browser or extension left
}

// root reads the attributes of the html element.
func (m *meta) root(attrs []html.Attribute) {
	for _, key := range []string{"lang", "xml:lang"} {
		if v := strings.TrimSpace(attribute(attrs, key)); v != "" && m.lang == "" {
			m.lang = v
		}
	}
	if m.dir == "" {
		m.dir = strings.ToLower(strings.TrimSpace(attribute(attrs, "dir")))
	}
}

// title takes the first title of the page.
func (m *meta) title(text []byte) {
	if m.titleText == "" {
		m.titleText = line(string(text[:min(len(text), 8*maxLine)]))
	}
}

// element reads a meta or link element.
func (m *meta) element(name string, attrs []html.Attribute, removed *removals, size int) {
	switch name {
	case "meta":
		m.metaElement(attrs, removed, size)
	case "link":
		m.linkElement(attrs)
	}
}

func (m *meta) metaElement(attrs []html.Attribute, removed *removals, size int) {
	content := attribute(attrs, "content")
	name := attribute(attrs, "property")
	if name == "" {
		name = attribute(attrs, "name")
	}
	if name == "" {
		name = attribute(attrs, "itemprop")
	}
	if strings.EqualFold(attribute(attrs, "http-equiv"), "content-language") {
		name = "content-language"
	}
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || content == "" || name == "viewport" {
		return
	}
	removed.add("metadata", size)
	if m.values == nil {
		m.values = map[string][]string{}
	}
	if len(m.values) < maxMetas && len(m.values[name]) < 20 {
		m.values[name] = append(m.values[name], line(content))
	}
}

func (m *meta) linkElement(attrs []html.Attribute) {
	href := strings.TrimSpace(attribute(attrs, "href"))
	for rel := range strings.FieldsSeq(strings.ToLower(attribute(attrs, "rel"))) {
		switch {
		case rel == "canonical" && m.canonical == "":
			m.canonical = href
		case (rel == "license" || rel == "licence" || rel == "copyright") && m.licence == "":
			m.licence = licenceName(href, attribute(attrs, "title"))
		}
	}
}

// comment reads the address that a browser leaves: "saved from url=(0023)https://..." by Internet
// Explorer and Chrome, "Page saved with SingleFile url: ...", "archived ... from https://..." by
// HTTrack ("Mirrored from example.org/page by HTTrack").
func (m *meta) comment(text []byte) {
	if m.saved != "" || len(text) > 4*maxLine {
		return
	}
	s := string(text)
	for _, mark := range []string{"saved from url=", "url: ", "Mirrored from "} {
		_, rest, ok := strings.Cut(s, mark)
		isOurs := mark != "url: " || strings.Contains(s, "SingleFile") || strings.Contains(s, "saved")
		if !ok || !isOurs {
			continue
		}
		if i := strings.IndexByte(rest, ')'); strings.HasPrefix(rest, "(") && i > 0 {
			rest = rest[i+1:]
		}
		if fields := strings.Fields(rest); len(fields) > 0 {
			m.saved = fields[0]
			if !strings.Contains(m.saved, ":") {
				m.saved = "http://" + m.saved
			}
			return
		}
	}
}

// first returns the first value of the first of several names that has one.
func (m *meta) first(names ...string) string {
	for _, name := range names {
		for _, v := range m.values[name] {
			if v != "" {
				return v
			}
		}
	}
	return ""
}

// A linked is what linked data (JSON-LD, schema.org) says of an article.
type linked struct {
	found                                                  bool
	headline, description, date, author, language, licence string
	address                                                string
	keywords                                               []string
}

// articleTypes are the types of schema.org that say what a page is about.
var articleTypes = words(`Article NewsArticle BlogPosting Report ScholarlyArticle TechArticle WebPage
	OpinionNewsArticle AnalysisNewsArticle BackgroundNewsArticle ReportageNewsArticle ReviewNewsArticle
	SocialMediaPosting DiscussionForumPosting QAPage Recipe MedicalWebPage LiveBlogPosting Book HowTo
	LearningResource CreativeWork AdvertiserContentArticle MedicalScholarlyArticle APIReference`)

// linkedData reads a script of linked data. The first article in the page counts.
func (m *meta) linkedData(text []byte) {
	if m.linked.found || len(text) > maxLinkedData {
		return
	}
	text = bytes.TrimSpace(text)
	text = bytes.TrimSuffix(bytes.TrimPrefix(text, []byte("<![CDATA[")), []byte("]]>"))
	var any any
	if json.Unmarshal(text, &any) != nil {
		return
	}
	if object := findArticle(any, 0); object != nil {
		m.linked = readLinked(object)
	}
}

// findArticle looks for an object with a type of articleTypes, also in lists and graphs.
func findArticle(v any, depth int) map[string]any {
	const deep = 4
	if depth > deep {
		return nil
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if object := findArticle(x, depth+1); object != nil {
				return object
			}
		}
	case map[string]any:
		for _, name := range texts(v["@type"], 0) {
			if articleTypes[name] {
				return v
			}
		}
		return findArticle(v["@graph"], depth+1)
	}
	return nil
}

func readLinked(object map[string]any) linked {
	one := func(keys ...string) string {
		for _, key := range keys {
			if list := texts(object[key], 0); len(list) > 0 {
				return list[0]
			}
		}
		return ""
	}
	return linked{
		found:       true,
		headline:    one("headline", "name"),
		description: one("description", "abstract"),
		date:        one("datePublished", "dateCreated"),
		author:      strings.Join(texts(object["author"], 0), ", "),
		language:    one("inLanguage"),
		licence:     one("license"),
		address:     one("url", "mainEntityOfPage"),
		keywords:    texts(object["keywords"], 0),
	}
}

// texts are the texts that a value stands for: itself, the members of a list, or the name of a thing.
func texts(v any, depth int) (list []string) {
	const most, deep = 20, 3
	switch v := v.(type) {
	case string:
		if s := line(html.UnescapeString(v[:min(len(v), 8*maxLine)])); s != "" {
			return []string{s}
		}
	case []any:
		for _, x := range v[:min(len(v), most)] {
			if depth < deep {
				list = append(list, texts(x, depth+1)...)
			}
		}
	case map[string]any:
		for _, key := range []string{"name", "@value", "@id", "url"} {
			if s, ok := v[key].(string); ok && line(s) != "" {
				return []string{line(s)}
			}
		}
	}
	return list[:min(len(list), most)]
}
