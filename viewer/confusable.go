package viewer

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lookalikes pairs letters of other scripts with the Latin ones, or those of their own, that
// they are drawn like in most fonts. It is a selection from Unicode's confusables: what an
// alphabet of the readers' languages has, not every symbol there is.
var lookalikes = strings.NewReplacer(pairs(
	"АВЕЅЗІЈКМНОРСТУХЬҮԚԜ", "ABES3lJKMHOPCTYXbYQW", // Cyrillic
	"аеорсухѕіјһԁԛԝӏ", "aeopcyxsijhdqwl",
	"ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ", "ABEZHlKMNOPTYXC", // Greek
	"ανορυικϲϳ", "avopuikcj",
	"օսոհցգԼՏՕ", "ounhgqLSO", // Armenian
	"ıɑɡ", "iag",
	"I1|ǀ0", "llllO",
	"يىكە٠۰", "ییکه۰۰", // Arabic, as Persian and Uyghur write it
)...)

// pairs returns each character of from with the one of to that stands at its place.
func pairs(fromTo ...string) (list []string) {
	for i := 0; i < len(fromTo); i += 2 {
		to := []rune(fromTo[i+1])
		for j, r := range []rune(fromTo[i]) {
			list = append(list, string(r), string(to[j]))
		}
	}
	return append(list, "rn", "m", "vv", "w")
}

// skeleton returns a text that is the same for titles that a reader takes for the same.
// It is compared, and never shown.
func skeleton(title string) string {
	visible := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector) || r == '\u034f' || r == '\u3164' {
			return -1
		}
		return r
	}, norm.NFKC.String(title))
	return strings.ToLower(lookalikes.Replace(strings.Join(strings.Fields(visible), " ")))
}

// mixesScripts says whether a word has letters of several of the scripts that share
// their shapes, which no language does.
func mixesScripts(title string) bool {
	for word := range strings.FieldsFuncSeq(title, func(r rune) bool { return !unicode.IsLetter(r) }) {
		var scripts [4]bool
		n := 0
		for _, r := range word {
			for i, script := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian} {
				if unicode.Is(script, r) && !scripts[i] {
					scripts[i] = true
					n++
				}
			}
		}
		if n > 1 {
			return true
		}
	}
	return false
}

// tellApart gives a number to those rows of a list that look like another, or are made
// to look like one that is elsewhere.
func tellApart(rows []row) {
	alike := map[[2]string]int{}
	for _, w := range rows {
		alike[w.looks()]++
	}
	for i, w := range rows {
		if alike[w.looks()] > 1 || mixesScripts(w.Title) {
			rows[i].Number = w.number
		}
	}
}

func (w row) looks() [2]string { return [2]string{skeleton(w.Title), skeleton(w.Folder)} }
