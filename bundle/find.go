package bundle

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"satchel/bundle/internal/tree"
	"satchel/bundle/plain"
	"satchel/bundle/search"
)

// ErrNoSearch says that a bundle has no search index: it was packed without one, or has nothing to find.
var ErrNoSearch = errors.New("the bundle has no search index")

// A Query is what a reader asks of a bundle.
type Query struct {
	// Text has words, "phrases", -words that must not be there, and begin* for words that begin so.
	Text     string
	Language string // the reader's, a BCP 47 tag: items in it come first, or else those in the bundle's language, or in English
	Typing   bool   // the reader is not done with the last word
	Filter   Filter
	// From and To are the first and the last date of items to find: YYYY, YYYY-MM or YYYY-MM-DD, or empty.
	From, To      string
	Offset, Limit int // which of the hits to return: at most search.MaxResults in all
	// Documents reads those that package plain does not, to find phrases and words in them to show. It may be nil.
	Documents TextReader
}

// A Hit is an item that a query has found. Others are its translations, as far as the query has found them, too.
type Hit struct {
	Entry
	Others []uint32
	Score  float64 // above 0; comparable between bundles
}

// A Found is what a query has found.
type Found struct {
	*search.Result
	Hits []Hit

	r *Reader
	q *Query

	documents atomic.Int64 // that were read to find phrases
}

// maxDocuments is how many documents a query reads to find phrases in them: each may take long.
const maxDocuments = 20

// Search returns the index of the words in the bundle, whose documents are the ids of entries. It is read when it
// is first asked for, and fails with ErrNoSearch, or with one that wraps ErrDamaged, ErrMissing or ErrFormat.
func (r *Reader) Search() (*search.Index, error) {
	r.searching.Lock()
	defer r.searching.Unlock()
	if r.words != nil {
		return r.words, nil
	}
	x, err := r.openSearch()
	if err != nil {
		return nil, err
	}
	r.words = x
	return x, nil
}

// HasSearch says whether there is a search index, as far as the index tells.
func (r *Reader) HasSearch() bool {
	_, ok, err := r.get([]byte{keySearch})
	return ok && err == nil
}

// openSearch trusts the end of the index, which stands in the index of the bundle, too. It names what is before by
// hashes, so that a query need not read whole blocks.
func (r *Reader) openSearch() (*search.Index, error) {
	value, ok, err := r.get([]byte{keySearch})
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrNoSearch
	}
	number, end, err := parseSearch(value)
	if err != nil {
		return nil, err
	}
	m, err := r.member(number)
	if err != nil {
		return nil, err
	}
	raw := r.store.file(m.name, headSize+r.manifest.index.size+m.offset, m.size)
	x, err := search.Open(&searchFile{retrying{raw}, m.size, end}, m.size)
	switch {
	case errors.Is(err, search.ErrVersion):
		return nil, fmt.Errorf("%w: the search index: %w", ErrNewer, err)
	case errors.Is(err, tree.ErrMissing):
		return nil, fmt.Errorf("%w: the search index: %w", ErrMissing, err)
	case err != nil:
		return nil, fmt.Errorf("%w: the search index: %w", ErrDamaged, err)
	}
	return x, nil
}

// parseSearch reads which member is the search index, and its end.
func parseSearch(value []byte) (member uint32, end []byte, err error) {
	d := &decoder{b: value}
	member, end = d.uint32(), d.bytes(search.TrailerSize)
	return member, end, d.done("search index")
}

// A searchFile is a search index as it lies, with an end that is signed.
type searchFile struct {
	raw  io.ReaderAt
	size int64
	end  []byte
}

func (s *searchFile) ReadAt(p []byte, off int64) (int, error) {
	if from := off - (s.size - int64(len(s.end))); from >= 0 && from < int64(len(s.end)) {
		if n := copy(p, s.end[from:]); n < len(p) {
			return n, io.EOF
		}
		return len(p), nil
	}
	return s.raw.ReadAt(p, off)
}

// Find answers a query. It fails as Search does, with search.ErrQuery where nothing is asked for, and with what
// cannot be read of the catalogue. What cannot be read of the search index is missing, and Damage says so: it
// wraps ErrDamaged, ErrMissing or ErrFormat.
func (r *Reader) Find(q Query) (*Found, error) {
	x, err := r.Search()
	if err != nil {
		return nil, err
	}
	f := &Found{r: r, q: &q}
	want := search.Query{
		Text: q.Text, Language: q.Language, Typing: q.Typing, Offset: q.Offset, Limit: q.Limit, Content: f.text,
	}
	wanted := q.Filter.Kinds
	if slices.Contains(wanted, KindVideo) || slices.Contains(wanted, KindSound) {
		q.Filter.Kinds = append(slices.Clone(wanted), KindCaptions) // they say what is said in a recording
	}
	var failed firstError
	if want.Filter, err = r.filter(&q, &failed); err != nil {
		return nil, err
	}
	for _, language := range []string{q.Language, r.about["language"], "en"} {
		if want.Prefer, err = r.inLanguage(language, &failed); want.Prefer != nil || err != nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	f.Result, err = x.Search(want)
	if err := errors.Join(err, failed.get()); err != nil {
		return nil, err
	}
	if f.Damage != nil {
		f.Damage = indexError(f.Damage)
	}
	for _, h := range f.Result.Hits {
		e, err := r.entry(h.Doc)
		if err != nil {
			f.Damage = cmp.Or(f.Damage, err)
			continue
		}
		if e.Kind == KindCaptions && len(wanted) > 0 && !slices.Contains(wanted, KindCaptions) {
			if rec, ok := r.Recording(e); !ok || !slices.Contains(wanted, rec.Kind) {
				continue
			}
		}
		f.Hits = append(f.Hits, Hit{e, h.More, h.Score})
	}
	return f, nil
}

// recordings are the endings of films and recordings, in the order in which they are looked for.
var recordings = func() (list []string) {
	for _, mediaType := range slices.Sorted(maps.Keys(extensions)) {
		if strings.HasPrefix(mediaType, "video/") || strings.HasPrefix(mediaType, "audio/") {
			list = append(list, extensions[mediaType])
		}
	}
	slices.Reverse(list) // films first
	return list
}()

// Recording returns the film or recording that captions lie beside: of film.ko.vtt that is film.mp4.
func (r *Reader) Recording(captions Entry) (recording Entry, ok bool) {
	if captions.Kind != KindCaptions {
		return Entry{}, false
	}
	name := strings.TrimSuffix(captions.Path, path.Ext(captions.Path))
	for _, name := range []string{name, strings.TrimSuffix(name, path.Ext(name))} { // the second without the language
		for _, ending := range recordings {
			e, err := r.Lookup(name + ending)
			if err == nil && (e.Kind == KindVideo || e.Kind == KindSound) {
				return e, true
			}
		}
	}
	return Entry{}, false
}

// has says whether an id is in a set that is asked in ascending order. What cannot be read is an error, and in none.
func has(set ids, failed *firstError) func(id uint32) bool {
	return func(id uint32) bool {
		got, ok, err := set.seek(id)
		if err != nil && !errors.Is(err, errSteps) {
			failed.note(err)
		}
		return ok && err == nil && got == id
	}
}

// filter is what lets through the items that a query is about, or nil for all.
func (r *Reader) filter(q *Query, failed *firstError) (func(id uint32) bool, error) {
	var all intersection
	if chosen, ok := r.ids(q.Filter).(*intersection); ok {
		all.sets = chosen.sets
	}
	if q.From != "" || q.To != "" {
		dates, err := r.between(q.From, q.To)
		if err != nil {
			return nil, err
		}
		all.sets = append(all.sets, dates)
	}
	if len(all.sets) == 0 {
		return nil, nil
	}
	var tests []func(uint32) bool
	for _, s := range all.sets {
		tests = append(tests, has(s, failed))
	}
	return func(id uint32) bool {
		return !slices.ContainsFunc(tests, func(test func(uint32) bool) bool { return !test(id) })
	}, nil
}

// inLanguage is what tells the items in a language, whatever the country, or nil where there are none.
func (r *Reader) inLanguage(tag string, failed *firstError) (func(id uint32) bool, error) {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	counts, err := r.Languages()
	if err != nil || primary == "" {
		return nil, err
	}
	var sets union
	for _, c := range counts {
		if p, _, _ := strings.Cut(strings.ToLower(c.Name), "-"); p == primary {
			sets = append(sets, r.list(byLanguage, c.Name))
		}
	}
	if len(sets) == 0 {
		return nil, nil
	}
	return has(sets, failed), nil
}

// between is the items with dates from one to another. Dates descend with the ids, so they are a run.
func (r *Reader) between(from, to string) (ids, error) {
	for _, date := range []string{from, to} {
		if date != "" && !IsDate(date) {
			return nil, fmt.Errorf("date %q: use YYYY-MM-DD, YYYY-MM or YYYY", clip(date))
		}
	}
	var first int64
	if to != "" {
		var err error
		first, err = r.firstDated(func(date string) bool { return date == "" || date[:min(len(date), len(to))] <= to })
		if err != nil {
			return nil, err
		}
	}
	behind, err := r.firstDated(func(date string) bool { return date == "" || date < from })
	return span{first, behind}, err
}

// firstDated is the first id whose item's date is as asked, which holds for all behind it.
func (r *Reader) firstDated(is func(date string) bool) (int64, error) {
	low, high := int64(0), r.Len()
	for low < high {
		mid := (low + high) / 2
		e, err := r.entry(uint32(mid))
		if err != nil {
			return 0, err
		}
		if is(e.Date) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low, nil
}

// A span is the ids from one on, up to another that is not in it.
type span struct{ first, behind int64 }

func (s span) seek(id uint32) (uint32, bool, error) {
	at := max(int64(id), s.first)
	return uint32(at), at < s.behind, nil
}

// Counts returns how many of the items found there are of each kind, in each language and in each section, as far as
// there are any; sections by their numbers.
func (f *Found) Counts() (kinds, languages, sections []Count, err error) {
	var values []string
	for _, k := range Kinds {
		values = append(values, string(k))
	}
	kinds, err = f.count(byKind, values)
	all, err2 := f.r.Languages()
	values = nil
	for _, c := range all {
		values = append(values, c.Name)
	}
	languages, err3 := f.count(byLanguage, values)
	values = nil
	for n := range f.r.sections() {
		values = append(values, sectionNumber(n))
	}
	sections, err4 := f.count(bySection, values)
	return kinds, languages, sections, errors.Join(err, err2, err3, err4)
}

func (f *Found) count(d dimension, values []string) (counts []Count, err error) {
	for _, v := range values {
		n, err := f.r.list(d, v).common(f.Result.Found)
		if err != nil {
			return counts, err
		}
		if n > 0 {
			counts = append(counts, Count{v, n})
		}
	}
	return counts, nil
}

// common is how many of some ids, which ascend, are in a list. It takes them a run at a time.
func (l *list) common(some []uint32) (n int64, err error) {
	for len(some) > 0 {
		first, ok, err := l.seek(some[0])
		if err != nil || !ok {
			return n, err
		}
		last := l.runs[l.floor(first)].last
		from, _ := slices.BinarySearch(some, first)
		to, found := slices.BinarySearch(some, last)
		if found {
			to++
		}
		n += int64(to - from)
		some = some[to:]
	}
	return n, nil
}

// text is what an item says and what is said of it, for phrases: what the index is made of. A long text is cut.
func (f *Found) text(id uint32) (string, error) {
	e, err := f.r.entry(id)
	if err != nil {
		return "", err
	}
	if (e.Kind == KindDocument || e.Kind == KindBook) && f.documents.Add(1) > maxDocuments {
		return saidOf(e, ""), search.ErrCut
	}
	text, whole, err := f.read(e, maxShown, f.r.cachedBlock)
	if err == nil && !whole {
		err = search.ErrCut
	}
	return saidOf(e, text), err
}

// saidOf is what is said of an item, and what it says.
func saidOf(e Entry, text string) string {
	return strings.Join([]string{e.Title, nameOf(e.Path), e.Tags, e.Summary, e.Byline, text}, "\n")
}

// markupShare is how much longer than its text, in bytes, a page may be that is read for the beginning of it.
const markupShare = 5

// Text returns up to about limit bytes of what an item says, without markup, a line for each paragraph. Documents that
// package plain does not read are read by more, which may be nil. An item without text says nothing.
func (r *Reader) Text(e Entry, limit int, more TextReader) (string, error) {
	text, _, err := r.textOf(e, limit, more, r.cachedBlock)
	return text, err
}

// textOf is Text, of blocks that get returns. It tells whether the item says no more than that.
func (r *Reader) textOf(
	e Entry, limit int, more TextReader, get func(blockID) (*cachedBlock, error),
) (text string, whole bool, err error) {
	var b strings.Builder
	take := func(text string) bool {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(text)
		return b.Len() < limit
	}
	content := r.Content(e)
	var damage error
	checked := readerFunc(func(p []byte, off int64) (int, error) {
		n, err := content.readAt(p, off, get)
		if err != nil && !errors.Is(err, io.EOF) {
			damage = err
		}
		return n, err
	})
	size := e.Size
	if e.Kind != KindBook && plain.Reads(e.Type) {
		size = min(size, int64(limit)*markupShare)
	}
	readText(checked, size, e.Type, more, func(part plain.Part, text string) bool {
		return part == plain.Title || take(text)
	})
	return b.String(), b.Len() < limit && size == e.Size, damage
}

// readText yields the text of content, read by package plain or by more. What cannot be read says nothing.
func readText(r io.ReaderAt, size int64, mediaType string, more TextReader, yield func(plain.Part, string) bool) {
	err := plain.Text(r, size, mediaType, yield)
	if errors.Is(err, plain.ErrNoText) && more != nil {
		base, _, _ := strings.Cut(mediaType, ";")
		_ = more(r, size, base, func(text string) bool { return yield(plain.Body, text) })
	}
}

type readerFunc func(p []byte, off int64) (int, error)

func (f readerFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }
