package never

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func parse(t testing.TB, list string) *List {
	t.Helper()
	l, err := Parse([]byte(list))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// find returns what a search of a text finds, as it stands in the text.
func find(t testing.TB, l *List, text string) (found []string) {
	t.Helper()
	hits, err := l.Search(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hits {
		found = append(found, text[h.Offset:][:h.Size])
	}
	return found
}

func TestSearch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		entry     string
		found     []string // each is found, whole
		not       []string
		inContext string // around each
	}{
		{"Kim Min-ji", []string{"Kim Min-ji", "KIM MIN JI", "kim\n\t min\u2011ji", "KimMinji", "kim_min.ji", "Ｋｉｍ Ｍｉｎ－ｊｉ", "K\u200bim Min\u00adji"},
			[]string{"Kim, Min-ji", "akim min-ji", "kim min-jin", "k im min-ji"}, ""},
		{"Smith", []string{"smith", "SMITH"}, []string{"Smithy", "blacksmith", "SmithÉ", "smi th"}, ""},
		{"smith", nil, nil, "@2смит한<Smith>88한"},
		{"José Peña", []string{"jose pena", "Jose\u0301 Pen\u0303a"}, []string{"josex pena"}, ""},
		{"Straße", []string{"STRASSE", "straße"}, []string{"Strase"}, ""},
		{"O'Brien", []string{"O’Brien", "OBrien", "o brien"}, []string{"O'Brienn"}, ""},
		{"İstanbul", []string{"istanbul", "ISTANBUL", "ıstanbul"}, nil, ""},
		{"Ёлкин", []string{"елкин", "ЁЛКИН"}, []string{"Ёлкина", "сЁлкин"}, ""},
		{"محمد علي", []string{"محمد على", "مُحَمَّد عـلـی", "محمدعلی"}, []string{"محمد عليه"}, ""},
		{"김민지", []string{"김민지", "김 민지", "김\n민지", norm.NFD.String("김민지"), "김 민 지"}, []string{"김민진", "김민", "감민지"}, "가"},
		{"이지", []string{"이지", "이\r\n지"}, []string{"이 지", "이직", norm.NFD.String("이직")}, "는"},
		{"각", []string{"각"}, []string{"가", "가ㄱ"}, "한"},
		{"가", nil, []string{"각", norm.NFD.String("각"), "가\u11a8"}, ""},
		{"王小明", []string{"王小明", "王 小明", "王\n小明"}, []string{"王大明", "王,小明"}, "是"},
		{"か", []string{"か"}, []string{"が", "か\u3099", "ｶﾞ"}, "あ"},
		{"がっこう", []string{"がっこう", "か\u3099っこう"}, []string{"かっこう"}, "の"},
		{"ガラス", []string{"ガラス", "ｶﾞﾗｽ"}, nil, "の"},
		{"สมชาย", []string{"สมชาย"}, []string{"สมชาง"}, "นาย"},
		{"10 Main Street", []string{"10 Main Street", "10  main street", "١٠ Main Street"}, []string{"110 Main Street", "1 0 Main Street"}, ""},
		{"12-34", []string{"12-34", "1234", "12/34", "１２ ３４"}, []string{"1 234", "123-4", "112-34", "12-345"}, ""},
		{"ann@site.example", []string{"ann@site.example", "ANN@SITE.EXAMPLE"}, []string{"joann@site.example", "ann@site,example"}, ""},
		{"AB-1234567", []string{"AB1234567", "ab 1234567"}, []string{"AB12345678", "CAB1234567", "AB12 34567"}, ""},
		{"ﷺ", []string{"ﷺ"}, []string{"ﷻ"}, ""},
	} {
		t.Run(tt.entry, func(t *testing.T) {
			t.Parallel()
			l := parse(t, tt.entry)
			for _, s := range tt.found {
				for _, around := range []string{" ", ", ", tt.inContext} {
					if got := find(t, l, around+s+around); !slices.Equal(got, []string{s}) {
						t.Errorf("in %q: %q", around+s+around, got)
					}
				}
			}
			for _, s := range tt.not {
				if got := find(t, l, "x, "+s+", x"); len(got) > 0 {
					t.Errorf("in %q: %q", s, got)
				}
			}
		})
	}
}

func TestSearchBesideOtherScripts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"смитSmith한", "_smith_", "smith88", "<b>Smith</b>", "smith"} {
		if got := find(t, parse(t, "Smith"), text); len(got) != 1 {
			t.Errorf("in %q: %q", text, got)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		entry      string
		found, not []string
	}{
		{"010-1234-5678", []string{"010-1234-5678", "01012345678", "010 1234 5678", "010.1234.5678", "010/1234/5678", "(010) 1234-5678",
			"+82 10-1234-5678", "+821012345678", "00821012345678", "0082-10-1234-5678", "+82 (0)10 1234 5678", "٠١٠١٢٣٤٥٦٧٨",
			"０１０－１２３４－５６７８", "010 - 1234 - 5678", "0 1 0 1 2 3 4 5 6 7 8", "010-1234\n5678", "010\u20111234\u20115678"},
			[]string{"010-1234-56789", "010-1234-567", "991012345678", "123456781012345678", "010,1234,5678",
				"010 12      34 5678", "010-1234-5679"}},
		{"+82 10 1234 5678", []string{"010-1234-5678", "+82-10-1234-5678", "1012345678", "82010 1234 5678", "011821012345678"},
			[]string{"811012345678", "0811012345678"}},
		{"0044 (0)20 7946 0958", []string{"020 7946 0958", "+44 20 7946 0958", "(020)79460958", "+442079460958"}, []string{"1202 07946 0958"}},
		{"1-212-555-0100", []string{"(212) 555-0100", "+1 212 555 0100", "12125550100", "212.555.0100"}, []string{"2125550101", "912125550100"}},
		{"8 (912) 345-67-89", []string{"+7 912 345 67 89", "8-912-345-67-89", "89123456789", "79123456789"}, nil},
		{"850101-1234567", []string{"850101-1234567", "8501011234567", "850101 1234567"}, []string{"850101-12345678"}},
		{"1984-05-12", []string{"1984.05.12", "1984/05/12", "19840512", "1984-05-12"}, []string{"1984-05-123"}},
		{"12345", []string{"12345"}, []string{"123456", "012345", "12-345", "1 2345"}},
		{"000123", []string{"000123"}, []string{"0001234", "123"}},
	} {
		t.Run(tt.entry, func(t *testing.T) {
			t.Parallel()
			l := parse(t, tt.entry)
			for _, s := range tt.found {
				if got := find(t, l, "call "+s+", x"); len(got) != 1 {
					t.Errorf("in %q: %q", s, got)
				}
			}
			for _, s := range tt.not {
				if got := find(t, l, "call "+s+", x"); len(got) > 0 {
					t.Errorf("in %q: %q", s, got)
				}
			}
		})
	}
}

func TestHit(t *testing.T) {
	t.Parallel()
	l := parse(t, "\ufeff# names\r\n\r\nKim Min-ji\r\nMin-ji\r\nKim Min-ji\r\n")
	text := "물\nand then\tKIM\nMin ji came " + strings.Repeat("가", 30)
	got, err := l.Search(strings.NewReader(text))
	want := []Hit{
		{"Kim Min-ji", 13, 10, 2, "물 and then KIM Min ji came " + strings.Repeat("가", 18)},
		{"Min-ji", 17, 6, 3, "물 and then KIM Min ji came " + strings.Repeat("가", 18)},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	if l.Len() != 2 {
		t.Errorf("%d entries", l.Len())
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"one letter", "Kim\n# x\nA\n", "line 3: it is too short"},
		{"signs alone", "--\n", "line 1: it is too short"},
		{"a comment behind an entry", "Secret # the editor\n", "line 1: a comment needs"},
		{"another charset", "Kim\n\xb1\xe8\n", "line 2: it is not UTF-8"},
		{"a wide gap", "Secret" + strings.Repeat(" ", maxGap+1) + "x", "line 1: it has a gap"},
		{"a long entry", strings.Repeat("Secret", 50), "line 1: it has more than 200 characters"},
		{"a large list", strings.Repeat("x", MaxList+1), "more than 1048576 bytes"},
		{"many entries", manyEntries(MaxEntries + 1), "more than 100000 entries"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse([]byte(tt.in))
			if !errors.Is(err, ErrList) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "Secret") {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func manyEntries(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "n%x\n", i)
	}
	return b.String()
}

func TestNothing(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"", "# none\n\n"} {
		if got := find(t, parse(t, list), "anything"); len(got) > 0 {
			t.Errorf("%q", got)
		}
	}
	if got := find(t, parse(t, "Kim"), ""); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// The entries do not come out by any way of printing.
func TestListIsNotPrinted(t *testing.T) {
	t.Parallel()
	l := parse(t, "Secret")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, l); got != "a list of 1 entries" {
			t.Errorf("%s: %s", verb, got)
		}
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	hits, err := parse(t, "Kim").Search(io.MultiReader(strings.NewReader(strings.Repeat("Kim ", 100_000)), iotest.ErrReader(failed)))
	if !errors.Is(err, ErrMany) || len(hits) != MaxHits {
		t.Errorf("%d hits, %v", len(hits), err)
	}
	// A file that was cut off is no file that is clean.
	for _, failed := range []error{failed, io.ErrUnexpectedEOF} {
		hits, err = parse(t, "Kim").Search(io.MultiReader(strings.NewReader("Kim"), iotest.ErrReader(failed)))
		if !errors.Is(err, failed) || len(hits) != 1 {
			t.Errorf("%d hits, %v", len(hits), err)
		}
	}
}

// Where chunks begin and end changes nothing.
func TestChunks(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	parts := []string{"Kim Min-ji", "김민지", "010-1234-5678", "+821012345678", "a", " ", "\n", "이", "지", "王小明", "é", "-", "0", strings.Repeat(" ", 50)}
	l := parse(t, "Kim Min-ji\n김민지\n010-1234-5678\n王小明\n이지\n")
	var b strings.Builder
	for range 20_000 {
		b.WriteString(parts[rng.IntN(len(parts))])
		b.WriteString(strings.Repeat("x ", rng.IntN(60)*rng.IntN(2)))
	}
	text := b.String()
	want, err := newSearcher(l, len(text)).search(strings.NewReader(text))
	if !errors.Is(err, ErrMany) || len(want) != MaxHits {
		t.Fatalf("%d hits, %v", len(want), err)
	}
	for _, chunk := range []int{1, 97, 4096} {
		got, err := newSearcher(l, chunk).search(iotest.HalfReader(strings.NewReader(text)))
		if !errors.Is(err, ErrMany) || !slices.Equal(got, want) {
			t.Errorf("with chunks of %d: %d hits, %v", chunk, len(got), err)
		}
	}
}

// A list of many characters has states without rows; they find the same.
func TestSparse(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	for r := rune(0x4E00); r < 0x9000; r++ {
		fmt.Fprintf(&list, "%c%c%c\n", r, r+1, r^1)
	}
	l := parse(t, list.String())
	if l.rows >= len(l.fails) {
		t.Fatalf("all %d states have rows", l.rows)
	}
	for _, r := range []rune{0x4E00, 0x5555, 0x8FFF} {
		text := string([]rune{r, r, r + 1, r ^ 1})
		if got := find(t, l, text); !slices.Contains(got, text[3:]) {
			t.Errorf("in %s: %q", text, got)
		}
	}
}

// Memory and time of the worst lists and texts.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("the time it takes says nothing under the race detector")
	}
	t.Parallel()
	var suffixes strings.Builder
	for n := 2; n <= maxEntry-6; n++ {
		suffixes.WriteString(strings.Repeat("a", n) + "b\n" + strings.Repeat("0", n) + strings.Repeat("1", 6) + "\n")
	}
	for _, tt := range []struct{ name, list, text string }{
		{"suffixes", suffixes.String(), strings.Repeat("a", 199) + strings.Repeat("ab", 200_000)},
		{"gaps", "a a\nb-b", strings.Repeat("a"+strings.Repeat(" ", 120), 5000)},
		{"marks", "aa\nbb", "a" + strings.Repeat("\u0301", 500_000)},
		{"no UTF-8", "aa", strings.Repeat("\xff\xe0\x80", 300_000)},
		{"long foldings", "ﷺﷺ\nab", strings.Repeat("ﷺ", 200_000)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			_, err := parse(t, tt.list).Search(strings.NewReader(tt.text))
			if took := time.Since(began); err != nil && !errors.Is(err, ErrMany) || took > 10*time.Second {
				t.Errorf("%v after %v", err, took)
			}
		})
	}
}

func TestLargestList(t *testing.T) {
	if testing.Short() {
		t.Skip("the time it takes says nothing under the race detector")
	}
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	var list strings.Builder
	for list.Len() < MaxList-1000 {
		for range 20 {
			list.WriteRune(rune(0xAC00 + rng.IntN(11172)))
		}
		list.WriteByte('\n')
	}
	began := time.Now()
	l := parse(t, list.String())
	if took := time.Since(began); took > 20*time.Second || l.Len() < 10_000 {
		t.Errorf("%d entries after %v", l.Len(), took)
	}
}

// brute finds what the automaton should: it compares all entries at all places.
func brute(l *List, text string) (hits []Hit) {
	s := newSearcher(l, len(text))
	s.buf, s.end = append(s.buf, text...), true
	var symbols []rune
	for end := 0; end < len(text); {
		r, size := utf8.DecodeRuneInString(text[end:])
		end += size
		f := fold(r)
		symbols = append(symbols, f.runes...)
		for i := range l.entries {
			e := &l.entries[i]
			if n := len(symbols) - len(e.symbols); len(f.runes) == 0 || n < 0 || !slices.Equal(symbols[n:], e.symbols) {
				continue
			}
			if start, ok := s.match(e, end); ok {
				hits = append(hits, s.hit(e, start, end))
			}
		}
	}
	return hits
}

func compare(a, b Hit) int {
	if a.Offset != b.Offset {
		return int(a.Offset - b.Offset)
	}
	return strings.Compare(a.Entry, b.Entry)
}

func FuzzSearch(f *testing.F) {
	f.Add("Kim Min-ji\nMin\n", "kim min-ji")
	f.Add("김민지\n이지", norm.NFD.String("김민지 이지"))
	f.Add("010-1234-5678\n+821012345678", "+82 (0)10.1234/5678")
	f.Add("ﷺ\nß\nss", "صلى الله عليه وسلم ss")
	f.Add("aa\naaa\nba", "aaaabaa\xff")
	f.Fuzz(func(t *testing.T, list, text string) {
		if len(list) > 1000 || len(text) > 4000 {
			t.Skip("long")
		}
		l, err := Parse([]byte(list))
		if err != nil {
			if !errors.Is(err, ErrList) {
				t.Error(err)
			}
			return
		}
		got, err := l.Search(strings.NewReader(text))
		if errors.Is(err, ErrMany) {
			return
		}
		want := brute(l, text)
		slices.SortStableFunc(want, compare)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("list %q, text %q: %v\ngot  %+v\nwant %+v", list, text, err, got, want)
		}
		for _, h := range got {
			if !utf8.ValidString(h.Context) || strings.ContainsAny(h.Context, "\n\r\x00") || h.Size <= 0 {
				t.Errorf("%+v", h)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("# names\nKim Min-ji\n010-1234-5678\n"))
	f.Add([]byte("\ufeff김민지\r\n+82 10 1234 5678\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		l, err := Parse(in)
		if err != nil {
			if !errors.Is(err, ErrList) {
				t.Error(err)
			}
			return
		}
		// Each entry is found in the list itself, unless a line around it hides it.
		for i := range l.entries {
			if got := find(t, l, l.entries[i].text); len(got) == 0 {
				t.Errorf("%q is not found in itself", l.entries[i].text)
			}
		}
	})
}

// sampleList has 1,000 entries of several scripts.
func sampleList() string {
	rng := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	for i := range 1000 {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "%s %s\n", word(rng, 'a', 26), word(rng, 'a', 26))
		case 1:
			fmt.Fprintf(&b, "%c%c%c\n", 0xAC00+rng.IntN(11172), 0xAC00+rng.IntN(11172), 0xAC00+rng.IntN(11172))
		case 2:
			fmt.Fprintf(&b, "010-%04d-%04d\n", rng.IntN(10000), rng.IntN(10000))
		default:
			fmt.Fprintf(&b, "%s %s\n", word(rng, 'а', 32), word(rng, 'а', 32))
		}
	}
	return b.String()
}

func word(rng *rand.Rand, first, n int) string {
	var b strings.Builder
	for range 4 + rng.IntN(5) {
		b.WriteRune(rune(first + rng.IntN(n)))
	}
	return b.String()
}

func BenchmarkSearch(b *testing.B) {
	l := parse(b, sampleList())
	for _, text := range []struct{ name, unit string }{
		{"English", "Take the water from the river, and boil it for a minute before you drink it (see page 12).\n"},
		{"Korean", "강에서 물을 길어다가 마시기 전에 일 분 동안 끓이십시오. 자세한 것은 12쪽을 보십시오.\n"},
		{"Russian", "Возьмите воду из реки и кипятите её одну минуту, прежде чем пить (см. стр. 12).\n"},
		{"Chinese", "从河里取水，饮用前先煮沸一分钟。详情请参阅第十二页。\n"},
		{"Numbers", "2026-03-31 12:34:56 010 1234 7777 3.14159 2,718,281\n"},
	} {
		b.Run(text.name, func(b *testing.B) {
			in := bytes.Repeat([]byte(text.unit), 8<<20/len(text.unit))
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if hits, err := l.Search(bytes.NewReader(in)); err != nil || len(hits) > 0 {
					b.Fatal(hits, err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	list := []byte(sampleList())
	for b.Loop() {
		if _, err := Parse(list); err != nil {
			b.Fatal(err)
		}
	}
}
