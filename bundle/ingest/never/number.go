package never

import "strings"

const (
	// minNumber is how many digits make an entry a number that may be cut up anywhere. Fewer are found in
	// too many places.
	minNumber = 6
	// maxNumberGap is how many characters may stand between two digits of one: ") - " are four.
	maxNumberGap = 4
	// maxZeros is how many may lead a number.
	maxZeros = 3
	// maxPrefix is how many digits may stand right before a number: 011, a country's code and a 0.
	maxPrefix = 7
)

// asNumber makes a number of an entry that is one: without a country's code and 0, which a text may have
// or not.
func (e *entry) asNumber() {
	digits := string(e.symbols)
	international := strings.HasPrefix(digits, "+")
	digits = strings.TrimPrefix(digits, "+")
	if strings.Trim(digits, "0123456789") != "" {
		return
	}
	e.loose = false
	if rest, ok := strings.CutPrefix(digits, "00"); ok && !international {
		international, digits = true, rest
	}
	country := ""
	switch {
	case international:
		country = countryOf(digits)
		digits = digits[len(country):]
	case len(digits) == 11 && strings.ContainsAny(digits[:1], "178") && digits[1] != '0':
		// North America's and Russia's own prefixes.
		country = map[byte]string{'1': "1", '7': "7", '8': "7"}[digits[0]]
		digits = digits[1:]
	}
	core := strings.TrimLeft(digits, "0")
	if len(core) < minNumber || len(digits)-len(core) > maxZeros {
		return
	}
	before := len(e.symbols) - len(core)
	e.number, e.country = true, country
	e.symbols, e.gaps = e.symbols[before:], e.gaps[before:]
}

// twoDigits are the countries' codes of two digits; 1 and 7 have one, all others three (ITU-T E.164).
const twoDigits = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 " +
	"81 82 84 86 90 91 92 93 94 95 98 "

// countryOf is the country's code that digits begin with.
func countryOf(digits string) string {
	n := 3
	switch {
	case strings.HasPrefix(digits, "1"), strings.HasPrefix(digits, "7"):
		n = 1
	case len(digits) >= 2 && strings.Contains(twoDigits, " "+digits[:2]+" "):
		n = 2
	}
	if len(digits) < n || digits[0] == '0' {
		return "" // no code begins with 0
	}
	return digits[:n]
}

// isPrefix says whether digits may stand right before a number.
func (e *entry) isPrefix(digits string) bool {
	if strings.Trim(digits, "0") == "" || digits == "8" && len(e.symbols) == 10 {
		return true
	}
	for _, exit := range []string{"", "00", "011"} {
		rest, ok := strings.CutPrefix(digits, exit)
		code := countryOf(rest)
		rest = rest[len(code):]
		if ok && code != "" && strings.Trim(rest, "0") == "" && (e.country == "" || e.country == code) {
			return true
		}
	}
	return false
}
