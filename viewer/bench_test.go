package viewer

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// apiPage is a page of some 27 kB as those of a programming manual: many links to
// its neighbours, tables, code.
func apiPage(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="en"><head><title>Class C%d</title>
<link rel="stylesheet" type="text/css" href="../style.css" title="Style"></head><body>`, n)
	for i := range 120 {
		fmt.Fprintf(&b, `<tr class="row-%d"><td><code><a href="../p%d/c%d.html" title="class in p">C%d</a></code></td>
<td><div class="block">Returns the <a href="#m%d">value</a> of item %d &mdash; or an &quot;empty&quot; one, when
there is none of them at all in page %d.</div></td></tr>`, i%4, i%7, (n+i)%400, i, i, i, n)
	}
	return b.String() + "</body></html>"
}

// pages opens the bundle named by SATCHEL_BENCH, or a made one, and returns the
// addresses of its pages.
func pages(b *testing.B) (*Viewer, []string) {
	name := os.Getenv("SATCHEL_BENCH")
	if name == "" {
		f := testbundle.Files{"style.css": "p { color: #123 }"}
		for i := range 400 {
			f[fmt.Sprintf("p%d/c%d.html", i%7, i)] = apiPage(i)
		}
		name = testbundle.Pack(b, f, bundle.Options{})
	}
	r := testbundle.Open(b, name)
	v := New([]*bundle.Reader{r}, Options{})
	var addresses []string
	entries, _, _, err := r.List(bundle.Filter{Kinds: []bundle.Kind{bundle.KindPage}}, 0, 5000)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range entries {
		a, _ := v.sealer.seal(target{viewContent, 0, e.Path})
		addresses = append(addresses, a)
	}
	return v, addresses
}

// BenchmarkPage is a page that was not asked for before, or long ago; BenchmarkKept
// one of a few.
func BenchmarkPage(b *testing.B) { benchmarkPages(b, 1<<30) }
func BenchmarkKept(b *testing.B) { benchmarkPages(b, 100) }

func benchmarkPages(b *testing.B, distinct int) {
	v, addresses := pages(b)
	addresses = addresses[:min(distinct, len(addresses))]
	if distinct > 1000 {
		v.pages = newCache(0)
	}
	bytes := int64(0)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		r := v.Serve(context.Background(), &Request{Method: "GET", Path: addresses[n%len(addresses)]})
		if r.Status != 200 {
			b.Fatal(r.Status)
		}
		sent, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			b.Fatal(err)
		}
		bytes += sent
		n++
	}
	b.SetBytes(bytes / int64(n))
}

// BenchmarkSearch is a page of what was found, of queries that go round; BenchmarkSearchCold the same with nothing
// read before but the index. SATCHEL_BENCH_QUERIES has the queries, a line each.
func BenchmarkSearch(b *testing.B)     { benchmarkSearch(b, false) }
func BenchmarkSearchCold(b *testing.B) { benchmarkSearch(b, true) }

func benchmarkSearch(b *testing.B, cold bool) {
	name := os.Getenv("SATCHEL_BENCH")
	if name == "" {
		f := testbundle.Files{}
		for i := range 2000 {
			f[fmt.Sprintf("p%d/c%d.html", i%7, i)] = apiPage(i)
		}
		name = testbundle.Pack(b, f, bundle.Options{})
	}
	words := cmp.Or(os.Getenv("SATCHEL_BENCH_QUERIES"), "value\nempty one\nreturns the value of item\nclass c17\nitme none")
	queries := strings.Split(words, "\n")
	var took []time.Duration
	v := New([]*bundle.Reader{testbundle.Open(b, name)}, Options{})
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if cold {
			b.StopTimer()
			v = New([]*bundle.Reader{testbundle.Open(b, name)}, Options{})
			v.volumes[0].r.Search()
			b.StartTimer()
		}
		s := inquiry{id: v.queries.keep(queries[n%len(queries)])}
		began := time.Now()
		a, _ := v.sealer.seal(target{viewSearch, 0, s.String()})
		r := v.Serve(context.Background(), &Request{Method: "GET", Path: a})
		took = append(took, time.Since(began))
		if page, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(page), "<mark>") {
			b.Fatal(r.Status, "nothing was found")
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "median-µs")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-µs")
}

// many is a source of small texts: dated, in four languages and in twenty sections.
type many int

// Items yields them.
func (n many) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		languages := [...]string{"en", "ko", "fa", "zh-Hans"}
		for i := range int(n) {
			it := bundle.Item{Path: fmt.Sprintf("d%03d/n%07d.txt", i%997, i), Kind: bundle.KindText, Type: "text/plain; charset=utf-8",
				Title: fmt.Sprintf("Text %d", i), Size: 9, Language: languages[i%len(languages)], Date: fmt.Sprintf("%04d-%02d-%02d", 2000+i%25, 1+i%12, 1+i%28)}
			if !yield(it, nil) {
				return
			}
		}
	}
}

// Open returns the content of one.
func (n many) Open(name string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(name[len(name)-len("0000000.x"):])), nil
}

// BenchmarkHomeMillion is the contents of a bundle of a million items: all of it, a section, and a kind in a language,
// each at its beginning and far behind. SATCHEL_BENCH_ITEMS asks for another number.
func BenchmarkHomeMillion(b *testing.B) {
	n := 1_000_000
	if asked, err := strconv.Atoi(os.Getenv("SATCHEL_BENCH_ITEMS")); err == nil {
		n = asked
	}
	o := bundle.Options{NoSearch: true, Place: func(it *bundle.Item) (int, string) { return len(it.Title) % 2 * int(it.Path[3]-'0'), "" }}
	for i := range 20 {
		o.Sections = append(o.Sections, bundle.Section{Name: bundle.Text{{Text: fmt.Sprint("Section ", i)}}})
	}
	v := New([]*bundle.Reader{testbundle.Open(b, testbundle.Pack(b, many(n), o))}, Options{})
	for _, c := range []struct {
		name string
		shelf
		from int
	}{{"all", shelf{}, 0}, {"all far behind", shelf{}, n * 9 / 10}, {"section", shelf{section: "0"}, 0}, {"section far behind", shelf{section: "0"}, n / 3},
		{"two filters", shelf{kind: bundle.KindText, section: "3"}, 0}, {"language", shelf{kind: bundle.KindText, language: "ko"}, n / 2}, {"section and language", shelf{section: "3", language: "fa"}, 0}, {"folder", shelf{folder: "d500"}, 0}} {
		b.Run(c.name, func(b *testing.B) {
			a, _ := v.sealer.seal(target{viewHome, 0, c.shelf.String()})
			var took []time.Duration
			var size int64
			for b.Loop() {
				began := time.Now()
				r := v.Serve(context.Background(), &Request{Method: "GET", Path: a, Query: url.Values{"from": {strconv.Itoa(c.from)}}})
				took = append(took, time.Since(began))
				if size = r.Size; r.Status != 200 {
					b.Fatal(r.Status)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "most-ms")
			b.ReportMetric(float64(size)/1000, "kB")
		})
	}
}
