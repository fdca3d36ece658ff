package viewer

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"satchel/bundle"
	"satchel/viewer/message"
)

// How much a page lists. What follows is a link away.
const (
	itemsPerPage = 50
	foldersShown = 60
	chipsShown   = 80
)

// A shelf is what a home page is reduced to. The zero value is all that is for
// reading by itself.
type shelf struct {
	kind     bundle.Kind
	language string
	folder   string
	section  string // its number
	after    string // the folder behind which the list of folders goes on
}

// String writes a shelf for an address. No field can have a line feed in it.
func (s shelf) String() string {
	return strings.Join([]string{string(s.kind), s.language, s.folder, s.section, s.after}, "\n")
}

// parseShelf reads what String wrote, or nothing.
func parseShelf(text string) shelf {
	f := strings.Split(text, "\n")
	if len(f) != 5 {
		return shelf{}
	}
	return shelf{bundle.Kind(f[0]), f[1], f[2], f[3], f[4]}
}

// number is that of the section that the shelf is reduced to, or bundle.NoSection.
func (s shelf) number() int {
	if n, err := strconv.Atoi(s.section); err == nil {
		return n
	}
	return bundle.NoSection
}

// ordered says whether the shelf shows a section as it was put in order.
func (s shelf) ordered() bool { return s.section != "" && s.language == "" && s.folder == "" }

// readable are the kinds that somebody looks for by themselves.
var readable = []bundle.Kind{
	bundle.KindPage, bundle.KindText, bundle.KindDocument, bundle.KindBook,
	bundle.KindSound, bundle.KindVideo, bundle.KindFile,
}

// filter returns what a shelf shows. Pictures are mostly parts of pages: they are shown when asked
// for, or when there is nothing else.
func (vol *volume) filter(s shelf) bundle.Filter {
	f := bundle.Filter{Folder: s.folder, Kinds: readable}
	if n := s.number(); n >= 0 {
		f.Sections = []int{n}
	}
	if s.language != "" {
		f.Languages = []string{s.language}
	}
	if s.kind != "" {
		f.Kinds = []bundle.Kind{s.kind}
	} else if !vol.any(f) {
		f.Kinds = []bundle.Kind{bundle.KindPicture}
	}
	return f
}

// isGallery says whether a filter chooses pictures, and so what it chooses is shown as pictures.
func isGallery(f bundle.Filter) bool { return len(f.Kinds) == 1 && f.Kinds[0] == bundle.KindPicture }

// A row is an item in a list.
type row struct {
	facts
	Title, Address, Kind, KindName, Language, LanguageTag, Size, Folder string
	Thumb                                                               *image // what stands for it, or nil
	Number                                                              string // of the item, where others look like it
	number                                                              string // the same, wherever it stands
	Broken                                                              string // damaged or missing, or empty

	// Of what was found: the title and a part of the text, with the words that were searched for.
	Marked, Snippet   []piece
	SnippetTag        string
	Captions          string   // says that the part is of captions
	Volume, VolumeTag string   // the title of the bundle, where there are several
	Also              []option // translations
	AlsoIn            string
}

// A homePage lists what is in a bundle.
type homePage struct {
	*page
	Section  bool // the heading is that of a section, or of a folder
	Up       option
	Sections []sectionCard
	Heading  string
	Language string // of the heading
	About    bundle.Phrase
	Info     bundle.Info
	Issued   string
	Newer    uint32 // a newer issue that is open, too, or 0
	Verdict  verdict
	Signer   string // the fingerprint of a publisher whom the reader knows, in their digits, or empty
	Begin    string // the address of the bundle's own first page, or empty
	Kinds    []option
	Tongues  []option
	Crumbs   []option
	Folders  []option
	More     string // the address of more folders
	Rows     []row
	Gallery  bool   // the rows are pictures
	Print    string // the address of the list as a handout, or empty
	First    string // the address of the first items, where these are not
	Next     string
	Total    string // how many items there are, or empty
	Together bool   // there are rows that stand for several items

	Bundle string        // its title, and
	Parts  []handoutPart // what is printed, where the page is a handout
}

// A sectionCard leads to a section.
type sectionCard struct {
	option
	Cover *image // what stands for it, or nil
}

func (v *Viewer) home(p *page, s shelf) *Response {
	h := &homePage{page: p, Info: p.volume.info}
	h.About = phrase(p.volume.about.Description, p.lang.tag)
	h.About.Text = plain(h.About.Text)
	h.Newer = v.newerIssue(p.volume)
	h.name(s)
	if err := h.fill(s); err != nil {
		code, key := p.diagnose(err)
		return p.problem(code, key, shellHeader)
	}
	h.Verdict = p.verdict(p.volume) // after all was read that may be damaged
	if h.Verdict.Signed == bundle.Trusted {
		h.Signer = h.Verdict.Publisher.Fingerprint().Format(p.lang.numerals)
	}
	return p.show(200, "home", h)
}

// name puts the name of the bundle over a page, of a section over the section's, and of a folder over the folder's.
func (h *homePage) name(s shelf) {
	h.Heading, h.Language = h.volume.title(h.lang.tag)
	h.Issued = h.lang.date(h.Info.Date)
	if h.Heading == "" {
		h.Heading, h.Language = h.T("untitled"), h.lang.tag
	}
	name := h.volume.sectionName(s.number(), h.lang.tag)
	if name.Text == "" && s.folder != "" {
		name.Text = plain(path.Base(s.folder))
	}
	if name.Text == "" {
		return
	}
	h.Up = option{Label: h.Heading, Tag: h.Language, Address: h.home()}
	h.Heading, h.Language, h.Section, h.About = name.Text, name.Language, true, bundle.Phrase{}
}

func (h *homePage) fill(s shelf) error {
	kinds, err := h.volume.r.Kinds()
	if err != nil {
		return err
	}
	h.self = h.bare(viewHome, s.String())
	h.Kinds = h.kindOptions(s, kinds)
	if s == (shelf{}) && h.from == 0 {
		h.fillSections()
	}
	if err := h.fillLanguages(s); err != nil {
		return err
	}
	if err := h.fillFolders(s); err != nil {
		return err
	}
	list := h.listing(s)
	h.Total = h.count(list.filter)
	if s == (shelf{}) && h.from == 0 {
		h.findStart()
	}
	return h.fillRows(list)
}

// fillSections offers the sections, each with a picture that stands for it.
func (h *homePage) fillSections() {
	for n, sec := range h.volume.sections() {
		if sec.Items == 0 {
			continue
		}
		name := h.volume.sectionName(n, h.lang.tag)
		c := sectionCard{option: option{Label: name.Text, Tag: name.Language, Shown: h.num(sec.Items),
			Address: h.address(viewHome, shelf{section: sectionNumber(n)}.String())}}
		if cover, ok := h.sectionCover(n, sec); ok {
			c.Cover = h.image(cover)
		}
		h.Sections = append(h.Sections, c)
	}
}

// sectionCover is the picture that stands for a section: that which its maker named, or else that of the
// first item with one.
func (h *homePage) sectionCover(n int, sec bundle.Section) (bundle.Entry, bool) {
	if sec.Cover != "" {
		e, err := h.volume.r.Lookup(sec.Cover)
		if err != nil {
			h.volume.met(err)
		} else if isImage(e) {
			return h.volume.cover(e)
		}
	}
	const tries = 8
	entries, _, err := h.volume.r.SectionItems(n, 0, tries)
	if err != nil {
		h.volume.met(err)
	}
	for _, e := range entries {
		if cover, ok := h.volume.cover(e); ok {
			return cover, true
		}
	}
	return bundle.Entry{}, false
}

func sectionNumber(n int) string { return strconv.Itoa(n) }

func (h *homePage) fillRows(list *listing) error {
	rows, next, more, err := list.rows(int64(h.from), itemsPerPage)
	if err != nil {
		return err
	}
	s := list.shelf
	h.Gallery = isGallery(list.filter)
	for _, b := range rows {
		w := h.row(b.Entry)
		if cover, ok := h.volume.cover(b.Entry); ok {
			w.Thumb = h.image(cover)
		}
		w.Address = h.spot(spot{path: b.Path, trail: trail{shelf: s}})
		w.Also, w.AlsoIn = h.also(b, maxAlso, nil), h.T("search.also") // links, which are on the item's page, would be half of what the list weighs
		h.Together = h.Together || len(w.Also) > 0
		if s.section != "" || s.folder != "" {
			w.Folder = ""
		}
		h.Rows = append(h.Rows, w)
	}
	tellApart(h.Rows)
	if len(rows) > 0 && (s.section != "" || s.folder != "") {
		h.Print = h.address(viewHandout, s.String())
	}
	self := h.address(viewHome, s.String())
	if more {
		h.Next = from(self, uint32(next))
	}
	if h.from > 0 {
		h.First = self
	}
	return nil
}

func (p *page) row(e bundle.Entry) row {
	folder, _ := path.Split(e.Path)
	w := row{
		facts: p.facts(e), Title: titleOf(e), Address: p.spot(spot{path: e.Path}), Kind: string(e.Kind),
		KindName: p.T("kind." + string(e.Kind)), Folder: plain(strings.TrimSuffix(folder, "/")),
		LanguageTag: e.Language, number: p.num(int64(e.ID) + 1),
	}
	if e.Language != "" {
		w.Language = languageName(e.Language)
	}
	switch p.volume.check.of(e.Path) {
	case bundle.Changed:
		w.Broken = p.T("damaged")
	case bundle.Incomplete:
		w.Broken = p.T("missing")
	}
	if e.Kind != bundle.KindPage && e.Kind != bundle.KindText {
		w.Size = p.Size(e.Size)
	}
	w.Byline = clip(w.Byline, maxByline)
	return w
}

// findStart looks for the page that the curator meant to be read first: in the language of the interface, if there
// is one; where there is not, but other items are, it leads to these.
func (h *homePage) findStart() {
	names := []string{
		"index." + h.lang.tag + ".html", "index." + message.Primary(h.lang.tag) + ".html",
	}
	for _, name := range append(names, startPages...) {
		e, err := h.volume.r.Lookup(name)
		if err != nil {
			h.volume.met(err)
		} else if formOf(e) == formPage {
			h.Begin = h.spot(spot{path: e.Path})
			if len(h.Tongues) > 1 && e.Language != "" && likeness(h.Tongues[1].Tag, h.lang.tag) > likeness(e.Language, h.lang.tag) {
				h.Begin = h.Tongues[1].Address // the likest comes first
			}
			return
		}
	}
}

// kindOptions are the kinds to choose from. What pages are made of is not offered.
func (h *homePage) kindOptions(s shelf, kinds []bundle.Count) []option {
	all := s
	all.kind, all.after = "", ""
	list := []option{{Label: h.T("all"), Address: h.address(viewHome, all.String()),
		Current: s.kind == ""}}
	for _, c := range kinds {
		kind := bundle.Kind(c.Name)
		if kind == bundle.KindResource || kind == bundle.KindCaptions {
			continue
		}
		one := all
		one.kind = kind
		o := option{Label: h.T("kinds." + c.Name), Address: h.address(viewHome, one.String()),
			Current: s.kind == kind, Shown: h.count(h.volume.filter(one))}
		if o.Shown != h.num(0) || o.Current {
			list = append(list, o)
		}
	}
	return list
}

// any says whether a filter chooses anything, or may: what leads to nothing is not offered.
func (vol *volume) any(f bundle.Filter) bool {
	some, _, more, err := vol.r.List(f, 0, 1)
	return len(some) > 0 || more || err != nil
}

// mostCounted is how far items are counted where the bundle does not say how many there are.
const mostCounted = 999

// count is how many items a filter chooses, or empty where that takes too long to tell.
func (h *homePage) count(f bundle.Filter) string {
	n, exact, err := h.volume.r.CountUpTo(f, mostCounted)
	h.volume.met(err)
	switch {
	case err != nil || n == 0 && !exact:
		return ""
	case !exact:
		return h.num(n) + "+"
	}
	return h.num(n)
}

// fillLanguages offers the languages of the items, the one of the interface first,
// then those with the most items.
func (h *homePage) fillLanguages(s shelf) error {
	counts, err := h.volume.r.Languages()
	if err != nil || len(counts) < 2 {
		return err
	}
	slices.SortStableFunc(counts, func(a, b bundle.Count) int {
		return cmp.Or(cmp.Compare(likeness(b.Name, h.lang.tag), likeness(a.Name, h.lang.tag)),
			cmp.Compare(b.Items, a.Items))
	})
	all := s
	all.language, all.after = "", ""
	h.Tongues = []option{{Label: h.T("all.languages"),
		Address: h.address(viewHome, all.String()), Current: s.language == ""}}
	for _, c := range counts[:min(len(counts), chipsShown)] {
		one := all
		one.language = c.Name
		o := option{Label: languageName(c.Name), Tag: c.Name, Current: s.language == c.Name,
			Address: h.address(viewHome, one.String()), Shown: h.count(h.volume.filter(one))}
		if o.Shown == h.num(mostCounted)+"+" && all == (shelf{}) {
			o.Shown = h.num(c.Items) // with its pictures and captions
		}
		if o.Shown != h.num(0) || o.Current {
			h.Tongues = append(h.Tongues, o)
		}
	}
	return nil
}

// Parted says whether the bundle has sections, which say more than names of folders do.
func (h *homePage) Parted() bool { return len(h.volume.sections()) > 0 }

// fillFolders offers the way up and the folders below.
func (h *homePage) fillFolders(s shelf) error {
	if s.section != "" {
		return nil
	}
	if s.folder != "" {
		h.Crumbs = h.crumbs(s)
	}
	counts, more, err := h.volume.r.Folders(s.folder, s.after, foldersShown)
	if err != nil {
		return err
	}
	for _, c := range counts {
		if c.Name == bundle.PreviewFolder {
			continue
		}
		h.Folders = append(h.Folders, option{Label: plain(path.Base(c.Name)), Shown: h.num(c.Items),
			Address: h.folder(s, c.Name, "")})
	}
	if more {
		h.More = h.folder(s, s.folder, counts[len(counts)-1].Name)
	}
	return nil
}

func (h *homePage) crumbs(s shelf) []option {
	list := []option{{Label: h.T("top"), Address: h.folder(s, "", "")}}
	parts := strings.Split(s.folder, "/")
	for i, name := range parts {
		whole := strings.Join(parts[:i+1], "/")
		list = append(list, option{Label: plain(name), Address: h.folder(s, whole, ""),
			Current: i == len(parts)-1})
	}
	return list
}

func (h *homePage) folder(s shelf, name, after string) string {
	s.folder, s.after = name, after
	return h.address(viewHome, s.String())
}

// A libraryPage lists several bundles.
type libraryPage struct {
	*page
	Bundles []bundleRow
}

// A bundleRow is a bundle in the library.
type bundleRow struct {
	Title, Language, Address, Trust, Date string
	Info                                  bundle.Info
	Verdict                               verdict
	Number                                string // in the library, which Same refers to
	Same                                  string // the numbers of others by the same publisher
	Newer                                 uint32 // a newer issue in the library, or 0
}

func (v *Viewer) library(p *page) *Response {
	l := &libraryPage{page: p}
	verdicts := make([]verdict, len(v.volumes))
	for i, vol := range v.volumes {
		verdicts[i] = p.verdict(vol)
	}
	for i, vol := range v.volumes {
		title, language := vol.title(p.lang.tag)
		b := bundleRow{
			Title: title, Language: language, Info: vol.info,
			Address: p.addressIn(vol, viewHome, ""), Trust: p.addressIn(vol, viewTrust, ""),
			Date: p.lang.date(vol.info.Date), Verdict: verdicts[i],
			Number: p.num(i + 1), Same: p.samePublisher(verdicts, i), Newer: v.newerIssue(vol),
		}
		if b.Title == "" {
			b.Title, b.Language = p.T("untitled"), p.lang.tag
		}
		l.Bundles = append(l.Bundles, b)
	}
	return p.show(200, "library", l)
}

// samePublisher returns the numbers, as the library counts, of the other bundles with
// a valid signature by a key that signed this one, too.
func (p *page) samePublisher(all []verdict, i int) string {
	var same []string
	for j, other := range all {
		if j != i && shareSigner(other.Standing, all[i].Standing) {
			same = append(same, p.num(j+1))
		}
	}
	return strings.Join(same, ", ")
}

func shareSigner(a, b bundle.Standing) bool {
	return slices.ContainsFunc(a.Signers, func(k publicKey) bool { return slices.Contains(b.Signers, k) })
}

// newerIssue returns the number of the newest issue of a bundle's series that is open, too,
// if that is a later one. Only what the same publisher signed counts: anybody can number
// a bundle of their own.
func (v *Viewer) newerIssue(vol *volume) uint32 {
	newest := vol.info.Issue
	for _, other := range v.volumes {
		if other.info.Series == vol.info.Series && other.info.Issue > newest && vol.info.Issue > 0 &&
			shareSigner(v.standing(other), v.standing(vol)) {
			newest = other.info.Issue
		}
	}
	if newest == vol.info.Issue {
		return 0
	}
	return newest
}
