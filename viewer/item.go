package viewer

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"satchel/bundle"
)

// maxShownText is how many bytes of a text are shown in a page; a longer one can
// be saved.
const maxShownText = 2 << 20

// An itemPage shows one item, or what there is to know before saving it.
type itemPage struct {
	*page
	facts
	Heading  string
	Entry    bundle.Entry
	Kind     string
	Show     string // article, site, book, text, picture, sound, video or save
	Source   string // the address of the item itself
	Save     string // the address to save it from, or empty
	Article  *article
	Restyled string // the address of the page as its author made it, or as our articles look, or empty
	Origin   string // where on the net it comes from, as text
	Outside  string // the address of the page that warns of that, or empty
	Text     string
	Image    *image  // the picture itself, its preview, or what stands for a film or recording
	Original string  // the address of the picture, where Image is its preview
	Beside   *beside // what is next to it in a list
	Width    int64   // of a film, or 0
	Height   int64
	Tracks   []track
	Saved    []track // captions that no browser shows
	Said     *transcript
	Ten      string // seconds to go back or on, in the reader's digits
	Words    string // that were searched for, where the item was found for them
	Book     *reading
	Risky    bool // other programs may do with it as they like
}

// item answers with the page around an item.
func (v *Viewer) item(p *page, at spot) *Response {
	e, err := p.volume.lookup(at.path)
	if errors.Is(err, fs.ErrNotExist) && p.volume.isFolder(at.path) {
		return v.home(p, shelf{folder: strings.TrimSuffix(at.path, "/")})
	}
	if err != nil {
		return p.itemFailure(err)
	}
	i := &itemPage{page: p, facts: p.facts(e), Heading: titleOf(e), Entry: e, Kind: string(e.Kind), Origin: plain(e.Origin)}
	if outside, ok := leadsOut(e.Origin); ok {
		i.Outside = p.address(viewOutside, outside)
	}
	i.Source = p.address(viewContent, e.Path)
	if isSaved(e) && !p.volume.isList(e) {
		i.Save = p.address(viewSave, e.Path)
	}
	i.Words, _ = v.queries.get(at.trail.found.id)
	if err = i.fill(at); err == nil {
		i.Beside, err = i.beside(e, at.trail)
	}
	if err != nil {
		return p.itemFailure(err)
	}
	return p.show(200, "item", i)
}

// Headed says whether the article has its title in it.
func (i *itemPage) Headed() bool { return i.Article != nil && i.Article.Titled && i.Book == nil }

// speeds are how fast recordings can be played.
var speeds = []string{"0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"}

// Speeds are to choose from, in the reader's digits.
func (i *itemPage) Speeds() (list []option) {
	for _, s := range speeds {
		label := i.lang.figures(strings.Replace(s, ".", i.lang.decimal, 1)) + "×"
		list = append(list, option{Label: label, Tag: s, Current: s == "1"})
	}
	return list
}

func (p *page) itemFailure(err error) *Response {
	code, key := p.diagnose(err)
	return p.problem(code, key, shellHeader)
}

func (vol *volume) isFolder(name string) bool {
	n, err := vol.r.Count(bundle.Filter{Folder: strings.TrimSuffix(name, "/")})
	return err == nil && n > 0
}

// fill decides how the item is shown.
func (i *itemPage) fill(at spot) error {
	if i.volume.isList(i.Entry) {
		i.Show = "save" // and there is nothing to save
		return nil
	}
	if baseType(i.Entry.Type) == typeBook {
		return i.fillBook(at)
	}
	if isImage(i.Entry) {
		i.fillPicture()
		return nil
	}
	switch formOf(i.Entry) {
	case formPage:
		i.Show = "article"
		return i.fillPage(i.source(i.Entry), at.place)
	case formText, formStyle:
		return i.fillText()
	case formSound, formVideo:
		return i.fillRecording(at.trail.found)
	default:
		i.Show = "save"
		i.Risky = i.Entry.Kind == bundle.KindDocument || i.Entry.Kind == bundle.KindBook
		if cover, ok := i.volume.poster(i.Entry); ok {
			i.Image = i.image(cover)
		}
	}
	return nil
}

// fillPicture shows a picture, or its preview where that is quicker or where browsers do not know the
// picture's type.
func (i *itemPage) fillPicture() {
	known := formOf(i.Entry) == formPicture
	shown, ok := i.volume.preview(i.Entry, bundle.PreviewLarge)
	if !ok && !known {
		shown, ok = i.volume.preview(i.Entry, bundle.PreviewSmall)
	}
	switch {
	case ok && known:
		i.Original = i.Source
	case ok:
		i.Original = i.Save
	case known:
		shown = i.Entry
	default:
		i.Show = "save"
	}
	if i.Show == "" {
		i.Show, i.Image = "picture", i.image(shown)
	}
}

// suits says how a page with a style of its own is shown: a site as its author made it, unless the reader has
// chosen how pages look, or comes for words that are to be marked.
func (i *itemPage) suits() string {
	chosen := i.look.theme != "" || i.look.width != "" || i.look.size != 0
	switch {
	case i.look.own != "":
		return i.look.own
	case i.Show == "book" || chosen || i.Words != "":
		return looksPlain
	}
	return looksOwn
}

// fillPage shows a page as an article. A site, which has a style of its own, is shown in a frame; a book
// is not, unless the reader wants it so.
func (i *itemPage) fillPage(s source, place string) (err error) {
	begin, err := s.begin()
	if err != nil {
		return err
	}
	shown := looksPlain
	if hasStyle(begin) {
		other := looksOwn
		if shown = i.suits(); shown == looksOwn {
			other = looksPlain
		}
		i.Restyled = i.with(func(l *look) { l.own = other })
	}
	if shown == looksPlain {
		if i.Article, err = i.viewer.article(i.page, s); !errors.Is(err, errTooLong) {
			return err
		}
		i.Restyled = ""
	}
	if i.Show == "article" {
		i.Show = "site"
	}
	if place != "" {
		i.Source += "#" + i.viewer.sealer.place(place)
	}
	return nil
}

func (i *itemPage) fillRecording(found inquiry) error {
	i.Show, i.Ten = "sound", i.num(10)
	i.Tracks, i.Saved = i.tracks(i.Entry)
	if formOf(i.Entry) == formVideo {
		i.Show = "video"
		i.Width, i.Height = edges(i.Entry)
	}
	if i.at > 0 {
		i.Source += "#t=" + strconv.Itoa(i.at)
	}
	if i.said >= 0 && i.said < len(i.Tracks) { // what is read beside the film is shown in it, too
		for n := range i.Tracks {
			i.Tracks[n].Default = n == i.said
		}
	}
	i.Said = i.transcript(i.Tracks, found)
	if cover, ok := i.volume.poster(i.Entry); ok {
		i.Image = i.image(cover)
	}
	return i.tryEnds()
}

// tryEnds reads where a film or recording begins and where it ends: a player would say
// nothing of a piece that is missing.
func (i *itemPage) tryEnds() error {
	c := i.volume.r.Content(i.Entry)
	for _, at := range []int64{0, i.Entry.Size - 1} {
		if _, err := c.ReadAt(make([]byte, 1), at); err != nil && i.Entry.Size > 0 {
			return err
		}
	}
	return nil
}

func (i *itemPage) fillText() error {
	if i.Entry.Size > maxShownText {
		i.Show = "save"
		return nil
	}
	raw, err := i.volume.r.ReadItem(i.Entry, maxShownText)
	if err != nil {
		return err
	}
	i.Show, i.Text = "text", decodeText(raw)
	return nil
}

// An outsidePage names an address that leads out, and the danger.
type outsidePage struct {
	*page
	Address string
	Host    string
	Open    bool // it can be opened from the page
}

// outside answers for a link that leads out of the bundle. It opens nothing: that
// takes a second act of the reader's.
func (v *Viewer) outside(p *page, address string) *Response {
	s := scheme(address)
	return p.show(200, "outside", outsidePage{
		page: p, Address: plain(address), Host: hostOf(address),
		Open: s == "http" || s == "https",
	})
}

// hostOf returns the name of the computer that an address leads to, as it is
// written there.
func hostOf(address string) string {
	_, rest, ok := strings.Cut(address, "//")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(rest, `/\?#`); i >= 0 {
		rest = rest[:i]
	}
	return plain(rest[strings.LastIndexByte(rest, '@')+1:])
}

// leave answers with a page that says nothing, and ends the viewer: from now on
// there is nothing but that page's style sheet. A guest leaves alone.
func (v *Viewer) leave(p *page) *Response {
	r := p.show(200, "left", p)
	if !p.guest {
		v.left.Store(true)
		r.Leave = Leaving
	}
	return r
}

// afterLeaving answers what still comes. The style sheet makes the browser drop the
// pages that it holds ready for its Back button: Chromium holds them in spite of
// no-store, and the one that was left last only comes to lie there when the page
// that replaces it is shown, so that page's own answer would come too early.
func (v *Viewer) afterLeaving(r *Request) *Response {
	if r.Method != "GET" || r.Path != pathLeft {
		return status(404)
	}
	a := forgetting()
	a.Leave = Left
	return a
}

func forgetting() *Response {
	return whole(200, forgetHeader, []byte("p { font: 1rem sans-serif }\n"))
}
