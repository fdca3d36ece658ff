package document

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/unicode/norm"

	"satchel/bundle/internal/pdf"
)

// Limits of a font.
const (
	maxCMap   = 4 << 20
	maxMapped = 70_000 // codes of a font
)

// A font turns the codes in strings into text (9.6 to 9.10).
type font struct {
	wide    bool              // codes are of two bytes
	table   map[uint32]string // what ToUnicode says
	simple  [256]string       // of fonts with codes of one byte
	charset encoding.Encoding // of fonts whose codes are those of a charset
	utf16   bool              // codes are UTF-16
	widths  map[uint32]float64
	width   float64 // of what has none of its own
}

// fontOf returns a font of the resources.
func (d *drawer) fontOf(resources pdf.Dict, name pdf.Name) *font {
	all, _ := d.file.Dict(resources["Font"])
	ref, isRef := all[name].(pdf.Ref)
	if f, ok := d.fonts[ref.Num]; ok && isRef {
		return f
	}
	dict, _ := d.file.Dict(all[name])
	if dict == nil || len(d.fonts) >= maxFonts {
		return nil
	}
	f := d.readFont(dict)
	if isRef {
		d.fonts[ref.Num] = f
	}
	return f
}

func (d *drawer) readFont(dict pdf.Dict) *font {
	f := &font{widths: map[uint32]float64{}, width: 500}
	if s, ok := d.file.Resolve(dict["ToUnicode"]).(*pdf.Stream); ok {
		if data, err := d.file.Decode(s, maxCMap); err == nil {
			f.table = readCMap(data)
		}
	}
	if d.file.Name(dict["Subtype"]) == "Type0" {
		d.composite(f, dict)
	} else {
		d.simpleFont(f, dict)
	}
	return f
}

// composite reads a font with codes of two bytes, or of a charset (9.7).
func (d *drawer) composite(f *font, dict pdf.Dict) {
	name := string(d.file.Name(dict["Encoding"]))
	f.wide, f.width = true, 1000
	switch {
	case strings.Contains(name, "UCS2") || strings.Contains(name, "UTF16"):
		f.utf16 = true
	default:
		for part, e := range charsetCMaps {
			if f.table == nil && strings.HasPrefix(name, part) {
				f.charset, f.wide = e, false
			}
		}
	}
	kids := d.file.Array(dict["DescendantFonts"])
	if len(kids) == 0 {
		return
	}
	kid, _ := d.file.Dict(kids[0])
	if v := d.file.Resolve(kid["DW"]); v != nil {
		f.width = d.file.Float(v)
	}
	d.wideWidths(f, d.file.Array(kid["W"]))
}

// charsetCMaps are the predefined CMaps whose codes are those of a charset (table 118).
var charsetCMaps = map[string]encoding.Encoding{
	"KSC": korean.EUCKR, "GBK": simplifiedchinese.GBK, "GB-EUC": simplifiedchinese.GBK,
	"90ms-RKSJ": japanese.ShiftJIS, "90pv-RKSJ": japanese.ShiftJIS, "EUC-": japanese.EUCJP,
	"ETen-B5": traditionalchinese.Big5, "B5pc": traditionalchinese.Big5,
}

// wideWidths reads the widths of a font with codes of two bytes (9.7.4.3).
func (d *drawer) wideWidths(f *font, w pdf.Array) {
	for i := 0; i+1 < len(w) && len(f.widths) < maxMapped; {
		from := d.file.Int(w[i])
		if a, ok := d.file.Resolve(w[i+1]).(pdf.Array); ok {
			for k, v := range a {
				f.widths[uint32(from)+uint32(k)] = d.file.Float(v)
			}
			i += 2
			continue
		}
		if i+2 >= len(w) {
			return
		}
		to, width := d.file.Int(w[i+1]), d.file.Float(w[i+2])
		for c := from; c <= to && len(f.widths) < maxMapped; c++ {
			f.widths[uint32(c)] = width
		}
		i += 3
	}
}

// simpleFont reads a font with codes of one byte (9.6.6).
func (d *drawer) simpleFont(f *font, dict pdf.Dict) {
	base := d.file.Resolve(dict["Encoding"])
	enc, _ := d.file.Dict(base)
	if enc != nil {
		base = d.file.Resolve(enc["BaseEncoding"])
	}
	table := charmap.Windows1252
	if base == pdf.Name("MacRomanEncoding") {
		table = charmap.Macintosh
	}
	for c := range f.simple {
		if r := table.DecodeByte(byte(c)); c >= ' ' && r != utf8.RuneError {
			f.simple[c] = string(r)
		}
	}
	code := 0
	for _, o := range d.file.Array(enc["Differences"]) {
		switch o := d.file.Resolve(o).(type) {
		case pdf.Number:
			code = int(o.Int())
		case pdf.Name:
			if code >= 0 && code < len(f.simple) {
				f.simple[code] = glyphText(string(o))
			}
			code++
		}
	}
	first := d.file.Int(dict["FirstChar"])
	for i, v := range d.file.Array(dict["Widths"]) {
		if i < len(f.simple) {
			f.widths[uint32(first)+uint32(i)] = d.file.Float(v)
		}
	}
}

// next reads a code off the front of a string: its text, its width, and how many bytes it has.
func (f *font) next(codes string) (text string, width float64, n int) {
	code, n := uint32(codes[0]), 1
	switch {
	case f.wide && len(codes) > 1:
		code, n = code<<8|uint32(codes[1]), 2
	case f.charset != nil && codes[0] >= 0x80 && len(codes) > 1:
		n = 2
	}
	if width = f.width; f.charset == nil {
		if w, ok := f.widths[code]; ok {
			width = w
		}
	}
	if s, ok := f.table[code]; ok {
		return s, width, n
	}
	switch {
	case f.charset != nil:
		s, _ := f.charset.NewDecoder().String(codes[:n])
		return s, width, n
	case f.utf16:
		return string(utf16.Decode([]uint16{uint16(code)})), width, n
	case f.wide || f.table != nil && f.simple[code&0xff] == "":
		return "", width, n
	}
	return f.simple[code&0xff], width, n
}

// readCMap reads which text codes stand for (9.10.3; Adobe Technical Note 5411).
func readCMap(data []byte) map[uint32]string {
	table := map[uint32]string{}
	p := pdf.NewParser(data)
	var operands []pdf.Object
	for {
		o, ok := p.Next()
		if !ok || len(table) >= maxMapped {
			return table
		}
		switch o {
		case pdf.Operator("endbfchar"):
			for ; len(operands) >= 2; operands = operands[2:] {
				if to, ok := operands[1].(pdf.String); ok {
					table[codeOf(operands[0])] = utf16Text(to)
				}
			}
		case pdf.Operator("endbfrange"):
			for ; len(operands) >= 3; operands = operands[3:] {
				mapRange(table, codeOf(operands[0]), codeOf(operands[1]), operands[2])
			}
		}
		if _, isOperator := o.(pdf.Operator); isOperator {
			operands = operands[:0]
		} else if len(operands) < 3*maxMapped {
			operands = append(operands, o)
		}
	}
}

func codeOf(o pdf.Object) (code uint32) {
	s, _ := o.(pdf.String)
	for i := range len(s) {
		code = code<<8 | uint32(s[i])
	}
	return code
}

// mapRange maps codes in a row: to as many texts, or to a text whose last character counts up.
func mapRange(table map[uint32]string, from, to uint32, target pdf.Object) {
	if to < from || to-from > 0xffff {
		return
	}
	list, isList := target.(pdf.Array)
	start, _ := target.(pdf.String)
	for i := uint32(0); i <= to-from && len(table) < maxMapped; i++ {
		if isList {
			if int(i) >= len(list) {
				return
			}
			s, _ := list[i].(pdf.String)
			table[from+i] = utf16Text(s)
			continue
		}
		runes := []rune(utf16Text(start))
		if len(runes) == 0 {
			return
		}
		runes[len(runes)-1] += rune(i)
		table[from+i] = string(runes)
	}
}

func utf16Text(s pdf.String) string {
	const most = 64
	var units []uint16
	for i := 0; i+1 < min(len(s), most); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return -1
		}
		return r
	}, string(utf16.Decode(units)))
}

// glyphNames are the names of letters that fonts without a table use, those that are not spelt as the
// letter itself (Adobe Glyph List).
var glyphNames = readGlyphNames(`space exclam ! quotedbl " numbersign # dollar $ percent % ampersand & quotesingle '
	parenleft ( parenright ) asterisk * plus + comma , hyphen - period . slash / zero 0 one 1 two 2 three 3 four 4 five 5
	six 6 seven 7 eight 8 nine 9 colon : semicolon ; less < equal = greater > question ? at @ bracketleft [ backslash \
	bracketright ] asciicircum ^ underscore _ grave ` + "`" + ` braceleft { bar | braceright } asciitilde ~ exclamdown ¡ cent ¢
	sterling £ currency ¤ yen ¥ brokenbar ¦ section § dieresis ¨ copyright © ordfeminine ª guillemotleft « guillemotright »
	logicalnot ¬ registered ® macron ¯ degree ° plusminus ± acute ´ mu µ paragraph ¶ periodcentered · cedilla ¸ ordmasculine º
	onequarter ¼ onehalf ½ threequarters ¾ questiondown ¿ AE Æ ae æ Oslash Ø oslash ø germandbls ß Eth Ð eth ð Thorn Þ thorn þ
	multiply × divide ÷ dotlessi ı Lslash Ł lslash ł OE Œ oe œ quoteleft ‘ quoteright ’ quotesinglbase ‚ quotedblleft “
	quotedblright ” quotedblbase „ dagger † daggerdbl ‡ bullet • ellipsis … perthousand ‰ guilsinglleft ‹ guilsinglright ›
	endash – emdash — Euro € trademark ™ minus − fi fi fl fl ff ff ffi ffi ffl ffl Dcroat Đ dcroat đ Hbar Ħ hbar ħ`)

func readGlyphNames(s string) map[string]string {
	m := map[string]string{}
	words := strings.Fields(s)
	m[words[0]] = " "
	for i := 1; i+1 < len(words); i += 2 {
		m[words[i]] = words[i+1]
	}
	for name, mark := range map[string]string{"grave": "\u0300", "acute": "\u0301", "circumflex": "\u0302", "tilde": "\u0303",
		"dieresis": "\u0308", "ring": "\u030a", "cedilla": "\u0327", "caron": "\u030c", "ogonek": "\u0328", "macron": "\u0304",
		"breve": "\u0306", "dotaccent": "\u0307", "hungarumlaut": "\u030b"} {
		for c := 'A'; c <= 'z'; c++ {
			if c <= 'Z' || c >= 'a' {
				m[string(c)+name] = norm.NFC.String(string(c) + mark)
			}
		}
	}
	return m
}

// glyphText is the text of a glyph by its name, or "".
func glyphText(name string) string {
	name, _, _ = strings.Cut(name, ".")
	if len(name) == 1 {
		return name
	}
	if s, ok := glyphNames[name]; ok {
		return s
	}
	if hex, ok := strings.CutPrefix(name, "uni"); ok && len(hex) == 4 {
		if v, err := strconv.ParseUint(hex, 16, 16); err == nil {
			return string(rune(v))
		}
	}
	if after, ok := strings.CutPrefix(name, "afii10"); ok { // Cyrillic
		if n, err := strconv.Atoi(after); err == nil && n >= 17 && n <= 49 {
			return string(cyrillic(n-17, 'А', 'Ё'))
		} else if err == nil && n >= 65 && n <= 97 {
			return string(cyrillic(n-65, 'а', 'ё'))
		}
	}
	return ""
}

// cyrillic counts letters as the glyph list does, with Ё in its place in the alphabet.
func cyrillic(n int, first, yo rune) rune {
	switch {
	case n < 6:
		return first + rune(n)
	case n == 6:
		return yo
	}
	return first + rune(n-1)
}
