package text

import (
	"slices"
	"testing"
)

func TestSpellings(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"역사", "력사"}, {"여성", "녀성"}, {"노동", "로동"}, {"날짜", "날자"}, {"되어", "되여"},
		{"내일", "래일"}, {"이론", "리론"}, {"요리", "료리"}, {"일꾼", "일군"}, {"원수", "원쑤"}, {"되었다", "되였다"},
		{"역사가", "력사가"},
	} {
		for i := range pair {
			if got := Spellings(pair[i]); got[0] != pair[i] || !slices.Contains(got, pair[1-i]) {
				t.Errorf("%s: %q lacks %s", pair[i], got, pair[1-i])
			}
		}
	}
	for _, word := range []string{"", "x", "안", "날짜가일꾼이날짜가일꾼이날짜가일꾼이"} {
		if got := Spellings(word); got[0] != word || len(got) > MaxSpellings {
			t.Errorf("%s: %q", word, got)
		}
	}
}

func TestInflections(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, word, want string }{
		{"en", "kernels", "kernel"}, {"en", "compiling", "compilation"}, {"en", "copies", "copy"}, {"en", "crop", "cropping"}, {"en", "cropped", "crop"},
		{"en", "cropped", "cropping"}, {"ko", "kernel", "kernels"},
		{"es-ES", "actualizacion", "actualizaciones"}, {"es", "comprometidas", "comprometida"},
		{"fr", "comptes", "compte"}, {"de", "paketen", "paketes"}, {"pl", "pakietu", "pakietow"},
		{"ru", "виртуальные", "виртуальная"}, {"en", "ядро", "ядра"}, {"ru", "компилировать", "компиляция"},
		{"fa", "مرورگر", "مرورگرهای"}, {"ar", "احتیاطی", "الاحتیاطی"}, {"ar", "الطابعه", "الطابعات"},
	} {
		got := Inflections(c.word, c.language)
		if !slices.Contains(got, c.want) {
			t.Errorf("%s: %s is not among %d forms of %s", c.language, c.want, len(got), c.word)
		}
		if len(got) > MaxInflections || !slices.IsSorted(got) || slices.Contains(got, c.word) {
			t.Errorf("%s: %q", c.word, got)
		}
	}
	for _, word := range []string{"", "a", "the", "安装", "123", "ที่นี่"} {
		if got := Inflections(word, "en"); len(got) != 0 {
			t.Errorf("%s: %q", word, got)
		}
	}
}
