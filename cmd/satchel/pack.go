package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/text/language"

	"satchel/bundle"
	"satchel/bundle/ingest"
	"satchel/bundle/ingest/cache"
	"satchel/bundle/ingest/collection"
	"satchel/bundle/ingest/document"
	"satchel/bundle/ingest/never"
	"satchel/bundle/ingest/report"
	"satchel/bundle/ingest/tool"
	"satchel/bundle/sign"
)

type packOptions struct {
	key             keyOptions
	output          string
	layout          string
	partSize        string
	title           string
	series          string
	issue           string
	date            string
	language        string
	skipUnsupported bool
	noSearch        bool
	noCache         bool
	noTools         bool
	html            string
	never           string
	report          string
	bylines         string
	pictures        string
}

// newPackCommand says no more than what is packed and where to: how is decided.
func newPackCommand(u *ui) *cli.Command {
	var o packOptions
	keyFlags := o.key.flags()
	flags := []cli.Flag{
		keyFlags[0],
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: &o.output,
			Usage: "write the bundle to `FILE`; otherwise to NAME.zip in the current folder, " +
				"NAME being that of the first DIR"},
		layoutFlag(&o.layout),
		partSizeFlag(&o.partSize),
		&cli.StringSliceFlag{Name: "publisher",
			Usage: "name the signer who holds this key, a .pub file or RW…: `PUB`; " +
				"signing is done later with satchel sign; may be repeated"},
		&cli.StringFlag{Name: "report", Destination: &o.report,
			Usage: "write what was packed, cleaned and left out to `FILE`, a page, or .json; " +
				"it is for you alone: keep it away from the bundle"},
	}
	return &cli.Command{
		Name:      "pack",
		Usage:     "make a bundle of folders",
		ArgsUsage: "DIR…",
		Flags:     slices.Concat(flags, o.contentFlags(), keyFlags[1:]),
		Description: manual{
			about: `Packs a folder: every file becomes an item under its own path. With several folders,
each lies under its base name. The same files give the same bytes. No clock, user, host
or path gets in.

Pictures, films, sound, books and documents are cleaned of what they tell of their makers
(places, times, cameras, names); pages become articles, and captions WebVTT; what was
taken out is said in the end. A satchel.yaml in the folder says what the collection is:
satchel init writes one to begin with.

Secret keys, programs and links are refused; what systems and editors scatter about,
and a site's scripts, are left out and listed. Sizes take K, M, G (powers of 1024) or
KB, MB, GB (powers of 1000). A bundle of the same name, or an empty file, is replaced;
nothing else is.

Prints the name of the bundle.`,
			example: `satchel pack -k news.key -o news.zip articles films
satchel pack --publisher news.pub articles     to be signed on another computer
satchel pack -k news.key --layout parts --part-size 2G films`,
			exits: []string{doneLine, failLine, usageLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			dirs, err := arguments(c, 1, -1)
			if err != nil {
				return err
			}
			p, err := o.prepare(c, dirs)
			if err != nil {
				return withHelp(c, err)
			}
			return p.run(c.Context, u)
		},
	}
}

// contentFlags say what is packed, and what is said of it. They are shared by pack and preview.
func (o *packOptions) contentFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "title", Destination: &o.title, Usage: "call the bundle `TITLE`"},
		&cli.StringFlag{Name: "series", Destination: &o.series,
			Usage: "make it an issue of `SERIES`: up to 32 of a-z, 0-9 and hyphen"},
		&cli.StringFlag{Name: "issue", Destination: &o.issue,
			Usage: "make it issue `N` of its series, counted from 1"},
		&cli.StringFlag{Name: "date", Destination: &o.date,
			Usage: "date the bundle `DATE`: YYYY, YYYY-MM or YYYY-MM-DD; there is none otherwise"},
		&cli.StringFlag{Name: "language", Destination: &o.language,
			Usage: "the bundle's main `LANGUAGE`, such as ko or zh-CN"},
		&cli.BoolFlag{Name: "no-search", Destination: &o.noSearch,
			Usage: "leave the search index out"},
		&cli.BoolFlag{Name: "no-cache", Destination: &o.noCache,
			Usage: "make everything anew, and keep nothing for the next run"},
		&cli.BoolFlag{Name: "no-tools", Destination: &o.noTools,
			Usage: "do without pandoc, ffmpeg, pdftoppm and heif-convert, which are otherwise " +
				"used where they are installed: the bytes depend on their versions"},
		&cli.BoolFlag{Name: "skip-unsupported", Destination: &o.skipUnsupported,
			Usage: "leave out files of unknown kinds, and those that cannot be cleaned, " +
				"instead of refusing them"},
		&cli.StringFlag{Name: "html", Destination: &o.html,
			Usage: "take all pages for a `SORT`: site (kept as they are, without scripts) or " +
				"article (made for reading); otherwise pages that share a style sheet are a site"},
		&cli.StringFlag{Name: "never", Destination: &o.never,
			Usage: "pack nothing that says what is in `FILE`: names, numbers, places, one a " +
				"line; it is searched for in texts, titles and file names"},
		&cli.StringFlag{Name: "bylines", Destination: &o.bylines,
			Usage: "`KEEP` or drop who wrote articles and books; they are kept otherwise"},
		&cli.StringFlag{Name: "pictures", Destination: &o.pictures,
			Usage: "pack photographs in this `SIZE`: original, as they are; or made smaller: large " +
				"(2,048 pixels) or small (1,024 pixels)"},
		&cli.StringSliceFlag{Name: "keep-metadata",
			Usage: "leave in files of this `KIND` what they tell of their makers: places, " +
				"times, cameras, names; may be repeated"},
		&cli.StringSliceFlag{Name: "allow",
			Usage: "pack the file `PATH` although its kind is refused; may be repeated"},
	}
}

// layoutFlag is shared by pack and convert.
func layoutFlag(to *string) cli.Flag {
	return &cli.StringFlag{Name: "layout", Destination: to,
		Usage: "lay it out as `LAYOUT`: zip (one file), folder, or parts (numbered files)"}
}

// partSizeFlag is shared by pack and convert.
func partSizeFlag(to *string) cli.Flag {
	return &cli.StringFlag{Name: "part-size", Destination: to,
		Usage: "make each part `SIZE` long: 2G, 700M or a number of bytes; " +
			"otherwise what fits on FAT32, a little less than 4 GiB"}
}

// A packing is a pack command whose flags have been understood.
type packing struct {
	o      packOptions
	output string
	dirs   []string
	ingest ingest.Options
	bundle bundle.Options
}

// prepare finds all wrong usage before any work begins.
func (o *packOptions) prepare(c *cli.Context, dirs []string) (*packing, error) {
	p := &packing{o: *o, dirs: dirs}
	p.bundle = bundle.Options{Title: o.title, Series: o.series, NoSearch: o.noSearch, Text: document.Text}
	p.ingest = ingest.Options{SkipUnsupported: o.skipUnsupported, Allow: c.StringSlice("allow")}
	steps := []func() error{
		func() (err error) {
			p.ingest.KeepMetadata, err = parseKinds(c.StringSlice("keep-metadata"))
			return err
		},
		func() (err error) { p.ingest.Unsaid, err = readNever(c.Context, o.never); return err },
		func() (err error) {
			p.ingest.HTML, p.ingest.DropBylines, err = parsePages(o.html, o.bylines)
			return err
		},
		func() (err error) { p.ingest.Pictures, err = parsePictures(o.pictures); return err },
		func() error { return p.readCollection(c.Context) },
		func() error { return checkReport(o.report) },
		func() (err error) {
			p.bundle.Layout, p.bundle.PartSize, err = parseLayout(o.layout, o.partSize)
			return err
		},
		func() (err error) {
			p.output, err = defaultOutput(o.output, p.bundle.Layout, dirs[0])
			return err
		},
		func() error {
			issue, err := parseIssue(o.issue, p.bundle.Series)
			p.bundle.Issue = cmp.Or(issue, p.bundle.Issue)
			return err
		},
		func() error {
			date, err := parseDate(o.date)
			p.bundle.Date = cmp.Or(date, p.bundle.Date)
			return err
		},
		func() error {
			tag, err := parseLanguage(o.language)
			if o.language != "" {
				p.bundle.Language = tag.String()
			}
			return err
		},
		func() (err error) {
			p.bundle.Keys, err = readPublishers(c.Context, c.StringSlice("publisher"))
			return err
		},
		func() error { return p.checkSaid() },
		func() error { return usage(p.bundle.Check()) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	p.ingest.Output = p.output
	p.ingest.Never = []string{o.report, o.key.file, o.key.passphraseFile, o.never}
	return p, nil
}

// maxNever bounds the list of what must not be said.
const maxNever = 1 << 20

// readNever reads the list of what must not be said. It is kept nowhere.
func readNever(ctx context.Context, name string) (*never.List, error) {
	if name == "" {
		return nil, nil
	}
	text, err := readSmall(ctx, name, maxNever)
	if err != nil {
		return nil, err
	}
	list, err := never.Parse(text)
	if err != nil {
		return nil, failure("{file}: {reason}", quote(name), err)
	}
	return list, nil
}

// parsePages reads --html and --bylines.
func parsePages(html, bylines string) (h collection.HTML, drop bool, err error) {
	h = collection.HTML(html)
	if h != "" && h != collection.Site && h != collection.Article {
		return h, drop, misuse("--html {value}: it is site or article", quote(html))
	}
	if bylines != "" && bylines != "keep" && bylines != "drop" {
		return h, drop, misuse("--bylines {value}: it is keep or drop", quote(bylines))
	}
	return h, bylines == "drop", nil
}

// parsePictures reads --pictures.
func parsePictures(s string) (collection.Pictures, error) {
	switch p := collection.Pictures(s); p {
	case "", collection.Original, collection.Large, collection.Small:
		return p, nil
	}
	return "", misuse("--pictures {value}: it is original, large or small", quote(s))
}

// readPublishers reads the keys of signers who are named and have not signed.
func readPublishers(ctx context.Context, args []string) ([]sign.PublicKey, error) {
	var keys []sign.PublicKey
	for _, arg := range args {
		key, err := readPublic(ctx, arg)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// parseLayout reads --layout and --part-size.
func parseLayout(layout, partSize string) (bundle.Layout, int64, error) {
	l := bundle.Layout(layout)
	switch l {
	case "":
		l = bundle.LayoutZIP
	case bundle.LayoutZIP, bundle.LayoutFolder, bundle.LayoutParts:
	default:
		return "", 0, misuse("no layout {layout}: it is zip, folder or parts", quote(layout))
	}
	if partSize == "" {
		return l, 0, nil
	}
	if l != bundle.LayoutParts {
		return "", 0, misuse("--part-size goes with --layout parts")
	}
	n, err := parseSize(partSize)
	if err == nil {
		err = (&bundle.Options{PartSize: n}).Check()
	}
	if err != nil {
		return "", 0, misuse("--part-size: {reason}", err)
	}
	return l, n, nil
}

// defaultOutput names a bundle after the first folder, in the current one.
func defaultOutput(output string, layout bundle.Layout, dir string) (string, error) {
	if output == "-" {
		return "", misuse("a bundle is not written to standard output, but to a file: -o FILE")
	}
	if output != "" {
		return output, nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	base := filepath.Base(abs)
	if bundle.CheckPath(base) != nil {
		return "", withHint(misuse("{folder} gives the bundle no name", quote(dir)), "name it with -o FILE")
	}
	if layout == bundle.LayoutFolder {
		return base + "-bundle", nil
	}
	return base + ".zip", nil
}

// parseIssue takes digits alone: what a program might read in two ways is refused.
func parseIssue(s, series string) (uint32, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n == 0 || s != strconv.FormatUint(n, 10) {
		return 0, misuse("--issue {value}: it is a number from 1 to 4294967295, in digits alone", quote(s))
	}
	if series == "" {
		return 0, misuse("an issue number needs a series: {flags}", "--series NAME --issue "+s)
	}
	return uint32(n), nil
}

// parseDate takes a day of the calendar, or less. There is no default: a clock would tell
// when the curator worked.
func parseDate(s string) (string, error) {
	for _, form := range []string{"2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 0 {
			return s, nil
		}
	}
	if s == "" {
		return "", nil
	}
	return "", misuse("--date {value}: write YYYY, YYYY-MM or YYYY-MM-DD", quote(s))
}

// parseLanguage reads a language tag. None is the zero tag.
func parseLanguage(s string) (language.Tag, error) {
	if s == "" {
		return language.Tag{}, nil
	}
	tag, err := language.Parse(s)
	if err != nil {
		return tag, misuse("--language {value}: write a tag such as en, ko or zh-CN", quote(s))
	}
	return tag, nil
}

// packMemory is where the garbage collector begins to work harder, in bytes: packing
// is to run on an old laptop beside a browser.
const packMemory = 200 << 20

// equip lets the packing use the cache and the programs that it may use, until they are released.
func (p *packing) equip(ctx context.Context, u *ui) (release func() error, err error) {
	var kept *cache.Cache
	if !p.o.noCache {
		if kept = openCache(u); kept != nil {
			p.ingest.Cache, p.bundle.Frames = kept, kept
		}
	}
	if p.o.noTools {
		return kept.Close, nil
	}
	dir, remove, err := bundle.WorkFolder(p.output)
	if err != nil {
		return nil, errors.Join(err, kept.Close())
	}
	p.ingest.Tools, p.ingest.Context = tool.Find(), ctx
	p.ingest.Tools.Dir = dir
	return func() error {
		remove()
		return kept.Close()
	}, nil
}

// create lists what was left out also when the packing fails: it may be the reason.
func (p *packing) create(ctx context.Context, u *ui, src *ingest.Folder) (*bundle.Summary, error) {
	p.bundle.Progress = u.progress.update
	debug.SetMemoryLimit(packMemory)
	sum, err := bundle.Create(ctx, p.output, src, p.bundle)
	u.progress.clear()
	for _, line := range src.Unmet() {
		u.warn("{line}", told(show(line)))
	}
	reportLeftOut(u, src)
	return sum, err
}

// run makes a bundle, and tells of it.
func (p *packing) run(ctx context.Context, u *ui) (err error) {
	release, err := p.equip(ctx, u)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	src, err := ingest.Folders(p.dirs, p.ingest)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	if p.o.key.file != "" {
		key, err := p.o.key.load(ctx, u)
		if err != nil {
			return err
		}
		p.bundle.Signers = []sign.PrivateKey{key}
	}
	began := clock()
	sum, err := p.create(ctx, u, src)
	if p.o.report != "" {
		err = errors.Join(err, p.writeReport(u, src, sum))
	}
	if err != nil {
		return err
	}
	for _, a := range src.Allowed() {
		u.warn("packed because --allow names it: {path} ({reason})", show(a.Path), told(show(a.Reason)))
	}
	p.summarize(u, sum, src, clock().Sub(began))
	reportBylines(u, src)
	reportCleaned(u, src)
	for _, k := range p.ingest.KeepMetadata {
		u.warn("what files of the kind {kind} tell of their makers is in the bundle, because --keep-metadata says so", k)
	}
	u.printf("%s\n", show(firstFile(sum, p.output)))
	return nil
}

// checkReport refuses to write a report over what is none.
func checkReport(name string) error {
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 1<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	if n > 0 && !report.Is(head[:n]) {
		return withHint(misuse("{file} is there already and is no report", quote(name)), "give another name")
	}
	return nil
}

// openCache opens the user's cache. Packing goes on without it.
func openCache(u *ui) *cache.Cache {
	dir, err := cache.Folder()
	if err == nil {
		var c *cache.Cache
		if c, err = cache.Open(dir, cache.DefaultLimit); err == nil {
			return c
		}
	}
	u.warn("nothing is kept for the next run: {reason}", err)
	return nil
}

// writeReport also tells why nothing was packed.
func (p *packing) writeReport(u *ui, src *ingest.Folder, sum *bundle.Summary) error {
	size := int64(0)
	if sum != nil {
		size = sum.Output
	}
	write := report.HTML
	if strings.EqualFold(filepath.Ext(p.o.report), ".json") {
		write = report.JSON
	}
	var b bytes.Buffer
	if err := write(&b, src.Report(p.bundle.Title, size)); err != nil {
		return err
	}
	if err := os.WriteFile(p.o.report, b.Bytes(), 0o600); err != nil {
		return err
	}
	u.sayRow("report", "{file}: it names your files and is for you alone", show(p.o.report))
	return nil
}

// firstFile is the name that opens the bundle.
func firstFile(sum *bundle.Summary, name string) string {
	if len(sum.Files) > 0 {
		return sum.Files[0]
	}
	return name
}

// reportLeftOut lists what was not packed, in a form that scripts may read.
func reportLeftOut(u *ui, src *ingest.Folder) {
	notChosen := 0
	for _, l := range src.LeftOut() {
		if l.Reason == ingest.NotChosen {
			notChosen++
			continue
		}
		u.say("left out: {path} ({reason})", show(l.Path), told(show(l.Reason)))
	}
	if notChosen > 0 {
		u.say("left out: {names} that {file} does not choose",
			quantity{int64(notChosen), "{n} name", "{n} names"}, collection.Name)
	}
	if n := src.MoreLeftOut(); n > 0 {
		u.say("left out: {files} more", countFiles(n))
	}
}

// reportRefused lists what stopped the packing, so that all of it can be mended at
// once.
func (u *ui) reportRefused(e *ingest.RefusedError) {
	for _, f := range e.Files {
		u.say("refused: {path} ({reason})", show(f.Path), told(show(f.Reason)))
	}
	if e.More > 0 {
		u.say("refused: {files} more", countFiles(e.More))
	}
}

// reportCleaned says what was taken out of the files, the most frequent first.
func reportCleaned(u *ui, src *ingest.Folder) {
	list, more := src.Cleaned()
	if len(list) == 0 {
		return
	}
	files := map[string]int{}
	for _, c := range list {
		for _, r := range c.Removed {
			files[r.What]++
		}
	}
	kinds := slices.Sorted(maps.Keys(files))
	weight := func(kind string) int { // where somebody was matters most
		if strings.Contains(kind, "GPS") {
			return len(list)
		}
		return files[kind]
	}
	slices.SortStableFunc(kinds, func(a, b string) int { return weight(b) - weight(a) })
	var words []string
	for _, k := range kinds[:min(len(kinds), mostTold)] {
		words = append(words, fmt.Sprintf("%s (%s)", u.value(told(k)), grouped(int64(files[k]))))
	}
	if n := len(kinds) - mostTold; n > 0 {
		words = append(words, u.text("and {n} more: --report names all", n))
	}
	u.sayRow("cleaned", "{files} of what they told of their makers: {what}", countFiles(len(list)+more),
		show(strings.Join(words, ", ")))
}

// mostTold is how many of a list a line on the terminal names.
const mostTold = 6

// reportBylines names the people whom readers will see named.
func reportBylines(u *ui, src *ingest.Folder) {
	list := src.Bylines()
	if len(list) == 0 {
		return
	}
	var words []string
	for _, g := range list[:min(len(list), mostTold)] {
		words = append(words, fmt.Sprintf("%s (%s)", g.Name, grouped(int64(g.Items))))
	}
	if n := len(list) - mostTold; n > 0 {
		words = append(words, u.text("and {n} more", n))
	}
	u.sayRow("authors", "named to readers: {names}; --bylines drop leaves them out", show(strings.Join(words, ", ")))
}

// summarize tells a curator what is in the bundle and what it weighs.
func (p *packing) summarize(u *ui, s *bundle.Summary, src *ingest.Folder, took time.Duration) {
	row := func(what phrase, items int, bytes int64) {
		if items > 0 {
			u.sayRow(what, "{items}  {size}", fmt.Sprintf("%9s", grouped(int64(items))), fmt.Sprintf("%8s", formatSize(bytes)))
		}
	}
	previews, previewBytes := src.Previews()
	for _, k := range bundle.Kinds {
		n := s.ByKind[k]
		if k == bundle.KindResource { // which previews are, too
			n.Items, n.Bytes = n.Items-previews, n.Bytes-previewBytes
		}
		row(kindWords[k], n.Items, n.Bytes)
	}
	row("preview", previews, previewBytes)
	line := u.text("{items}, {input} in, {output} out", countItems(int64(s.Items-previews)),
		formatSize(s.Input), formatSize(s.Output))
	if s.Output > 0 && s.Input > s.Output {
		line += fmt.Sprintf(" (%.1f : 1)", float64(s.Input)/float64(s.Output))
	}
	if s.Duplicates > 0 {
		line += ", " + u.value(quantity{int64(s.Duplicates), "{n} duplicate stored once", "{n} duplicates stored once"})
	}
	u.say("{facts}, in {time}", line, spent(took))
	if len(s.Files) > 1 {
		u.say("{parts}: {files}", countParts(len(s.Files)), show(strings.Join(s.Files, " ")))
	}
	p.signedBy(u, firstFile(s, p.output))
}

// signedBy says whose signature is in the bundle, or how to add one.
func (p *packing) signedBy(u *ui, name string) {
	for _, k := range p.bundle.Signers {
		u.say("signed by {fingerprint}", k.Public().Fingerprint())
	}
	switch {
	case len(p.bundle.Signers) > 0:
	case len(p.bundle.Keys) > 0:
		u.warn("it is unsigned so far. Sign it: {command}", "satchel sign -k KEY "+show(name))
	default:
		u.warn("it is unsigned, and names nobody who could sign it: nobody can tell it from a forgery. " +
			"Pack it with -k KEY, or with --publisher PUB to be signed later")
	}
}
