package safepath

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

func TestCheckAccepts(t *testing.T) {
	t.Parallel()
	for _, p := range []string{
		"a", "index.html", "건강/응급처치.html", "سلامت/می\u200cخواهم.html", "a b/c-d_e.txt",
		".hidden", "COM", "com10.txt", "console.txt", "café/naïve.md", "emoji/👩‍🚒.png",
		strings.Repeat("x", MaxName), strings.Repeat("d/", MaxDepth-1) + "f",
	} {
		if err := Check(p); err != nil {
			t.Errorf("Check(%q) = %v, want nil", p, err)
		}
	}
}

func TestC02Escapes(t *testing.T) {
	t.Parallel()
	refuse(t, "", "/", "/etc/passwd", "../a", "a/../b", "a/./b", "..", ".", "a//b", "a/",
		`..\a`, `a\b`, `C:`, `C:/a`, `\\host\share`, `\\?\a`, "//host/share")
}

func TestC03DeviceNames(t *testing.T) {
	t.Parallel()
	refuse(t, "CON", "nul.txt", "a/COM¹", "LPT9 .", "lpt9 .txt", "CONIN$", "a.", "a ", "a:stream",
		"Aux.html", "prn/x", "com0", "clock$", "x/ /y", "what?", "a*b", `a"b`, "a<b", "a|b")
}

func TestC06Controls(t *testing.T) {
	t.Parallel()
	refuse(t, "a\u202egpj.exe", "a\u2066b", "a\x00b", "a\nb", "a\x1b[31m", "a\u0085b", "a\ufffe",
		"a\ufeffb", "a\u200bb", "a\u2028b", "a\U000E0001b", "\xff", "a\xc0\xafb", "\xed\xa0\x80",
		"a\U0010ffffb", "a\U000323b0b")
}

func TestC13Limits(t *testing.T) {
	t.Parallel()
	refuse(t, strings.Repeat("x", MaxName+1), strings.Repeat("d/", MaxDepth)+"f",
		strings.Repeat(strings.Repeat("x", 204)+"/", 4)+strings.Repeat("x", 205), strings.Repeat("a/", 100_000)+"f")
}

func refuse(t *testing.T, paths ...string) {
	t.Helper()
	for _, p := range paths {
		if err := Check(p); !errors.Is(err, ErrPath) {
			t.Errorf("Check(%q) = %v, want ErrPath", clip(p), err)
		}
	}
}

func TestC05Fold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b string }{
		{"A/b.TXT", "a/B.txt"}, {"İ", "i"}, {"straße", "STRASSE"}, {"é", "e\u0301"},
		{"한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"}, {"می\u200cخواهم", "میخواهم"},
		{"a\u200db", "ab"}, {"Σίσυφος", "ΣΊΣΥΦΟΣ"}, {"ﬃ", "ffi"}, {"a\u00adb", "ab"}, {"\uab70", "\u13a0"},
	} {
		if Fold(c.a) != Fold(c.b) {
			t.Errorf("Fold(%q) = %q, Fold(%q) = %q: want equal", c.a, Fold(c.a), c.b, Fold(c.b))
		}
	}
	for _, c := range []struct{ a, b string }{{"a", "b"}, {"ي", "ی"}, {"а", "a"}, {"１", "1"}} {
		if Fold(c.a) == Fold(c.b) {
			t.Errorf("Fold(%q) == Fold(%q): want different", c.a, c.b)
		}
	}
}

// TestFoldIsUnicodes compares every character with the full tables, but for Cherokee,
// which they fold to lower case and CaseFolding.txt to upper case.
func TestFoldIsUnicodes(t *testing.T) {
	t.Parallel()
	full := cases.Fold()
	for r := rune(0x80); r < 0x110000; r++ {
		if badRune(r) != "" || isIgnorable(r) || unicode.Is(unicode.Cherokee, r) {
			continue
		}
		want := norm.NFD.String(full.String(norm.NFD.String(string(r))))
		want = norm.NFC.String(strings.ReplaceAll(want, "i\u0307", "i"))
		if got := Fold(string(r)); got != want {
			t.Errorf("Fold(%U) = %+q, want %+q", r, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"a/B", "İi", "e\u0301", "\u1e9e", "ͅ", "ᾳ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, p string) {
		if Check(p) != nil {
			return
		}
		once := Fold(p)
		if twice := Fold(once); twice != once {
			t.Errorf("Fold(Fold(%q)) = %q, want %q", p, twice, once)
		}
		if strings.Count(once, "/") != strings.Count(p, "/") {
			t.Errorf("Fold(%q) = %q: segments changed", p, once)
		}
	})
}
