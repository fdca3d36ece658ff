package main

import (
	"errors"
	"fmt"
	"time"
)

// A sample is a bundle that is made up to see what grows with it.
type sample struct {
	name  string
	label string
	made  made
	media bool // more film than text
}

// samples go up in items, and then in bytes. A page that is opened lies in a full block
// in all of them.
var samples = []sample{
	{"items-100.zip", "100 items", made{pages: 100, pageSize: 40_000}, false},
	{"items-10k.zip", "10,000 items", made{pages: 10_000, pageSize: 1000}, false},
	{"items-100k.zip", "100,000 items", made{pages: 100_000, pageSize: 1000}, false},
	{"items-1M.zip", "1,000,000 items", made{pages: 1_000_000, pageSize: 1000}, false},
	{"media-40MB.zip", "40 MB", made{100, 40_000, 20, 1_950_000}, true},
	{"media-1GB.zip", "1 GB", made{100, 40_000, 20, 50_000_000}, true},
	{largeName, "20 GB", made{100, 40_000, 20, 1_000_000_000}, true},
}

// largeName is the bundle that does not stay, unless asked to.
const largeName = "media-20GB.zip"

// Limits of opening, for any bundle.
const (
	openTime      = 0.060   // seconds, to the first page
	openRead      = 2 << 20 // bytes
	openAllocated = 16 << 20
	openSpread    = 0.10
	itemIndex     = 120 // bytes
	mediaIndex    = 0.001
)

// sampleBundle returns the path of a sample, made when it is not there.
func (b *bench) sampleBundle(s sample) (string, error) {
	if s.name == largeName {
		b.large = b.kept(s.name)
	}
	return b.make(s.name, s.made)
}

// open measures what opening takes, for bundles of very different sizes.
func (b *bench) open() error {
	var failures []error
	spreads := series{}
	for _, s := range samples {
		if s.name == "items-100k.zip" || s.name == "media-1GB.zip" {
			continue // for growth
		}
		if err := b.openSample(s, spreads); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", s.label, err))
		}
		if err := b.ctx.Err(); err != nil {
			return err
		}
	}
	w := want{bound: atMost, limit: openSpread}
	for _, figure := range []string{"time", "read", "allocated"} {
		b.table.alone("open, spread of "+figure+" over all bundles", spread(spreads[figure]), percent, w, "the rows above")
	}
	return errors.Join(failures...)
}

func (b *bench) openSample(s sample, spreads series) error {
	path, err := b.sampleBundle(s)
	if err != nil {
		return err
	}
	figures, err := b.openFigures(path)
	if err != nil {
		return err
	}
	for _, f := range []string{"time", "read", "allocated"} {
		spreads.add(f, figures.median(f))
	}
	what := "open " + s.label
	b.table.alone(what+", to the first page", figures.median("home"), seconds, want{}, "satchel open --no-browser")
	b.table.alone(what+", to the first article", figures.median("time"), seconds,
		want{bound: atMost, limit: openTime}, "satchel open --no-browser")
	b.table.alone(what+", bytes read", figures.median("read"), byteCount,
		want{bound: atMost, limit: openRead}, "measure cost")
	b.table.alone(what+", bytes allocated", figures.median("allocated"), byteCount,
		want{bound: atMost, limit: openAllocated}, "measure cost")
	return b.indexRows(s, path)
}

func (b *bench) indexRows(s sample, path string) error {
	index, err := indexSize(path)
	if err != nil {
		return err
	}
	if !s.media {
		b.table.alone("index of "+s.label+", per item", float64(index)/float64(s.made.pages), byteCount,
			want{bound: atMost, limit: itemIndex}, "unzip -l")
		return nil
	}
	size, err := fileSize(path)
	if err != nil {
		return err
	}
	b.table.alone("index of "+s.label+", part of the bundle", float64(index)/size, percent,
		want{bound: atMost, limit: mediaIndex}, "unzip -l")
	return nil
}

// openFigures opens a bundle many times: these are short.
func (b *bench) openFigures(path string) (series, error) {
	figures := series{}
	b.say("opening %s", path)
	for n := range 1 + 4*b.runs {
		home, article, err := b.openOnce(path)
		if err != nil {
			return nil, err
		}
		out, err := b.command(b.self, "cost", path, fmt.Sprint(n)).Output()
		if err != nil {
			return nil, err
		}
		var read, allocated float64
		if _, err := fmt.Sscan(string(out), &read, &allocated); err != nil {
			return nil, err
		}
		if n == 0 {
			continue // to bring programs and bundle into the system's memory
		}
		figures.add("home", home.Seconds())
		figures.add("time", article.Seconds())
		figures.add("read", read)
		figures.add("allocated", allocated)
	}
	return figures, nil
}

// openOnce starts the viewer, and asks for its first page and then for the first article
// in it.
func (b *bench) openOnce(path string) (home, article time.Duration, err error) {
	start := time.Now()
	s, err := b.startSatchel(path)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	page, err := s.home("")
	if err != nil {
		return 0, 0, err
	}
	home = time.Since(start)
	rows := rowLinks(page)
	if len(rows) == 0 {
		return 0, 0, errors.New("the first page lists nothing")
	}
	if page, err = s.page(rows[0]); err != nil {
		return 0, 0, err
	}
	content, ok := contentLink(page, rows[0])
	if !ok {
		return 0, 0, errors.New("the first item shows no content")
	}
	if content != rows[0] {
		_, err = s.page(content)
	}
	return home, time.Since(start), err
}
