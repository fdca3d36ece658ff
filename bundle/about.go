package bundle

import (
	"errors"
	"fmt"
	"slices"
)

// An About is what a bundle says of itself to its readers, beside what Info has. All of it is signed;
// none of it is proved.
type About struct {
	Titles      Text // the title that has no language is that of Info
	Description Text
	Publisher   string // the name of who it says that it is from
}

// The names of the entries in which this stands.
const (
	aboutTitle       = "title"
	aboutTitles      = "titles" // those in a language
	aboutDescription = "description"
	aboutPublisher   = "publisher"
	aboutSections    = "sections" // how many there are
)

// About returns what the bundle says of itself. What is malformed is left out, and the error, which
// wraps ErrFormat, says so.
func (r *Reader) About() (About, error) {
	var a About
	var errs [3]error
	a.Titles, errs[0] = parseText([]byte(r.about[aboutTitles]))
	if title := r.about[aboutTitle]; title != "" {
		a.Titles = append(Text{{"", title}}, a.Titles...)
	}
	a.Description, errs[1] = parseText([]byte(r.about[aboutDescription]))
	if a.Publisher = r.about[aboutPublisher]; !isTitle(a.Publisher) {
		a.Publisher, errs[2] = "", fmt.Errorf("%w: malformed name of a publisher", ErrFormat)
	}
	return a, errors.Join(errs[:]...)
}

// title is the title for who does not say in which language.
func (r *Reader) title() string {
	if title := r.about[aboutTitle]; title != "" {
		return title
	}
	titles, _ := parseText([]byte(r.about[aboutTitles]))
	return titles.In(r.about["language"])
}

// titles are all titles that options have.
func (o *Options) titles() Text {
	if o.Title == "" {
		return o.Titles
	}
	return append(Text{{"", o.Title}}, o.Titles...)
}

// checkAbout says what is wrong with what a bundle is to say of itself.
func (o *Options) checkAbout() error {
	if err := o.titles().check(); err != nil {
		return fmt.Errorf("title: %w", err)
	}
	if err := o.Description.check(); err != nil {
		return fmt.Errorf("description: %w", err)
	}
	if !isTitle(o.Publisher) {
		return fmt.Errorf("publisher %q: one line of at most %d bytes", clip(o.Publisher), MaxTitle)
	}
	return o.checkSections()
}

// about returns the entries of the index that say this. What there is not is empty.
func (o *Options) about() map[string][]byte {
	titles := o.titles()
	title := ""
	if i := slices.IndexFunc(titles, func(p Phrase) bool { return p.Language == "" }); i >= 0 {
		title, titles = titles[i].Text, slices.Delete(slices.Clone(titles), i, i+1)
	}
	return map[string][]byte{
		aboutTitle: []byte(title), aboutTitles: titles.encode(), aboutDescription: o.Description.encode(),
		aboutPublisher: []byte(o.Publisher), "language": []byte(o.Language), "date": []byte(o.Date),
	}
}
