package guess

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// vietnamese tones, which windows-1258 has apart from the letters.
const tones = "\u0300\u0301\u0303\u0309\u0323"

// unwritable stands in for letters that a charset lacks and people wrote otherwise.
var unwritable = map[string]*strings.Replacer{
	"windows-1256": strings.NewReplacer("ی", "ي", "ۀ", "ه", "٪", "%", "۰", "0", "۱", "1", "۲", "2", "۳", "3", "۴", "4", "۵", "5", "۶", "6", "۷", "7", "۸", "8", "۹", "9"),
	"windows-1250": strings.NewReplacer("ș", "ş", "ț", "ţ", "Ș", "Ş", "Ț", "Ţ"),
}

// encode writes a text in a charset and leaves out what it has not.
func encode(charset, text string) []byte {
	if r := unwritable[charset]; r != nil {
		text = r.Replace(text)
	}
	if charset == "windows-1258" {
		text = apart(text)
	}
	e := lookup(charset).NewEncoder()
	var out []byte
	if b, err := e.Bytes([]byte(text)); err == nil {
		return b
	}
	for _, r := range text {
		if b, err := e.Bytes([]byte(string(r))); err == nil {
			out = append(out, b...)
		}
	}
	return out
}

// apart writes the tones of Vietnamese behind their letters.
func apart(text string) string {
	var out strings.Builder
	for _, r := range text {
		base, tone := "", ""
		for _, d := range norm.NFD.String(string(r)) {
			if strings.ContainsRune(tones, d) {
				tone += string(d)
			} else {
				base += string(d)
			}
		}
		out.WriteString(norm.NFC.String(base) + tone)
	}
	return out.String()
}

func decode(charset string, b []byte) []byte {
	if charset == "utf-8" {
		return b
	}
	out, err := lookup(charset).NewDecoder().Bytes(b)
	if err != nil {
		return nil
	}
	return out
}
