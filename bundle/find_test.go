package bundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"satchel/bundle/plain"
	"satchel/bundle/search"
	"satchel/bundle/sign"
)

// shelf is a collection in which things can be found.
func shelf() memory {
	page := func(title, lang, date, body string) thing {
		return thing{Item{Kind: KindPage, Type: "text/html; charset=utf-8", Title: title, Language: lang, Date: date},
			[]byte("<title>" + title + "</title><h1>" + title + "</h1>" + body)}
	}
	m := memory{
		"en/water.html": page("Clean water", "en", "2024-05-01", "<p>Boil the water for <b>ten</b> minutes."),
		"ko/water.html": page("깨끗한 물", "ko", "2024-05-01", "<p>물을 십 분 동안 끓이세요."),
		"fa/water.html": page("آب پاک", "fa", "2024", "<p>آب را بجوشانید."),
		"en/salt.html":  page("Salt", "en", "2023-02-03", "<p>Salt in water. Minutes of a meeting."),
		"en/copy.html":  page("Salt", "en", "2022", "<p>Salt in water. Minutes of a meeting."),
		"film.mp4":      {Item{Kind: KindVideo, Type: "video/mp4", Title: "The river", Tags: "ecology\nrivers"}, []byte("film of water")},
		"film.en.vtt": {Item{Kind: KindCaptions, Type: "text/vtt", Language: "en"},
			[]byte("WEBVTT\n\n0:01 --> 0:02\nA heron stands still.\n")},
		"report.pdf": {Item{Kind: KindDocument, Type: "application/pdf", Title: "Report", Summary: "On turbines"},
			[]byte("pdf: the dam broke")},
		"big.txt": {Item{Kind: KindText, Type: "text/plain; charset=utf-8", Title: "Big"},
			[]byte(strings.Repeat("Nothing of note.\n", 200_000) + "A needle.\n")},
		"style.css": {Item{Kind: KindResource, Type: "text/css"}, []byte("water { }")},
		"empty.txt": {Item{Kind: KindText, Type: "text/plain; charset=utf-8", Title: "Vacuum"}, nil},
	}
	for i := range 40 {
		m[fmt.Sprintf("more/%02d.html", i)] = page(fmt.Sprint("Page ", i), "en", "", fmt.Sprint("filler ", i))
	}
	return m
}

// readsPDF stands for a reader of documents.
func readsPDF(r io.ReaderAt, size int64, mediaType string, yield func(string) bool) error {
	if mediaType != "application/pdf" {
		return plain.ErrNoText
	}
	text, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	yield(string(text))
	return err
}

func paths(f *Found) (list []string) {
	for _, h := range f.Hits {
		list = append(list, h.Path)
	}
	slices.Sort(list)
	return list
}

func TestFind(t *testing.T) {
	t.Parallel()
	o := Options{Text: readsPDF, Sections: []Section{{Name: Text{{"", "English"}}}}}
	o.Place = func(it *Item) (int, string) {
		if strings.HasPrefix(it.Path, "en/") {
			return 0, ""
		}
		return NoSection, ""
	}
	r := open(t, createSearchable(t, shelf(), o))
	for _, c := range []struct {
		name string
		q    Query
		want []string
	}{
		{"words", Query{Text: "boil minutes"}, []string{"en/water.html"}},
		{"misspelt", Query{Text: "boyl"}, []string{"en/water.html"}},
		{"another language", Query{Text: "끓이세요"}, []string{"ko/water.html"}},
		{"two items with the same content", Query{Text: "meeting"}, []string{"en/copy.html", "en/salt.html"}},
		{"captions", Query{Text: "heron"}, []string{"film.en.vtt"}},
		{"a document", Query{Text: "dam"}, []string{"report.pdf"}},
		{"a summary", Query{Text: "turbines"}, []string{"report.pdf"}},
		{"a tag", Query{Text: "ecology"}, []string{"film.mp4"}},
		{"a title alone", Query{Text: "vacuum"}, []string{"empty.txt"}},
		{"the name of a file", Query{Text: "report"}, []string{"report.pdf"}},
		{"the end of a long text", Query{Text: "needle"}, []string{"big.txt"}},
		{"a phrase", Query{Text: `"ten minutes"`}, []string{"en/water.html"}},
		{"a phrase that is not there", Query{Text: `"minutes ten"`}, nil},
		{"a phrase in a title", Query{Text: `"clean water"`}, []string{"en/water.html"}},
		{"a phrase in a document", Query{Text: `"dam broke"`, Documents: readsPDF}, []string{"report.pdf"}},
		{"what pages consist of", Query{Text: "style"}, nil},
		{"kind", Query{Text: "water", Filter: Filter{Kinds: []Kind{KindVideo}}}, nil},
		{"language", Query{Text: "water", Filter: Filter{Languages: []string{"ko"}}}, []string{"ko/water.html"}},
		{"folder", Query{Text: "water", Filter: Filter{Folder: "fa"}}, []string{"fa/water.html"}},
		{"section", Query{Text: "heron water", Filter: Filter{Sections: []int{0}}}, nil},
		{"from a year", Query{Text: "water", From: "2023"}, []string{"en/salt.html", "en/water.html"}},
		{"from a day", Query{Text: "water", From: "2023-02-04"}, []string{"en/water.html"}},
		{"to a month", Query{Text: "salt", To: "2023-02"}, []string{"en/copy.html", "en/salt.html"}},
		{"to a day before", Query{Text: "salt", To: "2023-02-02"}, []string{"en/copy.html"}},
		{"in a year", Query{Text: "salt", From: "2023", To: "2023"}, []string{"en/salt.html"}},
		{"undated", Query{Text: "filler", From: "1000"}, nil},
	} {
		c.q.Limit = 10
		if c.name == "section" {
			c.q.Text = "heron"
		}
		f, err := r.Find(c.q)
		if err != nil || f.Damage != nil {
			t.Errorf("%s: %v, %+v", c.name, err, f)
		} else if got := paths(f); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q finds %q, want %q", c.name, c.q.Text, got, c.want)
		}
	}
}

func TestFindGroupsAndLanguage(t *testing.T) {
	t.Parallel()
	r := open(t, createSearchable(t, shelf(), Options{}))
	for language, want := range map[string]string{"en": "en/water.html", "ko-KP": "ko/water.html", "": "en/water.html", "my": "en/water.html"} {
		f, err := r.Find(Query{Text: "water", Language: language, Limit: 9})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(f.Hits, func(h Hit) bool { return strings.HasSuffix(h.Path, "/water.html") })
		if i < 0 || f.Hits[i].Path != want || len(f.Hits[i].Others) != 2 {
			t.Errorf("%q: %+v", language, f.Hits)
		}
	}
	f, err := r.Find(Query{Text: "water", Limit: 9})
	if err != nil {
		t.Fatal(err)
	}
	kinds, languages, _, err := f.Counts()
	want := []Count{{"en", 3}, {"fa", 1}, {"ko", 1}}
	if err != nil || !slices.Equal(languages, want) || !slices.Equal(kinds, []Count{{"page", 5}}) {
		t.Errorf("counts %v, %v: %v", kinds, languages, err)
	}
}

// TestFindPhraseInWhatIsSaid: phrases are found where the words of them are, and a long text is not said to lack one
// that stands behind what was read of it.
func TestFindPhraseInWhatIsSaid(t *testing.T) {
	t.Parallel()
	src := shelf()
	report := src["report.pdf"]
	report.Item.Summary, report.Item.Byline, report.Item.Tags = "On the new turbines", "Jane Example", "clean energy\nwind"
	src["annual-report.pdf"] = report
	long := strings.Repeat("Nothing of note.\n", maxShown/16) + "A rare phrase."
	src["long.txt"] = thing{Item{Kind: KindText, Type: "text/plain; charset=utf-8"}, []byte(long)}
	r := open(t, createSearchable(t, src, Options{Text: readsPDF}))
	for _, phrase := range []string{"new turbines", "jane example", "clean energy", "annual report"} {
		f, err := r.Find(Query{Text: `"` + phrase + `"`, Limit: 5, Documents: readsPDF})
		if err != nil || f.Partial || !slices.Equal(paths(f), []string{"annual-report.pdf"}) {
			t.Errorf("%s: %q, %v, %+v", phrase, paths(f), err, f.Result)
		}
	}
	if f, err := r.Find(Query{Text: `"rare phrase"`, Limit: 5}); err != nil || !f.Partial {
		t.Errorf("a phrase at the end: %v, %+v", err, f.Result)
	}
	if f, err := r.Find(Query{Text: `"phrase rare"`, Limit: 5, Filter: Filter{Kinds: []Kind{KindVideo}}}); err != nil || f.Partial {
		t.Errorf("no document at all: %v, %+v", err, f.Result)
	}
}

// TestCountsOfManySections: a bundle that claims 2^62 sections has none.
func TestCountsOfManySections(t *testing.T) {
	t.Parallel()
	r := open(t, createSearchable(t, shelf(), Options{}))
	r.about[aboutSections] = string(binary.AppendUvarint(nil, 1<<62))
	f, err := r.Find(Query{Text: "water", Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, sections, err := f.Counts(); err != nil || len(sections) > 0 {
		t.Errorf("%v, %v", sections, err)
	}
}

// TestFindFilmOnce: a film and its captions are one result.
func TestFindFilmOnce(t *testing.T) {
	t.Parallel()
	src := shelf()
	src["film.ko.vtt"] = thing{Item{Kind: KindCaptions, Type: "text/vtt", Language: "ko", Title: "The river"}, []byte("WEBVTT\n\n0:01 --> 0:02\n왜가리\n")}
	r := open(t, createSearchable(t, src, Options{}))
	f, err := r.Find(Query{Text: "river", Limit: 9})
	if err != nil || len(f.Hits) != 1 || len(f.Hits[0].Others) != 1 {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestFindBehindMarkup: a page may begin with much that is no text. What was read of it is not taken for all of it.
func TestFindBehindMarkup(t *testing.T) {
	t.Parallel()
	src := memory{"a.html": {Item{Kind: KindPage, Type: "text/html; charset=utf-8", Title: "Animals"},
		[]byte("<p>One." + strings.Repeat(`<i class="`+strings.Repeat("x", 90)+`"></i>`, 1000) + "<p>A quick brown fox.")}}
	r := open(t, createSearchable(t, src, Options{}))
	f, err := r.Find(Query{Text: "fox", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s := f.Snippets(60); len(s) != 1 || !strings.Contains(s[0].Text, "brown fox") {
		t.Errorf("%+v", s)
	}
	f, err = r.Find(Query{Text: `"brown fox"`, Limit: 1})
	if err != nil || len(f.Hits) != 1 || f.Partial {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestFindNames: a title that is the name of the file counts for no more than that.
func TestFindNames(t *testing.T) {
	t.Parallel()
	src := memory{
		"images/mail-server.png": {Item{Kind: KindPicture, Type: "image/png", Title: "mail server"}, []byte("x")},
		"a.html": {Item{Kind: KindPage, Type: "text/html; charset=utf-8", Title: "How to set up a mail server at home"},
			[]byte("<p>A mail server. " + strings.Repeat("And more. ", 50))},
	}
	f, err := open(t, createSearchable(t, src, Options{})).Find(Query{Text: "mail server", Limit: 2})
	if err != nil || len(f.Hits) != 2 || f.Hits[0].Path != "a.html" {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestSnippetMarks(t *testing.T) {
	t.Parallel()
	r := open(t, createSearchable(t, shelf(), Options{}))
	f, err := r.Find(Query{Text: "boil", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := f.Snippets(40)[0]
	if !strings.Contains(s.Text, "Boil the water for ten") || len(s.Marks) != 1 ||
		s.Text[s.Marks[0].Start:s.Marks[0].End] != "Boil" {
		t.Errorf("%+v", s)
	}
}

func TestNoSearch(t *testing.T) {
	t.Parallel()
	styles := memory{"a.css": {Item{Kind: KindResource, Type: "text/css"}, []byte("p {}")}}
	for name, file := range map[string]string{
		"left out": create(t, shelf(), Options{}), "nothing to find": createSearchable(t, styles, Options{}),
		"empty": createSearchable(t, memory{}, Options{}),
	} {
		r := open(t, file)
		if _, err := r.Find(Query{Text: "water"}); !errors.Is(err, ErrNoSearch) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := open(t, createSearchable(t, shelf(), Options{}))
	if _, err := r.Find(Query{Text: " "}); !errors.Is(err, search.ErrQuery) {
		t.Errorf("an empty query: %v", err)
	}
	if _, err := r.Find(Query{Text: "a", From: "yesterday"}); err == nil {
		t.Error("no error for a date that is none")
	}
}

// TestSearchPlaces: the index lies behind the text wherever there is text, and items keep their places.
func TestSearchPlaces(t *testing.T) {
	t.Parallel()
	film := memory{"film.mp4": {Item{Kind: KindVideo, Type: "video/mp4", Title: "River"}, make([]byte, 3*ownMedia)}}
	for name, c := range map[string]struct {
		src  memory
		want []string
	}{
		"text and more": {sample(), []string{"p0001.zst", "s0001", "b0001", "m0001.png", "b0002", "m0002.mp4"}},
		"text alone":    {memory{"a.txt": {Item{Kind: KindText, Type: "text/plain"}, []byte("word")}}, []string{"p0001.zst", "s0001"}},
		"a film alone":  {film, []string{"s0001", "m0001.mp4"}},
	} {
		r := open(t, createSearchable(t, c.src, Options{}))
		var names []string
		for n := range r.aboutNumber("members") {
			m, err := r.member(uint32(n))
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, m.name)
		}
		if !slices.Equal(names, c.want) {
			t.Errorf("%s: %q, want %q", name, names, c.want)
		}
		report, err := r.Verify(t.Context(), VerifyOptions{Deep: true})
		if err != nil || report.Verdict != Unsigned {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
		for path, th := range c.src {
			e, err := r.Lookup(path)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := r.ReadItem(e, 1<<30); err != nil || !bytes.Equal(got, th.data) {
				t.Errorf("%s: %q: %v", name, path, err)
			}
		}
	}
}

// TestSearchDamage: a bit that turned in the index costs the words in its page, and says so; items are whole.
func TestSearchDamage(t *testing.T) {
	t.Parallel()
	src := shelf()
	var many strings.Builder // so that the index has many pages
	for i := range 20_000 {
		fmt.Fprintf(&many, "word%x ", uint32(i)*2654435761)
	}
	src["many.txt"] = thing{Item{Kind: KindText, Type: "text/plain; charset=utf-8", Title: "Many"}, []byte(many.String())}
	name := createSearchable(t, src, Options{Text: readsPDF, Signers: []sign.PrivateKey{testKey(t, 1)}})
	data, whole := read(t, name), open(t, name)
	m, err := whole.member(1)
	if err != nil || m.name != searchName {
		t.Fatal(m, err)
	}
	at := headSize + whole.manifest.index.size + m.offset
	end := at + m.size - search.TrailerSize
	data[at+m.size/2] ^= 1
	write(t, name, data)
	r := open(t, name)
	report, err := r.Verify(t.Context(), VerifyOptions{})
	if err != nil || report.Verdict != Changed || report.Reason != ReasonBlocks || len(report.Damaged) > 0 {
		t.Errorf("%+v, %v", report, err)
	}
	lost := 0
	words := append(strings.Fields(many.String())[:500], "boil", "heron", "vacuum", "filler", "needle", "salt", "dam", "ecology")
	for _, word := range words {
		switch f, err := r.Find(Query{Text: word, Limit: 9}); {
		case err != nil:
			t.Errorf("%s: %v", word, err)
		case f.Damage != nil:
			lost++
		case len(f.Hits) == 0:
			t.Errorf("%s is not found, and nobody says why", word)
		}
	}
	if lost == 0 || lost > len(words)/10 {
		t.Errorf("%d of %d words lost", lost, len(words))
	}
	data[at+m.size/2] ^= 1
	data[end+12] ^= 1 // the hash of the root, of which there is a copy
	write(t, name, data)
	if f, err := open(t, name).Find(Query{Text: "boil"}); err != nil || f.Damage != nil {
		t.Errorf("a damaged end: %v", err)
	}
}

// TestSearchCache: what was made before is not made again, and the same bytes come out, whatever was kept.
func TestSearchCache(t *testing.T) {
	t.Parallel()
	kept := &mapCache{m: map[[32]byte][]byte{}}
	o := Options{Text: readsPDF, Frames: kept}
	first := read(t, createSearchable(t, shelf(), o))
	alone := read(t, createSearchable(t, shelf(), Options{Text: readsPDF, Workers: 1}))
	again := read(t, createSearchable(t, shelf(), o))
	if !bytes.Equal(first, again) || !bytes.Equal(first, alone) {
		t.Error("other bytes with a cache, or with one worker")
	}
	if !bytes.Equal(read(t, createSearchable(t, shelf(), Options{Frames: kept})), read(t, createSearchable(t, shelf(), Options{}))) {
		t.Error("documents are found that nobody could read")
	}
	src := shelf()
	src["en/salt.html"] = thing{src["en/salt.html"].Item, []byte("<p>A badger.")}
	changed := read(t, createSearchable(t, src, o))
	if !bytes.Equal(changed, read(t, createSearchable(t, src, Options{Text: readsPDF}))) {
		t.Error("other bytes where frames are kept and the index is not")
	}
	for key := range maps.Clone(kept.m) {
		if len(kept.m[key]) < 4<<10 {
			delete(kept.m, key)
		}
	}
	if !bytes.Equal(changed, read(t, createSearchable(t, src, o))) {
		t.Error("other bytes where parts are kept")
	}
}

type mapCache struct {
	mu sync.Mutex
	m  map[[32]byte][]byte
}

func (c *mapCache) Get(key [32]byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.m[key])
}

func (c *mapCache) Put(key [32]byte, made []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[key] = bytes.Clone(made)
}

// TestC02SearchIndex: a signer who says something else than the truth of the search index gets an error.
func TestC02SearchIndex(t *testing.T) {
	t.Parallel()
	end := func(length uint32) []byte {
		return append(be.AppendUint32([]byte("satsrch\x01"), length), make([]byte, 32)...)
	}
	at := func(member uint32, end []byte) []byte {
		return append(binary.AppendUvarint(nil, uint64(member)), end...)
	}
	for name, value := range map[string][]byte{
		"nothing": {}, "half of it": at(ofStored, end(10)[:20]), "more": at(ofStored, append(end(10), 0)),
		"of a pack": at(ofFrames, end(10)), "of no member": at(77, end(10)), "of member 2^32-1": at(1<<32-1, end(10)),
		"of no length": at(ofStored, end(0)), "of 4 GB": at(ofStored, end(1<<32-1)), "longer than the member": at(ofStored, end(1<<30)),
		"of other content": at(ofStored, end(100)), "of a later format": at(ofStored, []byte("satsrch\x02"+string(make([]byte, 36)))),
	} {
		f := forge(t)
		f.set([]byte{keySearch}, value)
		f.try(t)
		data := f.zip(t)
		r, err := NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		if found, err := r.Find(Query{Text: "a"}); err == nil {
			t.Errorf("%s: found %+v", name, found)
		}
		if e, err := r.Lookup("a.html"); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if _, err := r.ReadItem(e, 1<<30); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
