package viewer

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"satchel/bundle"
	"satchel/bundle/search"
)

const (
	hitsPerPage  = 10
	snippetBytes = 240 // about
	maxAlso      = 6   // translations that a hit leads to
	maxSuggested = 8
)

// A piece is a part of a text, which may be a word that was searched for.
type piece struct {
	Text   string
	Marked bool
}

// pieces cuts a text, which a stranger wrote, at its marks.
func pieces(text string, marks []search.Range) (list []piece) {
	at := 0
	add := func(end int, marked bool) {
		if end > at {
			list = append(list, piece{plain(strings.ReplaceAll(text[at:end], "\n", " ")), marked})
			at = end
		}
	}
	for _, m := range marks {
		add(m.Start, false)
		add(m.End, true)
	}
	add(len(text), false)
	return list
}

// A searchPage shows what a query has found.
type searchPage struct {
	*page
	inquiry inquiry
	Note    string // the message that stands for what was found, or empty

	Count      string // of what was found, translations taken together
	Corrected  string
	Relaxed    bool
	Partial    bool
	Damaged    bool
	Unsearched string // the titles of bundles that cannot be searched
	Rows       []row
	Active     []option // what narrows the query: each leads to where it does not
	Volumes    []option
	Kinds      []option
	Tongues    []option
	Sections   []option
	Dated      bool   // there are dates to narrow by
	Within     string // proves to the form for dates which search it belongs to
	BadDate    bool
	All        string // the address of the query with nothing that narrows it, or empty
	Before     string
	Next       string
}

// An answer is what a query has found in one bundle.
type answer struct {
	volume *volume
	found  *bundle.Found
}

// ask takes what was typed: a query, the dates to narrow one by, or the beginning of a query, to be gone on with.
func (v *Viewer) ask(p *page, form url.Values) *Response {
	if form.Has("typed") {
		return v.suggest(form.Get("typed"))
	}
	s := inquiry{id: v.queries.keep(form.Get("q"))}
	if to, ok := v.sealer.open(form.Get("within")); ok && to.view == viewSearch {
		s = parseInquiry(to.text)
		s.from, s.to = typedDate(form.Get("from")), typedDate(form.Get("to"))
	}
	return redirect(p.search(s))
}

// search is the address of what an inquiry finds.
func (p *page) search(s inquiry) string {
	return p.addressIn(p.viewer.volumes[0], viewSearch, s.String())
}

// search answers with what an inquiry finds.
func (v *Viewer) search(p *page, s inquiry) *Response {
	h := &searchPage{page: p, inquiry: s, BadDate: s.badDate()}
	h.self, _ = v.sealer.seal(target{viewSearch, 0, s.String()})
	if p.from >= search.MaxResults {
		p.from = 0
	}
	volumes := v.volumes
	if len(volumes) > 1 {
		p.volume = nil
	}
	if n, err := strconv.Atoi(s.volume); err == nil && n >= 0 && n < len(volumes) {
		p.volume = volumes[n]
		volumes = volumes[n : n+1]
	}
	h.fill(volumes)
	return p.show(200, "search", h)
}

// fill asks the bundles, and shows the page of their hits that is due.
func (h *searchPage) fill(volumes []*volume) {
	var ok bool
	if h.asked, ok = h.viewer.queries.get(h.inquiry.id); !ok {
		if h.Note = "search.empty"; h.inquiry.id != "" {
			h.Note = "search.gone"
		}
		return
	}
	first, end := int(h.from), min(int(h.from)+hitsPerPage, search.MaxResults)
	h.Unsearched = h.unsearched(volumes)
	answers := h.find(h.inquiry, volumes, end+1)
	if h.Note != "" {
		return
	}
	var total, groups, known int
	for _, a := range answers {
		total += a.found.Total
		groups, known = groups+a.found.Groups, known+len(a.found.Hits)
		h.Corrected = cmp.Or(h.Corrected, a.found.Corrected)
		h.Relaxed = h.Relaxed || a.found.Relaxed
		h.Partial = h.Partial || a.found.Partial
	}
	if h.Corrected != "" {
		h.Corrected = isolate(h.Corrected)
	}
	if h.Count = h.num(groups); h.Partial {
		h.Count = h.num(known) + "+"
	}
	if total > 0 || h.inquiry.narrowed() {
		h.choose(answers, volumes)
	}
	more := h.show(answers, first, end)
	if first > 0 {
		h.Before = h.search(h.inquiry)
		if first > hitsPerPage {
			h.Before = from(h.Before, uint32(first-hitsPerPage))
		}
	}
	if more && end < search.MaxResults {
		h.Next = from(h.search(h.inquiry), uint32(end))
	}
}

// Choices says whether there is something to narrow the query by.
func (h *searchPage) Choices() bool {
	return (len(h.Rows) > 0 || len(h.Active) > 0 || h.BadDate) &&
		(len(h.Volumes)+len(h.Kinds)+len(h.Tongues)+len(h.Sections) > 0 || h.Dated)
}

// find asks each bundle for its best hits.
func (h *searchPage) find(s inquiry, volumes []*volume, limit int) (answers []answer) {
	if s.badDate() {
		s.from, s.to = "", ""
	}
	q := bundle.Query{Text: h.asked, Language: h.lang.tag, Filter: s.filter(), From: s.from, To: s.to, Limit: limit,
		Documents: h.viewer.options.Documents}
	for _, vol := range volumes {
		found, err := vol.r.Find(q)
		switch {
		case errors.Is(err, search.ErrQuery):
			h.Note = "search.empty"
			return nil
		case errors.Is(err, bundle.ErrNoSearch):
			continue
		case err != nil:
			h.met(vol, err)
			continue
		}
		if found.Damage != nil {
			h.met(vol, found.Damage)
		}
		answers = append(answers, answer{vol, found})
	}
	return answers
}

// unsearched names those of some bundles that have no search index.
func (p *page) unsearched(volumes []*volume) string {
	var titles []string
	for _, vol := range volumes {
		if !vol.r.HasSearch() {
			title, _ := vol.title(p.lang.tag)
			titles = append(titles, isolate(cmp.Or(title, p.T("untitled"))))
		}
	}
	return strings.Join(titles, ", ")
}

// met notes what a search could not read: it counts for the verdict, and the page says so.
func (h *searchPage) met(vol *volume, err error) {
	h.Damaged = true
	h.in(vol).diagnose(err)
}

// in is the page as one of a bundle's.
func (p *page) in(vol *volume) *page {
	one := *p
	one.volume = vol
	return &one
}

// show puts the hits from first up to end on the page, the best of all bundles first, and says whether more follow.
func (h *searchPage) show(answers []answer, first, end int) (more bool) {
	type hit struct {
		in int
		bundle.Hit
	}
	var hits []*hit // pointers share the code that sorts with others
	for i, a := range answers {
		for _, b := range a.found.Hits {
			hits = append(hits, &hit{i, b})
		}
		a.found.Hits = nil
	}
	slices.SortStableFunc(hits, func(a, b *hit) int { return cmp.Compare(b.Score, a.Score) })
	more = len(hits) > end
	hits = hits[min(first, len(hits)):min(end, len(hits))]
	for _, b := range hits {
		f := answers[b.in].found
		f.Hits = append(f.Hits, b.Hit)
	}
	snippets := make([][]bundle.Snippet, len(answers))
	for i, a := range answers {
		snippets[i] = a.found.Snippets(snippetBytes)
	}
	shown := map[string]bool{}
	for _, b := range hits {
		w := h.hitRow(answers[b.in], b.Hit, snippets[b.in][0])
		snippets[b.in] = snippets[b.in][1:]
		if !shown[w.Address] { // a film and its captions lead to the same page
			h.Rows = append(h.Rows, w)
		}
		shown[w.Address] = true
	}
	tellApart(h.Rows)
	return more
}

// hitRow is a row for what was found. Captions lead to what they belong to.
func (h *searchPage) hitRow(a answer, b bundle.Hit, s bundle.Snippet) row {
	p, e := h.in(a.volume), b.Entry
	film, ok := a.volume.r.Recording(e)
	if ok {
		e = film
	}
	w := p.row(e)
	if cover, ok := a.volume.cover(e); ok {
		w.Thumb = p.image(cover)
	}
	w.Address = p.spot(spot{path: e.Path, trail: trail{found: h.inquiry}})
	w.Marked = pieces(w.Title, a.found.Marks(w.Title))
	w.Snippet, w.SnippetTag = pieces(s.Text, s.Marks), b.Language
	if ok {
		w.Size, w.Captions = "", h.T("captions")
		w.Language, w.LanguageTag = languageName(b.Language), e.Language
	}
	if h.several() && h.inquiry.volume == "" {
		w.Volume, w.VolumeTag = a.volume.title(h.lang.tag)
		w.Volume = cmp.Or(w.Volume, h.T("untitled"))
	}
	w.Also, w.AlsoIn = p.also(b, maxAlso, func(path string) string { return p.spot(spot{path: path}) }), h.T("search.also")
	return w
}

// also are the translations of a hit, up to most: the first in each other language. What goes with it and has the same
// language is named by its title, or it would be nowhere. address is where each leads, or nil where they are only named.
func (p *page) also(b bundle.Hit, most int, address func(path string) string) (list []option) {
	shown := []string{p.shownAs(b.Entry).Path}
	seen := []string{""}
	for _, id := range b.Others {
		if len(list) == most {
			break
		}
		e, err := p.volume.r.Entry(id)
		if err != nil || slices.Contains(seen, e.Language) {
			continue
		}
		film := p.shownAs(e)
		o := option{Label: languageName(e.Language), Tag: e.Language}
		switch {
		case e.Language != b.Language:
			seen = append(seen, e.Language)
		case slices.Contains(shown, film.Path):
			continue
		default:
			o.Label = titleOf(film)
		}
		if address != nil {
			o.Address = address(film.Path)
		}
		shown = append(shown, film.Path)
		list = append(list, o)
	}
	return list
}

// shownAs is what an item is seen in: captions in their film.
func (p *page) shownAs(e bundle.Entry) bundle.Entry {
	if film, ok := p.volume.r.Recording(e); ok {
		return film
	}
	return e
}

// A tally is how many of the items found there are of each value to narrow by.
type tally struct{ volumes, kinds, languages, sections []bundle.Count }

// count counts what was found. What cannot be counted is not offered.
func (h *searchPage) count(answers []answer) (t tally) {
	for _, a := range answers {
		t.volumes = append(t.volumes, bundle.Count{Name: strconv.Itoa(a.volume.number), Items: int64(a.found.Total)})
		kinds, languages, sections, err := a.found.Counts()
		if err != nil {
			h.met(a.volume, err)
		}
		t.kinds, t.languages = add(t.kinds, kinds), add(t.languages, languages)
		t.sections = sections // of use where only one bundle is asked
	}
	slices.SortStableFunc(t.languages, func(a, b bundle.Count) int { return cmp.Compare(b.Items, a.Items) })
	return t
}

func add(sum, more []bundle.Count) []bundle.Count {
	for _, c := range more {
		if i := slices.IndexFunc(sum, func(s bundle.Count) bool { return s.Name == c.Name }); i >= 0 {
			sum[i].Items += c.Items
		} else {
			sum = append(sum, c)
		}
	}
	return sum
}

// choose offers what a query can be narrowed by. The numbers beside the values of one kind are those without the choice
// among them that was made.
func (h *searchPage) choose(answers []answer, volumes []*volume) {
	own, s := h.count(answers), h.inquiry
	without := func(set func(*inquiry, string), volumes []*volume) tally {
		wider := s
		if set(&wider, ""); wider == s {
			return own
		}
		return h.count(h.find(wider, volumes, 0))
	}
	if s.narrowed() {
		h.All = h.search(inquiry{id: s.id})
	}
	setVolume := func(s *inquiry, value string) { s.volume, s.section = value, "" }
	h.Volumes = h.options(without(setVolume, h.viewer.volumes).volumes, s.volume, "library", setVolume, func(n string) option {
		i, _ := strconv.Atoi(n)
		title, tag := h.viewer.volumes[i].title(h.lang.tag)
		return option{Label: cmp.Or(title, h.T("untitled")), Tag: tag}
	})
	setKind := func(s *inquiry, value string) { s.kind = value }
	h.Kinds = h.options(without(setKind, volumes).kinds, s.kind, "all", setKind, func(kind string) option {
		return option{Label: h.kinds(bundle.Kind(kind))}
	})
	setLanguage := func(s *inquiry, value string) { s.language = value }
	h.Tongues = h.options(without(setLanguage, volumes).languages, s.language, "all.languages", setLanguage, func(tag string) option {
		return option{Label: languageName(tag), Tag: tag}
	})
	if len(volumes) == 1 {
		setSection := func(s *inquiry, value string) { s.section = value }
		sections, _ := volumes[0].r.Sections()
		h.Sections = h.options(without(setSection, volumes).sections, s.section, "all", setSection, func(n string) option {
			i, _ := strconv.Atoi(n)
			if i >= len(sections) {
				return option{Label: h.num(i + 1)}
			}
			name := sections[i].Name.For(h.lang.tag)
			return option{Label: plain(name.Text), Tag: name.Language}
		})
	}
	h.dates(volumes)
}

// kinds is what several items of a kind are called.
func (p *page) kinds(k bundle.Kind) string {
	switch k {
	case bundle.KindCaptions:
		return p.T("captions")
	case bundle.KindResource:
		return p.T("kind.resource")
	}
	return p.T("kinds." + string(k))
}

// options are the values to narrow by, behind all of them together. Where there is nothing to choose there are none.
func (h *searchPage) options(counts []bundle.Count, current, all string, set func(*inquiry, string), name func(string) option) []option {
	if current == "" && len(counts) < 2 {
		return nil
	}
	to := func(value string) string {
		s := h.inquiry
		set(&s, value)
		return h.search(s)
	}
	if !slices.ContainsFunc(counts, func(c bundle.Count) bool { return c.Name == current }) && current != "" {
		counts = append(counts, bundle.Count{Name: current})
	}
	list := []option{{Label: h.T(all), Address: to(""), Current: current == ""}}
	for _, c := range counts[:min(len(counts), chipsShown)] {
		o := name(c.Name)
		o.Address, o.Shown, o.Current = to(c.Name), h.num(c.Items), c.Name == current
		list = append(list, o)
		if o.Current {
			h.Active = append(h.Active, option{Label: o.Label, Tag: o.Tag, Address: to("")})
		}
	}
	return list
}

// dates offers to narrow by dates where there are any: items without them come last.
func (h *searchPage) dates(volumes []*volume) {
	for _, vol := range volumes {
		first, _, _, err := vol.r.List(bundle.Filter{}, 0, 1)
		h.Dated = h.Dated || err == nil && len(first) > 0 && first[0].Date != ""
	}
	h.Within = h.self
	if h.inquiry.from == "" && h.inquiry.to == "" {
		return
	}
	if h.Dated = true; h.BadDate {
		return
	}
	s := h.inquiry
	s.from, s.to = "", ""
	h.Active = append(h.Active, option{Label: h.lang.date(h.inquiry.from + " – " + h.inquiry.to), Address: h.search(s)})
}

// DateFrom and DateTo are the dates that the query is narrowed by, in the reader's digits.
func (h *searchPage) DateFrom() string { return h.lang.date(h.inquiry.from) }

// DateTo is the last of them.
func (h *searchPage) DateTo() string { return h.lang.date(h.inquiry.to) }

// suggest answers with ways to go on with what is being typed, one a line.
func (v *Viewer) suggest(typed string) *Response {
	var all [][]string
	for _, vol := range v.volumes {
		if x, err := vol.r.Search(); err == nil {
			all = append(all, x.Suggest(strings.TrimLeft(legible(typed), " "), maxSuggested))
		}
	}
	var list []string
	for i := range maxSuggested {
		for _, words := range all {
			if i < len(words) && !slices.Contains(list, plain(words[i])) {
				list = append(list, plain(words[i]))
			}
		}
	}
	return whole(200, wordsHeader, []byte(strings.Join(list[:min(len(list), maxSuggested)], "\n")))
}
