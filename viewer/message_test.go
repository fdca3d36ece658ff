package viewer

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"satchel/bundle"
	"satchel/viewer/message"
)

var (
	messageKeys  = regexp.MustCompile(`\bT "([^"]+)"|\bT\("([^"]+)"|"((?:problem|pin|size|search)\.[a-z]+)"`)
	placeholders = regexp.MustCompile(`\{[a-z]+\}`)
)

// usedMessages returns the keys that templates and code use.
func usedMessages(t *testing.T) map[string]bool {
	t.Helper()
	used := map[string]bool{}
	for _, pattern := range []string{"*.go", "templates/*.html"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range messageKeys.FindAllStringSubmatch(string(text), -1) {
				used[m[1]+m[2]+m[3]] = true
			}
		}
	}
	for _, k := range bundle.Kinds {
		used["kind."+string(k)] = true
		if k != bundle.KindResource && k != bundle.KindCaptions {
			used["kinds."+string(k)] = true
		}
	}
	for _, w := range []bundle.Verdict{bundle.Trusted, bundle.Unknown, bundle.Unsigned, bundle.Incomplete, bundle.Changed} {
		used["verdict."+string(w)] = true
		used["verdict."+string(w)+".line"] = true
		used["verdict."+string(w)+".means"] = true
	}
	for _, word := range wholes {
		if word != "marked" { // whose words are those of the verdict
			used["start.whole."+word] = true
		}
	}
	for _, word := range makers {
		if word != refuted {
			used["start.maker."+word] = true
		}
	}
	used["verdict."+refuted+".line"] = true
	for name, values := range map[string][]string{"theme": append(themes, "auto"), "width": append(widths, "auto")} {
		used["look."+name] = true
		for _, value := range values {
			used["look."+name+"."+value] = true
		}
	}
	for _, name := range []string{"start", "home", "handout", "library", "item", "page", "search", "trust", "outside", "problem", "left"} {
		used["title."+name] = true
	}
	for _, key := range slices.Collect(maps.Keys(used)) {
		if strings.HasPrefix(key, "problem.") {
			used[key+".means"] = true
		}
	}
	// Beginnings that the code puts together with something.
	for _, key := range []string{"kind.", "kinds.", "verdict.", "title.", "look.", "start.whole.", "start.maker."} {
		delete(used, key)
	}
	return used
}

func TestMessagesComplete(t *testing.T) {
	t.Parallel()
	used := usedMessages(t)
	english := languages()[0]
	for _, l := range languages() {
		for key := range used {
			if l.text[key] == "" {
				t.Errorf("%s lacks %q", l.tag, key)
			}
		}
		for key, text := range l.text {
			if !used[key] && !strings.HasPrefix(key, "_") {
				t.Errorf("%s has %q, which nothing uses", l.tag, key)
			}
			got, want := placeholders.FindAllString(text, -1), placeholders.FindAllString(english.text[key], -1)
			if slices.Sort(got); !slices.Equal(got, want) && !strings.HasPrefix(key, "_") {
				t.Errorf("%s: %q has the placeholders %v, English has %v", l.tag, key, got, want)
			}
		}
	}
	for _, tag := range []string{"en", "ko", "fa", "zh-Hans", "zh-Hant", "ar", "ru", "es", "fr", "my", "vi"} {
		if !slices.ContainsFunc(languages(), func(l *language) bool { return l.tag == tag }) {
			t.Errorf("there is no %s", tag)
		}
	}
}

// The files are JSON, for translators and their tools: we read a part of it.
func TestMessagesAreJSON(t *testing.T) {
	t.Parallel()
	files, err := messageFiles.ReadDir("messages")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := messageFiles.ReadFile("messages/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]string
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		if got, err := message.Parse(string(data)); err != nil || !maps.Equal(got, want) {
			t.Errorf("%s is JSON that we read otherwise: %v", f.Name(), err)
		}
	}
}

// What is in the files besides words: letters composed, a language called as it is called elsewhere, no
// mark for lines that is not taken out, and in French no sign that stands alone at the start of a line.
func TestMessagesWellWritten(t *testing.T) {
	t.Parallel()
	loose := regexp.MustCompile(`[^\x{a0}\x{202f}][:;?!%]`)
	for _, l := range languages() {
		if l.name != languageNames[l.tag] {
			t.Errorf("%s is called %q here, %q elsewhere", l.tag, l.name, languageNames[l.tag])
		}
		if (l.day == "") != (l.month == "") {
			t.Errorf("%s has a form for a day without one for a month", l.tag)
		}
		for key, text := range l.text {
			switch {
			case strings.HasPrefix(key, "_"):
			case !norm.NFC.IsNormalString(text):
				t.Errorf("%s: %q is not in NFC", l.tag, key)
			case strings.ContainsAny(text, "|~"):
				t.Errorf("%s: %q shows a mark: %q", l.tag, key, text)
			case strings.TrimSpace(text) != text, strings.Contains(text, "  "):
				t.Errorf("%s: %q has a space too much: %q", l.tag, key, text)
			case l.tag == "fr" && loose.MatchString(text):
				t.Errorf("fr: %q lacks a no-break space: %q", key, text)
			}
		}
	}
}

// In Burmese no stretch of text is so long that a line could not break in it.
func TestBurmeseLines(t *testing.T) {
	t.Parallel()
	const longest = 24 // characters, marks above and below included
	l := pickLanguage("my", "", "")
	for key, text := range l.text {
		for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' || r == '\u200b' }) {
			if n := utf8.RuneCountInString(part); n > longest {
				t.Errorf("%q has %d characters without a break: %q", key, n, part)
			}
		}
	}
	if text := l.message("left"); !strings.Contains(text, "\u200b") {
		t.Errorf("%q has no break", text)
	}
}

// Text in a template that is no message would stay in English everywhere.
func TestTemplatesHaveNoText(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`(?s)\{\{.*?\}\}|<[^>]*>|&#32;`)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for code.Match(text) {
			text = code.ReplaceAll(text, nil)
		}
		if words := strings.Fields(strings.Trim(string(text), "–, \n")); len(words) > 0 {
			for _, w := range words {
				if regexp.MustCompile(`\p{L}`).MatchString(w) {
					t.Errorf("%s has the word %q outside the messages", name, w)
				}
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ tag, number, size string }{
		{"en", "1,234,567", "1.2 MB"},
		{"es", "1.234.567", "1,2 MB"},
		{"fa", "۱٬۲۳۴٬۵۶۷", "۱٫۲ مگابایت"},
		{"ar", "١٬٢٣٤٬٥٦٧", "١٫٢ م.ب"},
		{"fr", "1\u202f234\u202f567", "1,2\u00a0Mo"},
		{"my", "၁,၂၃၄,၅၆၇", "၁.၂ MB"},
		{"vi", "1.234.567", "1,2 MB"},
		{"zh-Hant", "1,234,567", "1.2 MB"},
	} {
		l := pickLanguage(c.tag, "", "")
		if got := l.number(1234567); got != c.number {
			t.Errorf("%s writes %q, want %q", c.tag, got, c.number)
		}
		if got := l.size(1234567); got != c.size {
			t.Errorf("%s writes the size %q, want %q", c.tag, got, c.size)
		}
	}
	l := languages()[0]
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 99_999: "100.0 kB", 999_600: "1.0 MB", 1 << 50: "1126 TB"} {
		if got := l.size(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ tag, day, month, year string }{
		{"en", "2024-03-05", "2024-03", "2024"},
		{"fa", "۲۰۲۴-۰۳-۰۵", "۲۰۲۴-۰۳", "۲۰۲۴"},
		{"fr", "05/03/2024", "03/2024", "2024"},
		{"my", "၀၅-၀၃-၂၀၂၄", "၀၃-၂၀၂၄", "၂၀၂၄"},
		{"vi", "05/03/2024", "03/2024", "2024"},
		{"zh-Hant", "2024 年 3 月 5 日", "2024 年 3 月", "2024"},
	} {
		l := pickLanguage(c.tag, "", "")
		for date, want := range map[string]string{"2024-03-05": c.day, "2024-03": c.month, "2024": c.year, "": ""} {
			if got := l.date(date); got != want {
				t.Errorf("%s writes %q as %q, want %q", c.tag, date, got, want)
			}
		}
	}
}

func TestPickLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ chosen, accept, fallback, want string }{
		{"", "", "", "en"},
		{"", "ko-KR,ko;q=0.9,en;q=0.8", "", "ko"},
		{"", "en;q=0.2, fa;q=0.9", "", "fa"},
		{"", "xx, zh-CN", "", "zh-Hans"},
		{"", "zh", "", "zh-Hans"},
		{"", "zh-SG,zh-TW;q=0.9", "", "zh-Hans"},
		{"", "zh-Hans-HK", "", "zh-Hans"},
		{"", "zh-TW,zh;q=0.9,en-US;q=0.8", "", "zh-Hant"},
		{"", "zh-HK", "", "zh-Hant"},
		{"", "zh-Hant-MO", "", "zh-Hant"},
		{"", "yue-HK, en", "", "zh-Hant"},
		{"zh-TW", "zh-CN", "", "zh-Hant"},
		{"zh-hans", "zh-TW", "", "zh-Hans"},
		{"", "xx", "zh_TW", "zh-Hant"},
		{"", "fr-CA", "", "fr"},
		{"", "my-MM, en;q=0.5", "", "my"},
		{"", "vi-VN", "", "vi"},
		{"ru", "ko", "", "ru"},
		{"xx", "ko", "", "ko"},
		{"", "xx", "es", "es"},
		{"", "ko;q=0", "ar", "ar"},
		{"", strings.Repeat("x,", 5000) + "ko", "", "en"},
		{"", ";;;=,,q=", "", "en"},
	} {
		if got := pickLanguage(c.chosen, c.accept, c.fallback).tag; got != c.want {
			t.Errorf("%q, %.20q, %q: got %s, want %s", c.chosen, c.accept, c.fallback, got, c.want)
		}
	}
}

// A reader of one Chinese script is better served by the other than by another language.
func TestLikeness(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"ko", "ko-KP", 2}, {"ko", "fa", 0}, {"", "ko", 0}, {"zh", "zh-Hans", 2}, {"zh-TW", "zh-Hant", 2},
		{"zh-CN", "zh-Hant", 1}, {"zh-Hans", "zh-TW", 1}, {"pt-BR", "pt", 2}, {"my", "zh-my", 0},
	} {
		if got := likeness(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
