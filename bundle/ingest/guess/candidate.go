package guess

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// A language has a table in table.go.
type language struct {
	letters, table string
	latin          bool
}

// multibyte lists the charsets with several bytes to a character. A language that is seldom written
// in one must be likelier by so many bits. first is what the first group of the table costs.
var multibyte = []struct {
	name         string
	form         form
	table        string
	first, prior int
}{
	{"euc-kr", eucKR, korean, 5, 0},
	{"gb18030", gb18030, simplified, 4, 0},
	{"gb18030", gb18030, traditional, 4, 10},
	{"big5", big5, traditional, 4, 0},
	{"shift_jis", shiftJIS, japanese, 4, 0},
	{"euc-jp", eucJP, japanese, 4, 0},
}

// singleByte lists the charsets with one byte to a character. Of several that are as likely the first is
// taken, so the usual ones stand first. Charsets that few use must be likelier by some bits.
var singleByte = []struct {
	name      string
	prior     int
	languages []language
}{
	{"windows-1252", 0, western},
	{"windows-1251", 0, cyrillic},
	{"koi8-r", 0, cyrillic},
	{"ibm866", 0, cyrillic},
	{"koi8-u", 3, cyrillic},
	{"iso-8859-5", 3, cyrillic},
	{"x-mac-cyrillic", 25, cyrillic},
	{"windows-1256", 0, arabicScript},
	{"iso-8859-6", 5, arabicScript},
	{"windows-1255", 0, []language{hebrew}},
	{"windows-1253", 0, []language{greek}},
	{"iso-8859-7", 8, []language{greek}},
	{"windows-1250", 2, central},
	{"iso-8859-2", 5, central},
	{"windows-1254", 2, []language{turkish}},
	{"windows-1258", 4, []language{vietnamese}},
}

func makeCandidates() []*candidate {
	var all []*candidate
	for _, m := range multibyte {
		all = append(all, &candidate{m.name, m.prior, nil, newWide(m.form, lookup(m.name), m.first, m.table)})
	}
	for _, s := range singleByte {
		page := pageOf(s.name)
		for _, lang := range s.languages {
			all = append(all, &candidate{s.name, s.prior, page, lang.reader(page)})
		}
	}
	page := pageOf("windows-874")
	return append(all, &candidate{"windows-874", 12, page, newPlain(page, 3, thai)})
}

func (lang language) reader(page *[128]rune) reader {
	if lang.latin {
		return newLatin(page, lang.letters, lang.table)
	}
	return newAlphabet(page, lang.letters, lang.table)
}

// lookup returns an encoding of the WHATWG Encoding Standard. All names are our own.
func lookup(name string) encoding.Encoding {
	enc, err := htmlindex.Get(name)
	if err != nil {
		panic("guess: internal error: " + err.Error())
	}
	return enc
}

// pageOf returns the characters above ASCII of a charset with one byte to a character.
func pageOf(name string) *[128]rune {
	var page [128]rune
	enc := lookup(name).(*charmap.Charmap)
	for i := range page {
		page[i] = enc.DecodeByte(byte(i + len(page)))
	}
	return &page
}
