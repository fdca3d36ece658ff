package search

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// library are documents with a title and a text.
var library = []struct{ language, title, text string }{
	{"en", "Compiling a kernel", "Configure the kernel, then compile it. The naïve way is slow."},
	{"en", "Printers", "Set up a printer with CUPS. Traffic is shaped elsewhere."},
	{"en", "Quality of service", "Traffic shaping limits rates. A kernel feature."},
	{"es", "Instalación", "La instalación de impresoras y núcleos."},
	{"ko", "여성의 역사", "노동 날짜가 정해지다. 레이어를 되어 세계력사"},
	{"ko", "력사와 녀성", "로동 날자 되여"},
	{"zh", "安装软件", "这本书很好。请备份数据库。"},
	{"ja", "プリンタ設定", "カーネルのコンパイル。バックアップ"},
	{"fa", "مجازی\u200cسازی", "پشتیبان\u200cگیری از داده\u200cها، کتاب ۱۲۳"},
	{"ar", "النسخ الاحتياطي", "جهاز مُختَرَق. إنشاء الحسابات"},
	{"ru", "Сборка ядра", "Удалённый вход и принтеры"},
	{"th", "ภาษาไทย", "การติดตั้งเครื่องพิมพ์"},
	{"my", "မြန်မာ", "ပုံနှိပ်စက်"},
}

func libraryDocs() (docs []Document) {
	for i, l := range library {
		docs = append(docs, Document{ID: uint32(i * 3), Group: uint32(i / 2 * 6), Title: l.title, Text: l.text})
	}
	return docs
}

func openLibrary(t testing.TB) *Index {
	t.Helper()
	data := build(t, libraryDocs())
	x, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func isEven(doc uint32) bool { return doc%2 == 0 }

// docs lists the documents of all groups of a result, in ascending order.
func (r *Result) docs() (list []int) {
	for _, h := range r.Hits {
		for _, d := range append([]uint32{h.Doc}, h.More...) {
			list = append(list, int(d)/3)
		}
	}
	slices.Sort(list)
	return list
}

func TestSearch(t *testing.T) {
	t.Parallel()
	x := openLibrary(t)
	content := func(doc uint32) (string, error) { return library[doc/3].title + ". " + library[doc/3].text, nil }
	for _, c := range []struct {
		name string
		q    Query
		want []int
	}{
		{"word", Query{Text: "kernel"}, []int{0, 2}},
		{"all words", Query{Text: "KERNEL compile"}, []int{0}},
		{"inflected", Query{Text: "printers"}, []int{1}},
		{"compilation", Query{Text: "compilation"}, []int{0}},
		{"accents more", Query{Text: "naive"}, []int{0}},
		{"accents less", Query{Text: "instalacion"}, []int{3}},
		{"another word", Query{Text: "instalaciones", Language: "es"}, []int{3}},
		{"misspelt", Query{Text: "kernle"}, []int{0, 2}},
		{"misspelt twice", Query{Text: "Instolacoin"}, []int{3}},
		{"prefix", Query{Text: "config", Typing: true}, []int{0}},
		{"star", Query{Text: "serv*"}, []int{2}},
		{"phrase", Query{Text: "“traffic shaping”", Content: content}, []int{2}},
		{"no phrase", Query{Text: "\"shaping traffic\"", Content: content}, nil},
		{"exclusion", Query{Text: "kernel -quality"}, []int{0}},
		{"excluded phrase", Query{Text: "kernel -\"quality of\""}, []int{0}},
		{"nothing let through", Query{Text: "kernel", Filter: func(uint32) bool { return false }}, nil},
		{"filter", Query{Text: "kernel", Filter: func(d uint32) bool { return d > 0 }}, []int{2}},
		{"southern", Query{Text: "역사"}, []int{4, 5}},
		{"northern", Query{Text: "력사"}, []int{4, 5}},
		{"women", Query{Text: "녀성"}, []int{4, 5}},
		{"labour", Query{Text: "노동"}, []int{4, 5}},
		{"date", Query{Text: "날자"}, []int{4, 5}},
		{"become", Query{Text: "되여"}, []int{4, 5}},
		{"particle", Query{Text: "레이어의"}, []int{4}},
		{"Han", Query{Text: "安装"}, []int{6}},
		{"one letter", Query{Text: "书"}, []int{6}},
		{"last letter", Query{Text: "库"}, []int{6}},
		{"half-width", Query{Text: "ﾌﾟﾘﾝﾀ"}, []int{7}},
		{"Japanese particle", Query{Text: "カーネルをコンパイル"}, []int{7}},
		{"ZWNJ left out", Query{Text: "مجازيسازي"}, []int{8}},
		{"ZWNJ as a space", Query{Text: "مجازي سازي"}, []int{8}},
		{"ZWNJ", Query{Text: "پشتيبان\u200cگيري"}, []int{8}},
		{"digits", Query{Text: "123"}, []int{8}},
		{"harakat", Query{Text: "مخترق"}, []int{9}},
		{"hamza", Query{Text: "انشاء"}, []int{9}},
		{"article", Query{Text: "نسخ احتياطي", Language: "ar"}, []int{9}},
		{"Russian", Query{Text: "удаленного входа"}, []int{10}},
		{"Thai", Query{Text: "ติดตั้ง"}, []int{11}},
		{"Burmese", Query{Text: "နှိပ်"}, []int{12}},
		{"many letters", Query{Text: strings.Repeat("这本书很好请备份数据库", 5)}, []int{6}},
		{"not there", Query{Text: "xylophone"}, nil},
	} {
		c.q.Limit = 20
		r, err := x.Search(c.q)
		if err != nil || r.Damage != nil {
			t.Errorf("%s: %v, %v", c.name, err, r)
		} else if got := r.docs(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q finds %v, want %v", c.name, c.q.Text, got, c.want)
		}
	}
}

func TestNoQuery(t *testing.T) {
	t.Parallel()
	x := openLibrary(t)
	for _, q := range []string{"", " ", "-", "\"", "-kernel", "…!*", "\u202e", "\x00\xff"} {
		if _, err := x.Search(Query{Text: q}); !errors.Is(err, ErrQuery) {
			t.Errorf("%q: %v", q, err)
		}
	}
}

func TestRankingAndGroups(t *testing.T) {
	t.Parallel()
	x := openLibrary(t)
	r, err := x.Search(Query{Text: "kernel", Limit: 1})
	if err != nil || len(r.Hits) != 1 || r.Hits[0].Doc != 0 || r.Total != 2 {
		t.Errorf("the title does not come first: %+v, %v", r, err)
	}
	r, _ = x.Search(Query{Text: "kernel", Limit: 1, Offset: 1})
	if len(r.Hits) != 1 || r.Hits[0].Doc != 6 {
		t.Errorf("second page: %+v", r.Hits)
	}
	r, _ = x.Search(Query{Text: "역사", Limit: 5, Prefer: isEven})
	if len(r.Hits) != 1 || r.Hits[0].Doc != 12 || r.Hits[0].Group != 12 || !slices.Equal(r.Hits[0].More, []uint32{15}) {
		t.Errorf("groups: %+v", r.Hits)
	}
	for _, first := range []uint32{6, 3} {
		r, _ = x.Search(Query{Text: "traffic", Limit: 5, Prefer: func(doc uint32) bool { return doc == first }})
		if len(r.Hits) != 2 || r.Hits[0].Doc != first {
			t.Errorf("%d preferred: %+v", first, r.Hits)
		}
		if !slices.Equal(r.Found, []uint32{3, 6}) {
			t.Errorf("found %v", r.Found)
		}
	}
	if r, _ = x.Search(Query{Text: "kernle", Limit: 5}); r.Corrected != "kernel" {
		t.Errorf("corrected to %q", r.Corrected)
	}
	if got := x.Suggest("the ker", 3); !slices.Equal(got, []string{"the kernel"}) {
		t.Errorf("suggested %q", got)
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	x := openLibrary(t)
	for _, c := range []struct{ query, content, want string }{
		{"kernel", strings.Repeat("word ", 100) + "the Kernel’s way " + strings.Repeat("word ", 100), "[Kernel]"},
		{"naive kernel", "kernel " + strings.Repeat("word ", 100) + "a naïve kernel.", "[naïve] [kernel]"},
		{"安装", strings.Repeat("这本书很好。", 50) + "请安装数据库" + strings.Repeat("这本书很好。", 50), "[安装]"},
		{"书", strings.Repeat("很好。", 50) + "这本书很好", "[书]"},
		{"력사", strings.Repeat("글 ", 60) + "여성의 역사", "[역사]"},
		{"xylophone", "Nothing is here", ""},
		{"kernel", "", ""},
	} {
		r, err := x.Search(Query{Text: c.query, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, length := range []int{0, 60, 120, 5000} {
			s := r.Snippet(c.content, length)
			var marked []string
			for _, m := range s.Marks {
				marked = append(marked, "["+c.content[m.Start:m.End]+"]")
			}
			got := strings.Join(marked, " ")
			if length >= 60 && !strings.HasSuffix(got, c.want) {
				t.Errorf("%s, %d bytes: marks %s in %q", c.query, length, got, c.content[s.Start:s.End])
			}
			if s.End-s.Start > max(length, 16) || strings.ToValidUTF8(c.content[s.Start:s.End], "?") != c.content[s.Start:s.End] {
				t.Errorf("%s: %q of %d bytes", c.query, c.content[s.Start:s.End], length)
			}
		}
	}
}

// TestVector builds the same bytes everywhere. After a change that is meant, SATCHEL_UPDATE=1 writes the file anew.
func TestVector(t *testing.T) {
	t.Parallel()
	const file = "testdata/library.index"
	data := build(t, libraryDocs())
	if os.Getenv("SATCHEL_UPDATE") != "" {
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, want) {
		t.Errorf("%d bytes, not the %d of %s", len(data), len(want), file)
	}
}

func TestSameBytes(t *testing.T) {
	t.Parallel()
	docs := libraryDocs()
	want := build(t, docs)
	rng := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct{ workers, memory int }{{1, 1 << 20}, {3, 1 << 20}, {1, 100}, {4, 8000}} {
		rng.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		if !bytes.Equal(finish(t, newBuilder(t.TempDir(), c.workers, c.memory), docs), want) {
			t.Errorf("%+v: other bytes", c)
		}
	}
}

func TestAddTwice(t *testing.T) {
	t.Parallel()
	b := NewBuilder(t.TempDir())
	defer b.Close()
	for range 2 {
		if err := b.Add(Document{ID: 1, Text: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Finish(io.Discard); err == nil {
		t.Error("no error")
	}
	if err := b.Add(Document{ID: 2}); err == nil {
		t.Error("added to a finished index")
	}
}

// storms are queries that are to keep a reader busy.
func storms() map[string]string {
	return map[string]string{
		"1 MB":          strings.Repeat("kernel word ", 90_000),
		"10,000 words":  strings.Repeat("a b c d e ", 2000),
		"one word":      strings.Repeat("x", 1<<20),
		"stars":         strings.Repeat("a* ", 10_000),
		"letters":       "a* b* c* d* e* f* g* h* i* j* k* l* m* n* o* p* q* r* s* t* u* v* w* x* y* z*",
		"quotes":        strings.Repeat("\"", 10_000) + "a",
		"dashes":        strings.Repeat("-", 10_000) + "a b -c",
		"exclusions":    "a " + strings.Repeat("-b ", 10_000),
		"controls":      "\x00\x01\u202e kernel \u2066 \u200f x",
		"Han":           strings.Repeat("安装软件这本书", 10_000),
		"Hangul":        strings.Repeat("여녀력날짜되어", 10_000),
		"accents":       "a" + strings.Repeat("\u0301", 100_000),
		"misspellings":  strings.Repeat("kernelx prunters qualitty servicce ", 1000),
		"not UTF-8":     strings.Repeat("\xff\xfe", 1000) + "a",
		"ZWNJ":          strings.Repeat("می\u200c", 10_000),
		"dashes within": strings.Repeat("a-", 10_000),
	}
}

func TestStorms(t *testing.T) {
	x := openLibrary(t)
	for name, q := range storms() {
		start := time.Now()
		r, err := x.Search(Query{Text: q, Limit: 10, Typing: true})
		took := time.Since(start)
		if err != nil && !errors.Is(err, ErrQuery) || err == nil && r.Damage != nil {
			t.Errorf("%s: %v", name, err)
		}
		if took > 2*time.Second { // of 100 ms, on a busy machine
			t.Errorf("%s: %v", name, took)
		}
		t.Logf("%s: %v", name, took)
	}
}

// TestDamage turns over every byte of an index: a query has the same answer, or tells of damage.
func TestDamage(t *testing.T) {
	t.Parallel()
	data := build(t, libraryDocs())
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 0x10
		x, err := Open(bytes.NewReader(bad), int64(len(bad)))
		if err != nil {
			continue
		}
		r, err := x.Search(Query{Text: "kernel", Limit: 10})
		if err == nil && r.Damage == nil {
			t.Errorf("byte %d of %d turned over, and nothing is said", i, len(data))
		}
	}
	for n := range len(data) {
		if _, err := Open(bytes.NewReader(data[:n]), int64(n)); err == nil {
			t.Fatalf("%d bytes of %d opened", n, len(data))
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	c := readCorpus(b, "handbook")
	data := build(b, c.docs)
	x, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		b.Fatal(err)
	}
	for _, q := range []string{"kernel", "compiling kernels", "firewal", "安装", "виртуальные частные сети", "the of and"} {
		b.Run(q, func(b *testing.B) {
			for b.Loop() {
				if _, err := x.Search(Query{Text: q, Limit: 10, Prefer: isEven}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestRank(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 10, 1000, 50_000} {
		for _, kinds := range []int{1, 3, 1 << 20} {
			hits := make([]found, n)
			for i := range hits {
				hits[i] = found{doc: uint32(i), score: float32(rng.IntN(kinds))}
			}
			want := slices.Clone(hits)
			slices.SortFunc(want, better)
			rank(hits, 200)
			if m := min(n, 200); !slices.Equal(hits[:m], want[:m]) {
				t.Errorf("%d hits of %d scores: not the best", n, kinds)
			}
		}
	}
}

// TestDamagedPage damages one page of many: that costs the words in it, of which the result tells, and no others.
func TestDamagedPage(t *testing.T) {
	t.Parallel()
	var docs []Document
	word := func(i int) string { return fmt.Sprintf("w%x", uint32(i)*2654435761) }
	for i := range 8000 {
		docs = append(docs, Document{ID: uint32(i), Text: "common " + word(i)})
	}
	data := build(t, docs)
	data[len(data)/2] ^= 1
	x, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for i := 0; i < len(docs); i += 7 {
		r, err := x.Search(Query{Text: "\"" + word(i) + "\"", Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if r.Damage != nil {
			lost++
		} else if len(r.Hits) != 1 || int(r.Hits[0].Doc) != i {
			t.Fatalf("%s is lost, and nothing is said", word(i))
		}
	}
	if lost == 0 || lost > len(docs)/7/3 {
		t.Errorf("%d of %d words are lost", lost, len(docs)/7)
	}
}
