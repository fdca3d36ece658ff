package viewer

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"satchel/bundle"
	"satchel/bundle/sign"
	"satchel/viewer/message"
)

//go:embed messages/*.json
var messageFiles embed.FS

// A language is the interface in one language: its messages, and how it writes
// numbers and dates. The keys that begin with an underscore say how; the others are
// texts with placeholders such as {n}.
type language struct {
	tag, name, dir string
	digits         []rune // zero to nine
	numerals       sign.Numerals
	group, decimal string
	day, month     string // how dates are written, the year first where empty
	text           map[string]string
}

// languages are all there are, English first, the others by tag.
var languages = sync.OnceValue(func() []*language {
	names, err := messageFiles.ReadDir("messages")
	if err != nil {
		panic("viewer: internal error: " + err.Error())
	}
	var all []*language
	for _, n := range names {
		data, err := messageFiles.ReadFile(path.Join("messages", n.Name()))
		if err != nil {
			panic("viewer: internal error: " + err.Error())
		}
		l, err := parseLanguage(data)
		if err != nil {
			panic(fmt.Sprintf("viewer: internal error: %s: %v", n.Name(), err))
		}
		all = append(all, l)
	}
	i := slices.IndexFunc(all, func(l *language) bool { return l.tag == "en" })
	en := all[i]
	copy(all[1:], all[:i]) // the files come in the order of their names, which are tags
	all[0] = en
	return all
})

var numerals = map[string]sign.Numerals{
	"0": sign.Latin, "٠": sign.ArabicIndic, "۰": sign.Persian, "०": sign.Devanagari,
	"၀": sign.Burmese, "０": sign.FullWidth,
}

func parseLanguage(data []byte) (*language, error) {
	l := &language{}
	var err error
	if l.text, err = message.Parse(string(data)); err != nil {
		return nil, err
	}
	l.tag, l.name, l.dir = l.text["_tag"], l.text["_name"], l.text["_dir"]
	l.digits = []rune(l.text["_digits"])
	l.group, l.decimal = l.text["_group"], l.text["_decimal"]
	l.day, l.month = l.text["_day"], l.text["_month"]
	l.breakLines(l.text["_break"], l.text["_join"])
	if l.tag == "" || l.name == "" || (l.dir != "ltr" && l.dir != "rtl") || len(l.digits) != 10 {
		return nil, fmt.Errorf("_tag, _name, _dir or _digits is missing")
	}
	var ok bool
	if l.numerals, ok = numerals[string(l.digits[0])]; !ok {
		return nil, fmt.Errorf("unknown digits")
	}
	return l, nil
}

// breakLines lets lines break at one mark in the texts, and keeps them from it at another: Burmese has
// no spaces between its words, and browsers know few of them or none.
func (l *language) breakLines(mark, join string) {
	if mark == "" || join == "" {
		return
	}
	marks := strings.NewReplacer(mark, "\u200b", join, "\u2060")
	for key, text := range l.text {
		l.text[key] = marks.Replace(text)
	}
}

// message returns a text with its placeholders filled in: pairs of a name and a
// string or a whole number. What a language lacks is in English.
func (l *language) message(key string, args ...any) string {
	text, ok := l.text[key]
	if !ok {
		text = languages()[0].text[key]
	}
	for i := 0; i+1 < len(args); i += 2 {
		value, ok := args[i+1].(string)
		if !ok {
			value = l.number(args[i+1])
		}
		text = strings.ReplaceAll(text, fmt.Sprintf("{%v}", args[i]), value)
	}
	return text
}

// number writes a whole number as the language does.
func (l *language) number(n any) string {
	s := fmt.Sprint(n)
	var out strings.Builder
	for i, c := range s {
		if left := len(s) - i; i > 0 && left%3 == 0 && len(s) > 4 {
			out.WriteString(l.group)
		}
		out.WriteString(l.digit(c))
	}
	return out.String()
}

func (l *language) digit(c rune) string {
	if c >= '0' && c <= '9' {
		return string(l.digits[c-'0'])
	}
	return string(c)
}

// figures writes what has digits in it in those of the language.
func (l *language) figures(s string) string {
	var out strings.Builder
	for _, c := range s {
		out.WriteString(l.digit(c))
	}
	return out.String()
}

// date writes a date as the language does: {y}, {m} and {d} are its parts, {mm} and {dd}
// those with two digits. Where the language does not say how, the year comes first, as
// everywhere in a bundle.
func (l *language) date(d string) string {
	year, rest, _ := strings.Cut(d, "-")
	month, day, _ := strings.Cut(rest, "-")
	form := l.day
	if day == "" {
		form = l.month
	}
	if month == "" || form == "" {
		return l.figures(d)
	}
	return l.figures(strings.NewReplacer("{y}", year, "{mm}", month, "{dd}", day,
		"{m}", strings.TrimPrefix(month, "0"), "{d}", strings.TrimPrefix(day, "0")).Replace(form))
}

// size writes a number of bytes with one decimal, in powers of a thousand.
func (l *language) size(n int64) string {
	unit, value := "size.b", float64(n)
	for _, u := range []string{"size.kb", "size.mb", "size.gb", "size.tb"} {
		if value < 999.5 {
			break
		}
		unit, value = u, value/1000
	}
	if unit == "size.b" || value >= 100 {
		return l.message(unit, "n", int64(value+0.5))
	}
	whole, part, _ := strings.Cut(strconv.FormatFloat(value, 'f', 1, 64), ".")
	return l.message(unit, "n", l.figures(whole)+l.decimal+l.figures(part))
}

// pickLanguage finds the language to answer in: the one chosen, the first that the
// browser names and there is, or the fallback.
func pickLanguage(chosen, accept, fallback string) *language {
	wishes := append([]string{chosen}, acceptedLanguages(accept)...)
	for _, wish := range append(wishes, fallback) {
		for _, l := range languages() {
			if wish != "" && message.Written(wish) == message.Written(l.tag) {
				return l
			}
		}
	}
	return languages()[0]
}

// acceptedLanguages reads an Accept-Language header, the most wanted first.
func acceptedLanguages(header string) []string {
	type wish struct {
		tag string
		q   float64
	}
	var wishes []*wish
	for part := range strings.SplitSeq(header[:min(len(header), 1024)], ",") {
		tag, params, _ := strings.Cut(part, ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			q, _ = strconv.ParseFloat(v, 64)
		}
		if tag = strings.TrimSpace(tag); tag != "" && q > 0 {
			wishes = append(wishes, &wish{tag, q})
		}
	}
	slices.SortStableFunc(wishes, func(a, b *wish) int { return cmp.Compare(b.q, a.q) })
	var tags []string
	for _, w := range wishes {
		tags = append(tags, w.tag)
	}
	return tags
}

// likeness says how much of use a text in one language is to a reader of another: 2 where they are
// written alike, 1 where they are the same language in another script, 0 otherwise.
func likeness(a, b string) int {
	switch {
	case message.Written(a) == message.Written(b):
		return 2
	case message.Primary(a) == message.Primary(b):
		return 1
	}
	return 0
}

// phrase finds in a text what is for a reader of a language.
func phrase(t bundle.Text, tag string) bundle.Phrase {
	p := t.For(tag)
	if p.Language == tag {
		return p
	}
	if i := slices.IndexFunc(t, func(p bundle.Phrase) bool { return likeness(p.Language, tag) == 2 }); i >= 0 {
		return t[i]
	}
	return p
}

// languageNames are what languages are called by those who speak them.
var languageNames = map[string]string{
	"am": "አማርኛ", "ar": "العربية", "az": "Azərbaycanca", "be": "Беларуская", "bg": "Български",
	"bn": "বাংলা", "bo": "བོད་ཡིག", "bs": "Bosanski", "ca": "Català", "ckb": "کوردیی ناوەندی",
	"cs": "Čeština", "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά", "en": "English",
	"eo": "Esperanto", "es": "Español", "et": "Eesti", "eu": "Euskara", "fa": "فارسی",
	"fi": "Suomi", "fr": "Français", "gl": "Galego", "gu": "ગુજરાતી", "he": "עברית",
	"hi": "हिन्दी", "hr": "Hrvatski", "hu": "Magyar", "hy": "Հայերեն", "id": "Bahasa Indonesia",
	"is": "Íslenska", "it": "Italiano", "ja": "日本語", "ka": "ქართული", "kk": "Қазақ тілі",
	"km": "ខ្មែរ", "ko": "한국어", "ku": "Kurdî", "ky": "Кыргызча", "lo": "ລາວ", "lt": "Lietuvių",
	"lv": "Latviešu", "mk": "Македонски", "mn": "Монгол", "ms": "Bahasa Melayu", "my": "မြန်မာ",
	"nb": "Norsk bokmål", "ne": "नेपाली", "nl": "Nederlands", "nn": "Norsk nynorsk", "no": "Norsk",
	"pa": "ਪੰਜਾਬੀ", "pl": "Polski", "ps": "پښتو", "pt": "Português", "pt-BR": "Português (Brasil)",
	"ro": "Română", "ru": "Русский", "sk": "Slovenčina", "sl": "Slovenščina", "so": "Soomaali",
	"sq": "Shqip", "sr": "Српски", "sv": "Svenska", "sw": "Kiswahili", "ta": "தமிழ்", "te": "తెలుగు",
	"tg": "Тоҷикӣ", "th": "ไทย", "ti": "ትግርኛ", "tk": "Türkmençe", "tr": "Türkçe", "ug": "ئۇيغۇرچە",
	"uk": "Українська", "ur": "اردو", "uz": "Oʻzbekcha", "vi": "Tiếng Việt", "zh": "中文",
	"zh-CN": "简体中文", "zh-Hans": "简体中文", "zh-Hant": "繁體中文", "zh-TW": "繁體中文", "zh-HK": "繁體中文",
}

// languageName returns what a language is called by those who speak it, with the
// rest of its tag where that has no name of its own.
func languageName(tag string) string {
	if name := languageNames[tag]; name != "" {
		return name
	}
	name := languageNames[message.Primary(tag)]
	_, rest, ok := strings.Cut(tag, "-")
	switch {
	case name == "":
		return tag
	case !ok:
		return name
	}
	return name + " (" + rest + ")"
}
