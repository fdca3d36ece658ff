package collection

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"satchel/bundle"
	"satchel/bundle/internal/safepath"
)

// kindOf is what a node is, in plain words.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "key: value"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "nothing"
	case isTagged(n):
		return "a value with a tag (!)"
	}
	return fmt.Sprintf("%q", clip(n.Value))
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// isTagged says whether a node has a tag that somebody wrote: none means anything here.
func isTagged(n *yaml.Node) bool { return n.Style&yaml.TaggedStyle != 0 }

func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// scalar returns a value as it is written, on one line. Numbers and dates are texts as well.
func (d *decoder) scalar(n *yaml.Node, what string) (string, bool) {
	v := d.follow(n)
	switch {
	case v == nil:
		return "", false
	case v.Kind != yaml.ScalarNode || isNull(v) || isTagged(v):
		d.fail(n, "%s must be a text, not %s", what, kindOf(v))
		return "", false
	}
	// Lines are joined. Other blanks stay: a text may have ideographic ones.
	s := strings.Join(strings.FieldsFunc(v.Value, func(r rune) bool { return r <= ' ' && unicode.IsSpace(r) }), " ")
	if s == "" {
		d.fail(n, "%s is empty", what)
		return "", false
	}
	return s, true
}

// text reads a text for people.
func (d *decoder) text(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "this")
		s = norm.NFC.String(s)
		switch {
		case !ok:
		case len(s) > bundle.MaxTitle:
			d.fail(n, "the text has %d bytes, more than %d", len(s), bundle.MaxTitle)
		case strings.ContainsFunc(s, isUnseen):
			d.fail(n, "the text has a control character in it, which nobody sees")
		default:
			*to = s
		}
	}
}

func isUnseen(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == 0xfffe || r == 0xffff
}

// phrases reads a text, or a mapping of languages to texts.
func (d *decoder) phrases(to *Text) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v := d.follow(n)
		if v == nil {
			return
		}
		if v.Kind != yaml.MappingNode {
			var s string
			if d.text(&s)(n); s != "" {
				*to = Text{{Text: s}}
			}
			return
		}
		if len(v.Content) == 0 {
			d.fail(n, "a text in no language: write %s", `{en: Water, ko: 물}, or one text`)
		}
		seen := map[string]int{}
		d.pairs(n, "a text in several languages", func(name, value *yaml.Node) {
			var p Phrase
			d.language(&p.Language)(name)
			d.text(&p.Text)(value)
			if p.Language != "" && p.Text != "" {
				d.once(seen, p.Language, name)
				*to = append(*to, p)
			}
		})
		slices.SortFunc(*to, func(a, b Phrase) int { return strings.Compare(a.Language, b.Language) })
	}
}

// names are what people write instead of the tags of languages.
var names = map[string]string{
	"arabic": "ar", "burmese": "my", "chinese": "zh", "english": "en", "farsi": "fa", "french": "fr", "german": "de",
	"japanese": "ja", "korean": "ko", "kr": "ko", "kor": "ko", "jp": "ja", "cn": "zh", "ir": "fa", "persian": "fa",
	"portuguese": "pt", "russian": "ru", "spanish": "es", "thai": "th", "tibetan": "bo", "turkish": "tr",
	"ukrainian": "uk", "vietnamese": "vi",
}

// language reads a BCP 47 tag: language, script, region and variants.
func (d *decoder) language(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a language")
		if !ok {
			return
		}
		if tag, ok := names[strings.ToLower(s)]; ok {
			d.fail(n, "%q is not the tag of a language; did you mean %s?", clip(s), tag)
			return
		}
		if *to = canonical(s); *to == "" {
			d.fail(n, "%q is not the tag of a language, such as en, ko, zh-Hant or pt-BR", clip(s))
		}
	}
}

// canonical is the one spelling of a tag. Extensions and private parts could carry anything: with one
// of those it is none.
func canonical(s string) string {
	tag, err := language.Parse(s)
	if err != nil || len(s) > 64 || len(tag.Extensions()) > 0 {
		return ""
	}
	if base, _, _ := tag.Raw(); base.String() == "und" || base.String() == "mul" || base.String() == "zxx" {
		return ""
	}
	return tag.String()
}

// date reads a date, or a part of one.
func (d *decoder) date(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a date")
		if !ok {
			return
		}
		for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
			if t, err := time.Parse(layout, s); err == nil && len(s) == len(layout) && t.Year() > 0 {
				*to = s
				return
			}
		}
		d.fail(n, "%q is not a date: write it as 2026, 2026-03 or 2026-03-31", clip(s))
	}
}

// series reads what bundle.Options.Series may be.
func (d *decoder) series(to *string) func(*yaml.Node) {
	const letters, longest = "abcdefghijklmnopqrstuvwxyz0123456789-", 32
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a series")
		switch {
		case !ok:
		case strings.Trim(s, letters) != "" || s[0] == '-' || len(s) > longest:
			d.fail(n, "%q cannot be a series: use up to %d of a-z, 0-9 and hyphen", clip(s), longest)
		default:
			*to = s
		}
	}
}

// number reads a whole number. It returns least when it is none.
func (d *decoder) number(n *yaml.Node, least, most int64) int64 {
	v := d.follow(n)
	if v == nil {
		return least
	}
	i, err := strconv.ParseInt(v.Value, 10, 64)
	if v.Kind != yaml.ScalarNode || isTagged(v) || err != nil || i < least || i > most {
		d.fail(n, "this must be a whole number from %d to %d, not %s", least, most, kindOf(v))
		return least
	}
	return i
}

// choice reads one of some words.
func choice[T ~string](d *decoder, to *T, allowed ...T) func(*yaml.Node) {
	words := make([]string, len(allowed))
	for i := range allowed {
		words[i] = string(allowed[i])
	}
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "this")
		if ok && !slices.Contains(words, s) {
			d.fail(n, "%q is none of %s%s", clip(s), oneOf(words), meant(s, words))
		}
		*to = T(s)
	}
}

// tags reads a list of texts, or one.
func (d *decoder) tags(to *[]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		size := -1 // they are joined by one byte each
		d.list(n, func(n *yaml.Node) {
			var s string
			if d.text(&s)(n); s != "" && !slices.Contains(*to, s) {
				*to = append(*to, s)
				size += len(s) + 1
			}
		})
		if size > bundle.MaxTitle {
			d.fail(n, "the tags have %d bytes, more than %d", size, bundle.MaxTitle)
		}
	}
}

// path reads the path of a file or folder in the collection.
func (d *decoder) path(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.clean(n)
		if !ok {
			return
		}
		if isWild(s) {
			d.fail(n, "%q has * or ? in it: here one file or folder has to be named", clip(s))
		} else if err := safepath.Check(s); err != nil {
			d.fail(n, "%v", err)
		} else {
			*to = norm.NFC.String(s)
		}
	}
}

// clean reads a path or a pattern from the top of the collection, as people write them.
func (d *decoder) clean(n *yaml.Node) (string, bool) {
	v := d.follow(n)
	switch {
	case v == nil:
		return "", false
	case v.Kind != yaml.ScalarNode || isNull(v) || isTagged(v):
		d.fail(n, "this must be a path, not %s", kindOf(v))
		return "", false
	}
	s := strings.TrimSuffix(strings.TrimPrefix(v.Value, "./"), "/")
	switch {
	case s == "":
		d.fail(n, "a path is empty")
	case strings.Contains(s, `\`):
		d.fail(n, "%q has a backslash in it: write / between folders", clip(s))
	case strings.HasPrefix(v.Value, "/"), strings.Contains(s, ":/"):
		d.fail(n, "%q is not a path from the top of the collection, such as news/water.html", clip(s))
	default:
		return s, true
	}
	return "", false
}

// globs reads a list of paths and patterns, or one.
func (d *decoder) globs(to *[]Glob) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.list(n, func(n *yaml.Node) {
			if s, ok := d.clean(n); ok && d.pattern(n, s) {
				*to = append(*to, newGlob(s, n.Line))
			}
		})
	}
}

// pattern says whether each name of a pattern could be one.
func (d *decoder) pattern(n *yaml.Node, s string) bool {
	if len(s) > safepath.MaxPath || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		d.fail(n, "%q cannot be the path of a file", clip(s))
		return false
	}
	for name := range strings.SplitSeq(s, "/") {
		switch {
		case name == "" || name == "." || name == "..":
			d.fail(n, "%q has a folder in it that is called %q", clip(s), name)
			return false
		case strings.Contains(name, "**") && name != "**":
			d.fail(n, "%q: ** stands for folders, so it is a name by itself, as in news/**/*.html", clip(s))
			return false
		}
	}
	return true
}
