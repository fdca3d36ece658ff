package viewer

import (
	"html/template"
	"slices"
)

// A shell is what stands around what a page says: the bar at its top, and how it looks. It is filled in when the page
// is shown. These are no methods, which every type of page that embeds it would have once more, and the program
// with them: reflection may call any, so the linker leaves out none.
type shell struct {
	Name    string // of the kind of page: its title is title.NAME
	Refresh string // where a page that shows work going on looks again, or empty

	Tag, Dir     string // the language of the interface and its direction
	LanguageName string // what it calls itself
	Languages    []option

	Theme, LineWidth string // what style sheets go by, or empty
	TextSize         int    // steps above the usual size, or below it
	Big              bool   // for a screen at the other end of the room

	Trying                     bool      // the menu of looks is open
	Looks                      []chooser // what a reader can change of how pages look
	Smaller, Larger, BigScreen string    // addresses of this page with other text, or for another screen; empty where there is none

	HasVolume bool   // the page belongs to one bundle
	Several   bool   // there are several
	Searches  bool   // any of them can be searched
	Guest     bool   // the page is for somebody who may read and search, and do nothing that others notice
	Home      string // the address of the contents of the page's bundle
	Library   string // of the page that lists all bundles
	Trust     string // of the page that says who made the bundle
	Badge     verdict
	Preview   *notice // what the page says of the preview that it belongs to, if it does

	Asked  string      // what was searched for, or empty
	Suffix string      // keeps the reader's look in the address that a form posts to
	Form   string      // what a form carries to prove that it is ours
	Script template.JS // what goes on with what is typed
}

// enclose fills in the shell of a page of a kind.
func (p *page) enclose(name string) {
	p.Name = name
	p.Tag, p.Dir, p.LanguageName, p.Languages = p.lang.tag, p.lang.dir, p.lang.name, p.languages()
	p.Theme, p.LineWidth, p.TextSize, p.Big = p.look.theme, p.look.width, p.look.size, p.look.big
	p.Looks, p.Smaller, p.Larger = p.looks(), p.resized(-1), p.resized(+1)
	p.BigScreen = p.try(func(l *look) { l.big = !l.big })
	p.HasVolume, p.Several, p.Guest = p.volume != nil, p.several(), p.guest
	p.Searches = slices.ContainsFunc(p.viewer.volumes, func(v *volume) bool { return v.r.HasSearch() })
	p.Home, p.Preview = p.home(), p.viewer.options.Preview.notice()
	if p.Several {
		p.Library = p.library()
	}
	if p.HasVolume {
		p.Trust, p.Badge = p.trust(), p.verdict(p.volume)
	}
	p.Asked, p.Suffix, p.Form, p.Script = p.asked, p.suffix(), p.form(), template.JS(script)
}

// start is the address of the first page.
func (p *page) start() string { return "./" + p.suffix() }

// home is the address of the contents of the page's bundle, or of all where it belongs to none.
func (p *page) home() string {
	if p.volume == nil {
		if len(p.viewer.volumes) == 0 {
			return p.start()
		}
		return p.library()
	}
	return p.address(viewHome, "")
}

// library is the address of the page that lists all bundles.
func (p *page) library() string { return p.addressIn(p.viewer.volumes[0], viewLibrary, "") }

// trust is the address of the page that says who made the bundle.
func (p *page) trust() string { return p.address(viewTrust, "") }

// several says whether there are several bundles.
func (p *page) several() bool { return len(p.viewer.volumes) > 1 }

func (p *page) form() string {
	number := 0
	if p.volume != nil {
		number = p.volume.number
	}
	a, _ := p.viewer.sealer.seal(target{viewForm, number, ""})
	return a
}

// An option is a choice of several.
type option struct {
	Label, Tag, Address string
	Shown               string // how many items it leads to, or empty
	Current             bool
}

// languages are those that the interface speaks.
func (p *page) languages() []option {
	var all []option
	for _, l := range languages() {
		all = append(all, option{Label: l.name, Tag: l.tag, Current: l == p.lang,
			Address: p.with(func(to *look) { to.lang = l.tag })})
	}
	return all
}
