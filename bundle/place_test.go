package bundle

import "testing"

func TestUntranslated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, want string }{
		{"ko/water.html", "water.html"},
		{"zh_CN/a/water.html", "a/water.html"},
		{"handbook/pt-BR/water.html", "handbook/water.html"},
		{"zh-Hant/water.html", "water.html"},
		{"water.ko.html", "water.html"},
		{"a/water.zh-TW.min.js", "a/water.min.js"},
		{"ko.html", "ko.html"},
		{"water.ko", "water.ko"},
		{"img/Ko/01/KO/water.html", "img/Ko/01/KO/water.html"},
	} {
		if got := untranslated(c.path, namesLanguage); got != c.want {
			t.Errorf("untranslated(%q) = %q, not %q", c.path, got, c.want)
		}
	}
}

// A translation that is not done is in the language of the original, and lies among the translations.
func TestAlikeLiesTogether(t *testing.T) {
	t.Parallel()
	a := contentKey(&Item{Path: "ko-KR/b.html", Type: "text/html", Language: "en"})
	b := contentKey(&Item{Path: "en-US/b.html", Type: "text/html", Language: "en"})
	c := contentKey(&Item{Path: "en-US/c.html", Type: "text/html", Language: "en"})
	if string(a) >= string(c) || string(b) >= string(a) {
		t.Errorf("%q and %q should come before %q", b, a, c)
	}
}
