package caption

import "strings"

// tagOf returns a language tag in its usual case, or nothing where it is not well formed: two or three
// letters, then script, region or variants. Some tools write the code of the country instead.
func tagOf(s string) string {
	const longest = 35
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if len(s) > longest {
		return ""
	}
	parts := strings.Split(strings.ToLower(s), "-")
	if n := len(parts[0]); n < 2 || n > 3 || !isAlpha(parts[0]) {
		return ""
	}
	if right, ok := notLanguages[parts[0]]; ok {
		parts[0] = right
	}
	for i, p := range parts[1:] {
		switch {
		case len(p) < 2 || len(p) > 8 || strings.Trim(p, letters+"0123456789") != "":
			return ""
		case len(p) == 2 && isAlpha(p):
			parts[i+1] = strings.ToUpper(p)
		case len(p) == 4 && isAlpha(p):
			parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}

const letters = "abcdefghijklmnopqrstuvwxyz"

func isAlpha(s string) bool { return strings.Trim(s, letters) == "" }

// notLanguages are countries that are taken for languages. No language has these codes.
var notLanguages = map[string]string{"jp": "ja", "cn": "zh", "tw": "zh", "kp": "ko", "us": "en", "eng": "en",
	"kor": "ko", "jpn": "ja", "chi": "zh", "zho": "zh"}

// classNames are how classes and their names begin that SAMI files use.
var classNames = []struct{ begins, tag string }{
	{"kr", "ko"}, {"ko", "ko"}, {"한", "ko"}, {"en", "en"}, {"eg", "en"}, {"us", "en"}, {"영", "en"},
	{"jp", "ja"}, {"ja", "ja"}, {"일", "ja"}, {"日", "ja"}, {"cn", "zh"}, {"ch", "zh"}, {"zh", "zh"}, {"중", "zh"},
	{"fr", "fr"}, {"de", "de"}, {"ge", "de"}, {"es", "es"}, {"sp", "es"}, {"ru", "ru"}, {"vi", "vi"}, {"vn", "vi"},
}

// languageOfClass finds the language of a class of SAMI, from what it declares or what it is called.
func languageOfClass(class, lang, name string) string {
	if strings.HasPrefix(strings.ToLower(lang), "kr") {
		lang = "ko" + lang[2:] // Kanuri has this code, and no captions in SAMI
	}
	if tag := tagOf(lang); tag != "" {
		return tag
	}
	for _, s := range []string{strings.ToLower(name), class} {
		for _, n := range classNames {
			if strings.HasPrefix(s, n.begins) {
				return n.tag
			}
		}
	}
	return ""
}
