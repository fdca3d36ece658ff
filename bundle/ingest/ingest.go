// Package ingest turns what a curator has into the items of a bundle.
//
// [Folders] packs folders: every file becomes an item under its own path, with a kind
// found by looking into it, and with the title, language and date that it declares. A
// [Folder] is a [bundle.Source].
//
// Not every file belongs in a bundle, and there are three answers to that:
//
//   - Left out and listed ([Folder.LeftOut]): what systems and editors scatter
//     about, hidden files, a site's scripts, and unsupported files that no page
//     needs. The pack goes on.
//   - Refused: what would harm the curator or a reader (secret keys, settings with
//     passwords, version control folders, executables), what no bundle can hold
//     (links, devices, unusable names), and unsupported files that a page links to
//     or that lie at the top, where somebody put them on purpose. The whole walk
//     goes on, nothing is packed, and one [RefusedError] names them all.
//   - Allowed: a file that the curator names in [Options.Allow]. It is packed as
//     an opaque file to save. Secrets, links and unusable names cannot be allowed.
//
// A kind goes by content, because names lie: a JPEG picture called page.html is a
// picture, an HTML page called photo.jpg is a page, and a program is one under any
// name. Only legible text needs its name to be told apart (Markdown, style sheets,
// subtitles); text with an extension that says nothing to us is unsupported. The
// media type is always one of our own table, never an executable one.
//
// What is packed of a file is its product: a picture, a recording or a film without what
// it tells of its makers, an article made of a page or of Markdown, captions as WebVTT, a
// page of a site without its scripts. Most products are pieces of the file, and all are
// made twice, to learn their size and to copy them.
//
// Limits: the first 64 KiB of a file decide what it is, what it says of itself and
// whether it holds a secret key. Archives are looked into where they are books or
// documents.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"satchel/bundle"
	"satchel/bundle/ingest/cache"
	"satchel/bundle/ingest/collection"
	"satchel/bundle/ingest/never"
	told "satchel/bundle/ingest/report"
	"satchel/bundle/ingest/scrub"
	"satchel/bundle/ingest/tool"
)

// Limits on what a scan keeps in memory and reads.
const (
	// headLen is how much of a file is looked at to say what it is.
	headLen = 64 << 10
	// maxRefused and maxLeftOut are how many names are kept; more are counted.
	maxRefused = 1000
	maxLeftOut = 10_000
	// maxCleaned is of how many files it is kept what was taken out of them; more are counted.
	maxCleaned = 10_000
	// maxUnsupported is how many unsupported files the pages' links are searched
	// for. A folder with more is no collection of articles.
	maxUnsupported = 100_000
)

// Options say what Folders may do beside the rules. The zero value is strict.
type Options struct {
	// SkipUnsupported leaves unsupported files out instead of refusing them, and files that cannot be
	// cleaned.
	SkipUnsupported bool
	// Allow names files to pack although they are unsupported, executable, hidden
	// or scripts: by the path they would have in the bundle, or by file name as
	// given on a command line. An entry that fits no file is refused.
	Allow []string
	// HTML says what becomes of all pages. Without it, those of a site stay as they are, and others are
	// made articles.
	HTML collection.HTML
	// Pictures says how large pictures are packed; without it, as they are.
	Pictures collection.Pictures
	// DropBylines leaves out who wrote articles and books.
	DropBylines bool
	// KeepMetadata lists kinds whose files are packed as they are, with all that they tell of their
	// makers.
	KeepMetadata []bundle.Kind
	// Unsaid is what must not be said: a file that says it is refused, with the place.
	Unsaid *never.List
	// Collection is what the curator says of the whole and of single items; nil says nothing. It goes
	// with a single folder, whose collection.Name is not packed then.
	Collection *collection.Collection
	// Tools are installed programs that may be used; nil uses none. Context ends them, where there is one.
	Tools   *tool.Tools
	Context context.Context
	// Cache keeps what was made of files from one run to the next; nil keeps nothing.
	Cache *cache.Cache
	// Never names files that must not be packed whatever they hold: the key and the
	// passphrase in use.
	Never []string
	// Output is the file or folder that the bundle is written to. Where it lies
	// inside an input, it is left out, and so are its parts and temporary files.
	Output string
}

// A LeftOut is a file, or with a slash at its end a folder, that was not packed.
type LeftOut struct{ Path, Reason string }

// A Cleaned is an item of which something was taken out that tells of its makers.
type Cleaned struct {
	Path    string
	Removed []scrub.Removal
}

// A Refusal is a file, or with a slash at its end a folder, that cannot be packed.
type Refusal struct {
	Path, Reason string
	Allowable    bool // naming it in Options.Allow would pack it
	Unsupported  bool // Options.SkipUnsupported would leave it out
}

// ErrNothing says that there is no file in the folders that can be packed.
var ErrNothing = errors.New("there is nothing to pack")

// A RefusedError ends a scan that met files which must not be packed.
type RefusedError struct {
	Files []Refusal // in the order of their paths, at most 1,000
	More  int       // how many there are beyond those
}

func (e *RefusedError) Error() string {
	n := len(e.Files) + e.More
	if n == 1 {
		return fmt.Sprintf("cannot pack %q: %s", e.Files[0].Path, e.Files[0].Reason)
	}
	return fmt.Sprintf("cannot pack %d files, the first being %q: %s",
		n, e.Files[0].Path, e.Files[0].Reason)
}

// A Folder is one or several folders as a source of items.
type Folder struct {
	inputs  []*input
	options Options
	skip    bool
	keep    []bundle.Kind
	sites   func() *sites // of the latest scan, surveyed when they are first asked for
	allow   []string      // clean, as the curator wrote them
	never   []fs.FileInfo
	workers int
	desks   chan *desk // at which Open works

	hindered atomic.Bool // a program failed for want of time, room or memory

	mu     sync.Mutex
	report report // of the latest scan
}

var _ bundle.Source = (*Folder)(nil)

// Folders opens folders for packing. The contents of a single folder come to lie
// at the root of the bundle; several folders lie under their base names, which
// must differ. It reads nothing yet but the folders themselves. Close frees them.
func Folders(dirs []string, o Options) (*Folder, error) {
	if len(dirs) == 0 {
		return nil, fmt.Errorf("no folder to pack")
	}
	f := &Folder{options: o, sites: newSites, skip: o.SkipUnsupported, keep: o.KeepMetadata, workers: defaultWorkers(), desks: make(chan *desk, maxDesks), report: report{account: newAccount(nil)}}
	for _, a := range o.Allow {
		f.allow = append(f.allow, cleanAllow(a))
	}
	for _, name := range o.Never {
		if info, err := os.Stat(name); err == nil {
			f.never = append(f.never, info)
		}
	}
	for _, dir := range dirs {
		in, err := openInput(dir, len(dirs) > 1, o.Output)
		if err != nil {
			f.Close()
			return nil, err
		}
		f.inputs = append(f.inputs, in)
	}
	if err := f.order(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// order sorts the inputs, so that the order of arguments changes nothing.
func (f *Folder) order() error {
	slices.SortFunc(f.inputs, func(a, b *input) int { return strings.Compare(a.prefix, b.prefix) })
	seen := map[string]*input{}
	for _, in := range f.inputs {
		fold := bundle.FoldPath(in.prefix)
		if other := seen[fold]; other != nil {
			return fmt.Errorf("%q and %q would both be the folder %q in the bundle",
				other.name, in.name, strings.TrimSuffix(in.prefix, "/"))
		}
		seen[fold] = in
	}
	return nil
}

// Close lets go of the input folders. Open and Items fail afterwards.
func (f *Folder) Close() error {
	for len(f.desks) > 0 {
		(<-f.desks).clear()
	}
	var first error
	for _, in := range f.inputs {
		if err := in.root.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Items walks the folders and yields every item, in the byte order of the paths.
// When files were refused, the error after the last item is a *RefusedError; when
// there was none at all, one that wraps ErrNothing.
// Files are examined on all cores; memory does not grow with their number.
// Items may be called again; it must not run twice at the same time.
func (f *Folder) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		f.sites = sync.OnceValue(f.survey)
		f.hindered.Store(false)
		s := &scan{folder: f, report: report{account: newAccount(f.options.Collection)}}
		ended := false
		for item, err := range s.pass() {
			if ended = !yield(item, err) || err != nil; ended {
				break
			}
		}
		if !ended {
			s.finish()
		}
		f.mu.Lock()
		f.report = s.report
		f.mu.Unlock()
		err := s.report.err()
		if err == nil && s.items == 0 {
			err = fmt.Errorf("%w in %s", ErrNothing, f.names())
		}
		if err != nil && !ended {
			yield(bundle.Item{}, err)
		}
	}
}

// names are the folders as the curator wrote them.
func (f *Folder) names() string {
	var names []string
	for _, in := range f.inputs {
		names = append(names, strconv.Quote(in.name))
	}
	return strings.Join(names, " and ")
}

// Open opens the content of an item. It never follows a link: a file, or a folder
// on the way to it, that became one since the scan is an error. The path must be
// one that Items yielded; others are not searched for.
func (f *Folder) Open(path string) (io.ReadCloser, error) {
	in, rel, ok := f.find(path)
	if of, made := bundle.PreviewOf(path); made {
		in, rel, ok = f.find(of)
	} else if of, made := captionsOf(path); made && ok && !in.has(rel) {
		in, rel, ok = f.find(of)
	}
	if !ok {
		return nil, fmt.Errorf("cannot open %q: it lies in none of the folders", path)
	}
	content, err := f.open(in, rel, path)
	if err != nil {
		return nil, fmt.Errorf("cannot open %q: %w", path, err)
	}
	return content, nil
}

// find says where a path of the bundle lies.
func (f *Folder) find(path string) (in *input, rel string, ok bool) {
	for _, in := range f.inputs {
		if rel, ok := strings.CutPrefix(path, in.prefix); ok {
			return in, rel, true
		}
	}
	return nil, "", false
}

// maxDesks is how many folders Open may keep open.
const maxDesks = 8

// open makes at a desk that is free, or at a new one, what is packed of a file under a path.
func (f *Folder) open(in *input, rel, path string) (content io.ReadCloser, err error) {
	var d *desk
	select {
	case d = <-f.desks:
	default:
		d = newDesk()
	}
	d.asked = path
	if !guard(func() { content, err = f.content(in, rel, path, d) }) {
		err = errors.New("its content upsets the reader for it")
	}
	select {
	case f.desks <- d:
	default:
		d.clear()
	}
	return content, err
}

// content is what is packed of a file under a path. The scan has found that it can be: whatever says
// otherwise now has changed since.
func (f *Folder) content(in *input, rel, path string, d *desk) (io.ReadCloser, error) {
	found, file := f.look(in, rel, d)
	p, ok := found.productAt(path)
	switch {
	case (found.verdict != packed || !ok) && file != nil:
		file.Close()
		fallthrough
	case found.verdict != packed || !ok:
		return nil, fmt.Errorf("it changed while it was packed: %s", found.reason)
	case p != nil:
		c := p.open(file)
		c.closers = append(c.closers, file)
		return c, nil
	}
	_, err := file.Seek(0, io.SeekStart)
	return file, err
}

// productAt returns what is packed under a path; nothing is the file as it lies.
func (f *finding) productAt(path string) (p *product, ok bool) {
	if f.item.Path == path {
		return f.product, true
	}
	for i := range f.extras {
		if f.extras[i].item.Path == path {
			return f.extras[i].product, true
		}
	}
	return nil, false
}

// Previews is how many previews the latest scan made, and how many bytes they have.
func (f *Folder) Previews() (n int, bytes int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if g := f.report.account.kinds["preview"]; g != nil {
		return g.Items, g.After
	}
	return 0, 0
}

// Bylines are the names of those who made items, as these say, in the latest scan, each with how many.
func (f *Folder) Bylines() []told.Group {
	f.mu.Lock()
	defer f.mu.Unlock()
	return sorted(f.report.account.bylines)
}

// LeftOut lists what the latest scan left out, in the order of the paths, at most
// 10,000 of them; MoreLeftOut counts the others. Both are complete once Items has
// run to its end.
func (f *Folder) LeftOut() []LeftOut {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.report.left)
}

// MoreLeftOut is how many files were left out beyond those that LeftOut lists.
func (f *Folder) MoreLeftOut() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.report.moreLeft
}

// Cleaned lists the items of which something was taken out, in the order of the paths, at most 10,000
// of them, and counts the others.
func (f *Folder) Cleaned() (list []Cleaned, more int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.report.cleaned), f.report.moreClean
}

// Allowed lists the paths of the items that are packed only because Options.Allow
// names them, each with what they are.
func (f *Folder) Allowed() []LeftOut {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.report.allowed)
}

// cleanAllow brings a name from a command line into the form that paths have.
func cleanAllow(name string) string {
	return filepath.ToSlash(filepath.Clean(name))
}

// allows says whether the curator allowed a file, and by which entry.
func (f *Folder) allows(in *input, rel string) (entry string, ok bool) {
	for _, a := range f.allow {
		if a == in.prefix+rel || a == in.slashed+"/"+rel {
			return a, true
		}
	}
	return "", false
}
