package guess

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// corpora says in which charsets the texts of the folders of the corpora could be.
var corpora = []struct {
	folders  string
	charsets string
}{
	{"handbook/ko-KR gimp/ko", "euc-kr"},
	{"handbook/zh-CN gimp/zh_CN", "gb18030"},
	{"handbook/zh-TW", "big5"},
	{"handbook/ja-JP", "shift_jis euc-jp"},
	{"handbook/ru-RU gimp/ru", "windows-1251 koi8-r ibm866"},
	{"handbook/ar-MA", "windows-1256"},
	{"handbook/fa-IR gimp/fa", "windows-1256"},
	{"handbook/el-GR", "windows-1253"},
	{"handbook/tr-TR", "windows-1254"},
	{"handbook/vi-VN", "windows-1258"},
	{"handbook/pl-PL handbook/cs-CZ handbook/hr-HR handbook/ro-RO", "windows-1250"},
	{"handbook/fr-FR handbook/de-DE handbook/es-ES handbook/pt-BR handbook/it-IT handbook/ca-ES handbook/sv-SE handbook/nb-NO handbook/da-DK", "windows-1252"},
}

// corporaDir is the folder of the corpora, which are not part of the project.
func corporaDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SATCHEL_CORPORA")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Skip("there is no folder of caches, and SATCHEL_CORPORA names no folder with the corpora")
		}
		dir = filepath.Join(cache, "satchel", "corpora")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SATCHEL_CORPORA names no folder with the corpora")
	}
	return dir
}

var (
	markup = regexp.MustCompile(`(?s)<(script|style|head|pre).*?</(script|style|head|pre)>|<[^>]*>`)
	digits = regexp.MustCompile(`[0-9.]+`)
	spaces = regexp.MustCompile(`\s+`)
)

// corpusText is the text of the pages of a folder, one sentence or heading to a line.
func corpusText(t *testing.T, dir string) []string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	seen := make(map[string]bool)
	size := 0
	for _, page := range pages {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text := html.UnescapeString(markup.ReplaceAllString(string(b), "\n"))
		for line := range strings.SplitSeq(text, "\n") {
			if line = spaces.ReplaceAllString(strings.TrimSpace(line), " "); line != "" && !seen[digits.ReplaceAllString(line, "")] {
				seen[digits.ReplaceAllString(line, "")] = true
				all = append(all, line)
				size += len(line)
			}
		}
		if size > 2<<20 {
			break
		}
	}
	return all
}

// windows cuts a text into pieces of n bytes of a charset that have something of the language in them.
func windows(lines []string, charset string, n int) [][]byte {
	var out [][]byte
	var b []byte
	take := func() {
		if text := decode(charset, b[:n]); !isUTF8(b[:n]) {
			if letters, all := foreign(string(text)); letters*100 >= all*share(charset) {
				out = append(out, b[:n])
			}
		}
		b = nil
	}
	for _, line := range lines {
		if letters, all := foreign(line); letters*100 < all*share(charset) {
			continue // English, as half of the corpora is
		}
		e := encode(charset, line)
		if b = append(append(b, e...), '\n'); len(b) >= n {
			take()
		}
	}
	if len(out) > 400 {
		step := len(out) / 400
		for i := range 400 {
			out[i] = out[i*step]
		}
		out = out[:400]
	}
	return out
}

// share is the least part of high bytes, in hundreds, in a text of a charset.
func share(charset string) int {
	switch charset {
	case "windows-1250", "windows-1252", "windows-1254":
		return 3
	case "windows-1258":
		return 10
	}
	return 25
}

// foreign counts the letters of a text that are not ASCII, and all characters.
func foreign(text string) (letters, all int) {
	for _, r := range text {
		all++
		if r >= utf8.RuneSelf && r != utf8.RuneError && unicode.In(r, unicode.L, unicode.M) {
			letters++
		}
	}
	return letters, all
}

// A tally counts answers.
type tally struct{ right, wrong, total int }

func (c tally) String() string {
	return fmt.Sprintf("%5d pieces, %6.2f %% right, %4.2f %% wrong", c.total, c.percent(c.right), c.percent(c.wrong))
}

func (c tally) percent(n int) float64 { return 100 * float64(n) / float64(max(c.total, 1)) }

func (c *tally) add(o tally) {
	c.right, c.wrong, c.total = c.right+o.right, c.wrong+o.wrong, c.total+o.total
}

// weigh guesses pieces of a charset. An answer is right when it makes the same text of a piece.
func weigh(pieces [][]byte, charset string) tally {
	c := tally{total: len(pieces)}
	for _, piece := range pieces {
		switch got := Charset(piece); {
		case got == "":
		case got == charset || bytes.Equal(decode(got, piece), decode(charset, piece)):
			c.right++
		default:
			c.wrong++
		}
	}
	return c
}

// TestCorpora guesses pieces of two handbooks in 20 languages. None of their text is in the tables.
func TestCorpora(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector")
	}
	t.Parallel()
	dir := corporaDir(t)
	sums := make(map[int]*tally)
	least := map[int]float64{40: 90, 200: 98, 2000: 98}
	for n := range least {
		sums[n] = &tally{}
	}
	for _, c := range corpora {
		for folder := range strings.FieldsSeq(c.folders) {
			lines := corpusText(t, filepath.Join(dir, folder))
			for charset := range strings.FieldsSeq(c.charsets) {
				for n, sum := range sums {
					got := weigh(windows(lines, charset, n), charset)
					t.Logf("%-14s %-14s %5d bytes: %v", folder, charset, n, got)
					sum.add(got)
				}
			}
		}
	}
	for n, sum := range sums {
		t.Logf("%5d bytes: %v", n, sum)
		if sum.total == 0 || sum.percent(sum.right) < least[n] || sum.percent(sum.wrong) > 0.5 {
			t.Errorf("%d bytes: %v; want at least %.0f %% right, and 0.5 %% wrong at most", n, sum, least[n])
		}
	}
}
