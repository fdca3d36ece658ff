package text

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// scan lists the terms of a text.
func scan(s string) string {
	var sc Scanner
	sc.Reset(s)
	var terms []string
	for sc.Next() {
		terms = append(terms, string(sc.Token().Term))
	}
	return strings.Join(terms, " ")
}

func TestScan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"gaps only", " \t—…\x00", ""},
		{"English", "Don't PANIC, e-mail x509!", "don t panic e mail x509"},
		{"French accents", "L’instalación naïve, Œuvre ÉTÉ", "l instalacion naive oeuvre ete"},
		{"decomposed accents", "nai\u0308ve", "naive"},
		{"German", "Straße GROẞ über", "strasse gross uber"},
		{"Turkish", "İstanbul ışık TEŞEKKÜRLER", "istanbul isik tesekkurler"},
		{"Polish, Vietnamese", "Łódź Tường Đà", "lodz tuong da"},
		{"Greek", "Σοφός ΟΔΌΣ", "σοφοσ οδοσ"},
		{"Russian", "Ёлка мой МОЙ мои и\u0306", "елка мой мой мои й"},
		{"soft hyphen", "hand\u00adbook", "handbook"},
		{"bidi controls", "\u202eabc\u202c \u2066x\u2069", "abc x"},
		{"fullwidth", "ＡＢＣ１２３", "abc123"},
		{"ligature", "ﬁlm", "film"},
		{"digits", "۱۲۳ ١٢٣ १२३ ๑๒", "123 123 123 12"},
		{"not UTF-8", "a\xffb\xc3", "a b"},
		{"Arabic and Persian letters", "كتابي کتابی إنشاء أحمد مُخْتَرَق", "کتابی کتابی انشاء احمد مخترق"},
		{"tatweel", "كتـــاب", "کتاب"},
		{"teh marbuta", "حياة", "حیاه"},
		{"ZWNJ", "مجازی\u200cسازی است", "مجازیسازی مجازی سازی است"},
		{"ZWNJ without sides", "می\u200c \u200cرود\u200c\u200cما", "می رودما رود ما"},
		{"Hebrew points", "שָׁלוֹם", "שלום"},
		{"Hindi", "हिन्दी", "हिन्दी"},
		{"Han", "安装，書", "安装 装 書"},
		{"Han and Latin", "的CPU核", "的 cpu 核"},
		{"Kana", "カーネルを", "カー ーネ ネル ルを を"},
		{"half-width Kana", "ﾌﾟﾘﾝﾀ", "プリ リン ンタ タ"},
		{"decomposed Kana", "か\u3099く", "がく く"},
		{"Hangul", "레이어를 글", "레이 이어 어를 를 글"},
		{"decomposed Hangul", "\u1112\u1161\u11ab\u1100\u1173\u11af", "한글 글"},
		{"Hangul and Han", "大韓민국", "大韓 韓 민국 국"},
		{"corporation", "㈱東", "株東 東"},
		{"Thai", "ที่นี่", "ที่นี่ นี่"},
		{"Thai digits", "ก๑", "ก 1"},
		{"Lao", "ລາວ", "ລາ າວ ວ"},
		{"Khmer", "ខ្មែរ", "ខ្មែរ រ"},
		{"Burmese", "မြန်မာ", "မြန် န်မာ မာ"},
		{"variation selector", "葛\U000E0100城", "葛城 城"},
	} {
		if got := scan(c.in); got != c.want {
			t.Errorf("%s: %q gives\n%q, want\n%q", c.name, c.in, got, c.want)
		}
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"Ça va", "0:0 Ça|1:1 va|"},
		{"a مجازی\u200cسازی", "0:0 a|1:1 مجازی\u200cسازی|2:1 مجازی|2:1 سازی|"},
		{"안내선", "0:0 안내|1:1 내선|2:2 선|"},
		{"nai\u0308 x", "0:0 nai\u0308|1:1 x|"},
	} {
		var s Scanner
		s.Reset(c.in)
		got := ""
		for n := 0; s.Next(); n++ {
			k := s.Token()
			got += fmt.Sprintf("%d:%d %s|", min(n, 2), k.Pos, c.in[k.Start:k.End])
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestLongWords(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"a", "é", "ﷺ", "ก่", "ก็็็", "က္", "\u0300", "한", "㍿", "😀", "\u200c", "ab\u200c"} {
		checkTokens(t, strings.Repeat(in, 5000))
	}
}

// checkTokens says what holds of the tokens of any text.
func checkTokens(t *testing.T, in string) {
	t.Helper()
	var s Scanner
	s.Reset(in)
	pos, start := -1, 0
	for s.Next() {
		k := s.Token()
		if len(k.Term) == 0 || len(k.Term) > MaxTerm || !utf8.Valid(k.Term) {
			t.Fatalf("term %q of %d bytes", k.Term, len(k.Term))
		}
		if k.Pos < pos || k.Pos > pos+1 || k.Start < start || k.End <= k.Start || k.End > len(in) {
			t.Fatalf("%+v after position %d, byte %d", k, pos, start)
		}
		pos = k.Pos
		if k.Kind != Part {
			start = k.Start
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"", "Don't", "안내선", "مجازی\u200cسازی", "ខ្មែរ", "\u1112\u1161\u11ab", "ﾌﾟ", "a\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkTokens(t, s)
		// What is folded stays as it is: a reader can search for what an index holds.
		once := scan(s)
		if strings.ContainsRune(s, 0x200c) || strings.IndexFunc(s, func(r rune) bool { return classOf(r) > seam }) >= 0 {
			return // parts and bigrams repeat text
		}
		if twice := scan(once); twice != once {
			t.Errorf("%q gives %q gives %q", s, once, twice)
		}
	})
}

func BenchmarkScan(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"English", "It is quite simple: Debian works for its users, and thus, by extension, for society. "},
		{"Spanish", "Actualización de una distribución estable a la siguiente, comprobación de la autenticidad. "},
		{"Russian", "Сосуществование с другими пакетными системами и поиск необходимой информации. "},
		{"Persian", "پیکربندی اولیه: شبکه، حساب\u200cهای کاربری، چاپ و مجازی\u200cسازی. "},
		{"Korean", "똑부러지게 말하자면, 리눅스는 단지 하드웨어와 어플리케이션을 중계하는 커널에 불과합니다. "},
		{"Chinese", "大部分新软件自有办法找到门路在安装时自动纳入。"},
	} {
		text := strings.Repeat(c.text, 1000)
		b.Run(c.name, func(b *testing.B) {
			var s Scanner
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				s.Reset(text)
				for s.Next() {
				}
			}
		})
	}
}
