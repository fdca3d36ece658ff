package article

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxFront is the longest front matter.
const maxFront = 64 << 10

// cutFront cuts the front matter from a text: what stands between a first line of three hyphens, or
// of three plus signs, and the next. Without one that ends within maxFront bytes the text is all
// there is. A text may begin with a rule of three hyphens: then what follows does not read as front
// matter, and stays. What does, and is broken, is an ErrFormat: it would be published.
func cutFront(text []byte) (front map[string][]string, rest []byte, err error) {
	mark := ""
	for _, m := range []string{"---", "+++"} {
		if first, _, ok := bytes.Cut(text, []byte("\n")); ok && string(bytes.TrimRight(first, " \t\r")) == m {
			mark = m
		}
	}
	if mark == "" {
		return nil, text, nil
	}
	start := bytes.IndexByte(text, '\n') + 1
	for at := start; at < min(len(text), maxFront); {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text) - at
		}
		l := string(bytes.TrimRight(text[at:at+end], " \t\r"))
		next := min(at+end+1, len(text))
		if l == mark || mark == "---" && l == "..." {
			front, ok, err := readFields(mark, text[start:at])
			if !ok {
				return nil, text, err
			}
			return front, text[next:], nil
		}
		at = next
	}
	if looksLikeFields(text[start:]) {
		return nil, nil, fmt.Errorf("%w: its front matter has no end: a line of %s", ErrFormat, mark)
	}
	return nil, text, nil
}

// looksLikeFields says whether a text begins as front matter does, with a name and a colon.
func looksLikeFields(text []byte) bool {
	name, _, ok := bytes.Cut(text[:min(len(text), 40)], []byte(":"))
	return ok && len(name) > 0 && len(bytes.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-")) == 0
}

// readFields reads front matter. It is not ok where that is none.
func readFields(mark string, text []byte) (fields map[string][]string, ok bool, err error) {
	if mark == "+++" {
		return readTOML(text), true, nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		if !looksLikeFields(text) {
			return nil, false, nil
		}
		return nil, false, fmt.Errorf("%w: its front matter is no YAML: %w", ErrFormat, err)
	}
	if len(doc.Content) == 0 {
		return nil, true, nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, false, nil
	}
	fields = map[string][]string{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if list := scalars(root.Content[i+1]); len(list) > 0 {
			key := strings.ToLower(strings.TrimSpace(root.Content[i].Value))
			fields[key] = append(fields[key], list...)
		}
	}
	return fields, true, nil
}

// scalars are the texts in a node: itself, the members of a list, or their names. Aliases are not
// followed: a few lines of them stand for billions.
func scalars(n *yaml.Node) (list []string) {
	const most = 20
	switch n.Kind {
	case yaml.ScalarNode:
		if s := line(n.Value); s != "" && n.Tag != "!!null" {
			return []string{s}
		}
	case yaml.SequenceNode:
		for _, c := range n.Content[:min(len(n.Content), most)] {
			switch c.Kind {
			case yaml.ScalarNode, yaml.MappingNode:
				list = append(list, scalars(c)...)
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == "name" && n.Content[i+1].Kind == yaml.ScalarNode {
				return scalars(n.Content[i+1])
			}
		}
	}
	return list[:min(len(list), most)]
}

// readTOML reads lines such as title = "A text". Tables and all else are passed over.
func readTOML(text []byte) map[string][]string {
	fields := map[string][]string{}
	for raw := range strings.Lines(string(text)) {
		l := strings.TrimSpace(raw)
		if strings.HasPrefix(l, "[") {
			break
		}
		key, value, ok := strings.Cut(l, "=")
		if !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		for v := range strings.SplitSeq(strings.Trim(value, "[]"), ",") {
			if !strings.HasPrefix(value, "[") {
				v = value
			}
			if v = line(strings.Trim(strings.TrimSpace(v), `"'`)); v != "" {
				fields[key] = append(fields[key], v)
			}
			if !strings.HasPrefix(value, "[") {
				break
			}
		}
	}
	return fields
}

// readFront takes over what the front matter of a text says of it.
func (m *maker) readFront(front map[string][]string, size int) {
	if size > 0 {
		m.removed.add("front matter", size)
	}
	one := func(keys ...string) string {
		for _, key := range keys {
			if len(front[key]) > 0 {
				return front[key][0]
			}
		}
		return ""
	}
	p := m.page
	p.Title = one("title")
	p.Summary = one("description", "summary", "excerpt", "subtitle")
	p.Language = cleanLanguage(one("lang", "language", "locale"))
	p.Date = day(one("date", "published", "pubdate", "publishdate"))
	p.Byline = strings.Join(front["author"], ", ")
	if p.Byline == "" {
		p.Byline = strings.Join(front["authors"], ", ")
	}
	p.Byline = line(p.Byline)
	if licence := one("licence", "license", "rights"); licence != "" {
		p.Licence = firstOf(licenceName(licence, ""), licence)
	}
	for _, key := range []string{"source", "url", "canonical", "canonical_url", "link"} {
		if p.Source == "" {
			p.Source = cleanSource(one(key))
		}
	}
	m.meta.values = map[string][]string{"article:tag": append(front["tags"], front["keywords"]...)}
	m.readTags()
}
