package ingest

import (
	"bytes"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"satchel/bundle"
	"satchel/bundle/sanitize"
)

// describe fills in the type, title, language and date of an item. rel is its path
// in the input folder, by which a folder of one language is found too.
func describe(item *bundle.Item, rel string, c class, h *head) {
	var page sanitize.Info
	declared := markedCharset(h.text)
	if c.kind == bundle.KindPage {
		page = readPage(h)
		if page.Charset != "" {
			declared = page.Charset
		}
	}
	if h.text != nil {
		was := h.charset
		h.settleCharset(declared)
		if c.kind == bundle.KindPage && was == "" && legacy(h.charset) != nil {
			page = readPage(h) // once more, now that its letters are known
		}
	}
	item.Type = h.mediaType(c)
	item.Title = titleOf(item, page, h)
	item.Language = languageOf(item, rel, page)
	item.Date = cleanDate(page.Date)
}

// readPage reads what a page says of itself. A head that is cut off or broken says
// less; that is no error. Most pages say it all before their body, which is a
// small part of what was read.
func readPage(h *head) sanitize.Info {
	if n := bodyStart(h.text); n > 0 {
		info, _ := sanitize.Head(bytes.NewReader(h.text[:n]), int64(n))
		if info.Title != "" && (info.Charset != "" || utf8.Valid(h.text[:n])) {
			return info
		}
	}
	info, _ := sanitize.Head(bytes.NewReader(h.text), int64(len(h.text)))
	return info
}

// bodyStart is where the body of a page seems to begin, or 0.
func bodyStart(text []byte) int {
	for at := 0; ; at++ {
		n := bytes.IndexByte(text[at:], '<')
		if n < 0 {
			return 0
		}
		at += n
		if rest := text[at:]; hasFold(rest, "</head") || hasFold(rest, "<body") {
			return at
		}
	}
}

func titleOf(item *bundle.Item, page sanitize.Info, h *head) string {
	var candidates []string
	switch item.Kind {
	case bundle.KindPage:
		candidates = []string{page.Title, page.Heading}
	case bundle.KindText:
		if strings.HasPrefix(item.Type, "text/markdown") || strings.HasPrefix(item.Type, "text/plain") {
			candidates = []string{heading(h.text, strings.HasPrefix(item.Type, "text/markdown"))}
		}
	}
	for _, c := range candidates {
		if t := cleanTitle(c); t != "" {
			return t
		}
	}
	_, name := splitPath(item.Path)
	if item.Kind != bundle.KindFile && item.Kind != bundle.KindResource && h.ext != "" {
		if i := strings.LastIndexByte(name, '.'); i > 0 {
			name = name[:i]
		}
	}
	return nameTitle(name)
}

// nameTitle makes a title of a file name. A name of joiners and marks alone would
// show as nothing.
func nameTitle(name string) string {
	if t := cleanTitle(name); t != "" {
		return t
	}
	return "-"
}

// heading returns the first "# heading" of a text. In Markdown it may stand
// anywhere outside code and front matter; in plain text it must be the first line,
// since # begins a remark in much of what is called .txt.
func heading(text []byte, isMarkdown bool) string {
	fence, front := "", false
	seen := 0
	for raw := range bytes.SplitSeq(text, []byte("\n")) {
		line := strings.TrimRight(string(raw[:min(len(raw), 2*bundle.MaxTitle)]), " \t\r")
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case trimmed == "":
			continue
		case isMarkdown && seen == 0 && line == "---":
			front = true
		case front:
			front = line != "---" && line != "..."
		case isMarkdown && fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
		case isMarkdown && (strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~")):
			fence = trimmed[:3]
		case isHeading(line, trimmed):
			return strings.TrimRight(strings.TrimRight(trimmed[2:], "#"), " \t")
		case !isMarkdown:
			return ""
		}
		seen++
	}
	return ""
}

func isHeading(line, trimmed string) bool {
	return len(line)-len(trimmed) < 4 &&
		(strings.HasPrefix(trimmed, "# ") || strings.HasPrefix(trimmed, "#\t"))
}

// cleanTitle makes one line of s without anything that could turn the line around or
// hide: no control, bidirectional or unassigned characters; at most MaxTitle bytes.
// Joiners stay, because Persian and Indic words need them.
func cleanTitle(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case !isShown(r):
			continue
		}
		if b.Len()+utf8.RuneLen(r)+1 > bundle.MaxTitle {
			break
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if strings.Trim(b.String(), "\u200c\u200d\ufe0e\ufe0f ") == "" {
		return ""
	}
	return b.String()
}

func isShown(r rune) bool {
	switch {
	case r == utf8.RuneError, unicode.IsControl(r):
		return false
	case r == 0x200c, r == 0x200d:
		return true
	case r >= 0xe0020 && r <= 0xe007f: // inside flags
		return true
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S)
}

// languageOf returns what a page declares, or what its name says, or a folder whose name can be nothing else. What nobody
// reads has no language.
func languageOf(item *bundle.Item, rel string, page sanitize.Info) string {
	if item.Kind == bundle.KindResource || item.Kind == bundle.KindFile {
		return ""
	}
	if tag := cleanLanguage(page.Language); tag != "" {
		return tag
	}
	_, name := splitPath(rel)
	if parts := strings.Split(name, "."); len(parts) > 2 {
		if tag := nameLanguage(parts[len(parts)-2], item.Kind == bundle.KindCaptions); tag != "" {
			return tag
		}
	}
	if tag := folderLanguage(item.Path, rel); isRead(item.Kind) && strings.Contains(tag, "-") {
		return usualLanguage(tag) // nobody names a folder ko-KR by chance
	}
	return ""
}

// placedLanguage is the language of an item whose content has told, or has not. The folder at the top is the
// last to be asked, and may say more of the same language: zh-TW where the text is Chinese. So readers who look for a
// language find all of it.
func placedLanguage(told, path, rel string) string {
	if told == "" {
		return usualLanguage(folderLanguage(path, rel))
	}
	for _, p := range []string{path, rel} {
		top, _, ok := strings.Cut(p, "/")
		if tag := usualLanguage(nameLanguage(top, false)); ok && isRefined(told, tag) {
			return tag
		}
	}
	return told
}

// usualLanguage leaves out a country that goes without saying. Programs write ko-KR and en-US where they mean ko and en.
func usualLanguage(tag string) string {
	tag = cleanLanguage(tag)
	base, _, region := language.Make(tag).Raw()
	if usual, _ := language.Make(base.String()).Region(); base.String() != "zh" && region == usual {
		return base.String()
	}
	return tag
}

func folderLanguage(path, rel string) string {
	for _, p := range []string{path, rel} {
		if top, _, ok := strings.Cut(p, "/"); ok && !folderWords[strings.ToLower(top)] {
			if tag := nameLanguage(top, false); tag != "" {
				return tag
			}
		}
	}
	return ""
}

// isRefined says whether a tag says more of a language: the same, written the same way, and the country, too.
func isRefined(told, tag string) bool {
	if tag == "" {
		return false
	}
	coarse, fine := language.Make(told), language.Make(tag)
	base, script, region := coarse.Raw()
	fineBase, _, fineRegion := fine.Raw()
	written, _ := coarse.Script()
	fineWritten, _ := fine.Script()
	return base == fineBase && written == fineWritten && region == (language.Region{}) && fineRegion != (language.Region{}) &&
		len(coarse.Variants()) == 0 && (script == (language.Script{}) || script == fineWritten)
}

// folderWords are names of folders that are languages' as well, and most likely are not meant so.
var folderWords = set(`ad ai am an as at av ay ba be bi bo br by ca cd ch co cs cu cv db de do ee eo ff fo ga gd go he
	hi ho hr ht ia id ie ig ii ik in io is it ja ka ki km la lb li ln lo lu mg mh mi mk ml mn ms mt my na nb nd ne ng nn
	no nr nv ny oc oj om or os pa pi ps rm rn rw sc sd se sg sm sn so ss st sw ta te ti tk tn to ts tt tv tw ty ug ve vo
	wa wo xh yi yo za`)

// threeLetters are languages without a two-letter code that a name may stand for.
// Others are too likely something else: min, old, api, bin, org, new.
var threeLetters = set("ckb fil hsb kab kac ksw mnw prs shn yue")

// nameLanguage reads a name that is a language tag, such as ko, zh_CN, zh-Hant-TW.
// Three letters alone count for subtitles, where film.kor.srt is usual.
func nameLanguage(name string, anyThree bool) string {
	base, rest, _ := strings.Cut(strings.ReplaceAll(name, "_", "-"), "-")
	if base != strings.ToLower(base) || len(name) > 35 {
		return ""
	}
	three := len(base) == 3 && (anyThree || rest != "" || threeLetters[base])
	if len(base) != 2 && !three {
		return ""
	}
	if first, _, _ := strings.Cut(rest, "-"); rest != "" && len(first) != 2 && len(first) != 4 {
		return ""
	}
	return cleanLanguage(name)
}

// cleanLanguage returns the canonical BCP 47 tag: language, script, region, variants.
// Extensions and private parts could carry anything, and are dropped.
func cleanLanguage(s string) string {
	const most = 64
	s = strings.TrimSpace(s)
	if s == "" || len(s) > most {
		return ""
	}
	tag, err := language.Parse(s)
	if err != nil || tag == language.Und {
		return ""
	}
	base, script, region := tag.Raw()
	parts := []any{base, script, region}
	for _, v := range tag.Variants() {
		parts = append(parts, v)
	}
	clean, err := language.Raw.Compose(parts...)
	if err != nil || base.String() == "und" || base.String() == "mul" || base.String() == "zxx" {
		return ""
	}
	return clean.String()
}

// cleanDate accepts YYYY, YYYY-MM and YYYY-MM-DD of days that exist.
func cleanDate(s string) string {
	for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if len(s) != len(layout) {
			continue
		}
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 {
			return s
		}
	}
	return ""
}
