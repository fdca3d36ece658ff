package article

import "unicode"

// Words counts the words of a text: runs of letters, marks and digits. In scripts that have no
// spaces between words, such as Han, kana and Thai, two characters count as a word.
func Words(text string) (n int) {
	inWord, spaceless := false, 0
	for _, r := range text {
		switch {
		case r < 0x80 && (isDigit(r) || 'a' <= r|0x20 && r|0x20 <= 'z'), r >= 0x80 && isLetter(r):
			if r >= 0x0e00 && isSpaceless(r) {
				spaceless++
				inWord = false
				continue
			}
			if !inWord {
				n++
			}
			inWord = true
		case r == '\'', r == '’', r == 0x200c, r == 0x200d, r == 0xad:
			// inside of words
		default:
			inWord = false
		}
	}
	return n + (spaceless+1)/2
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }

// isSpaceless says whether a character is of a script that has no spaces between words.
func isSpaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff65
}
