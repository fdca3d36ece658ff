package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"satchel/bundle"
)

// How much is asked for.
const (
	distinctPages = 5000
	repeatedPages = 500
	repetitions   = 20
	connections   = 4
)

// A contestant is a server with the addresses of the pages that it is asked for.
type contestant struct {
	name  string
	start func() (*served, []string, error)
}

// serve measures serving the JDK's pages beside kiwix-serve.
func (b *bench) serve() error {
	names, err := b.pageOrder(b.corpus("jdk"))
	if err != nil {
		return err
	}
	out := b.temporary("jdk.zip")
	if _, err := b.packOurs(b.corpus("jdk"), out); err != nil {
		return err
	}
	zim, err := b.zim("jdk", b.corpus("jdk"), noIndex)
	if err != nil {
		return err
	}
	contestants := []contestant{
		{"ours", func() (*served, []string, error) { return b.satchelPages(out, names) }},
		{"kiwix", func() (*served, []string, error) { return b.kiwixPages(zim, names) }},
	}
	figures := series{}
	for n := range b.runs {
		for _, c := range contestants {
			b.say("serve jdk %d/%d: %s", n+1, b.runs, c.name)
			err := errors.Join(serveMany(c, figures), serveOne(c, figures))
			if err := errors.Join(err, b.ctx.Err()); err != nil {
				return err
			}
		}
	}
	b.serveRows(figures)
	return nil
}

// What is wanted beside kiwix-serve, and in how much memory.
var serveWants = map[string]want{
	"cold requests": {atLeast, 1.5, true}, "500 again requests": {atLeast, 5, true},
}

const serveMemory = 150e6

func (b *bench) serveRows(figures series) {
	const command = "satchel open --no-browser (kiwix-serve)"
	for _, pass := range []string{"cold", "warm", "500 again"} {
		for _, figure := range []string{"requests", "p50", "p99"} {
			unit := seconds
			if figure == "requests" {
				unit = rate
			}
			name := pass + " " + figure
			b.table.add(row{"serve jdk, 4 connections, " + pass + ", " + figure, figures.median("ours " + name),
				figures.median("kiwix " + name), unit, serveWants[name], command})
		}
	}
	b.table.add(row{"serve jdk, peak memory", figures.median("ours memory"), figures.median("kiwix memory"),
		byteCount, want{bound: atMost, limit: serveMemory}, command})
	for _, figure := range []struct {
		name  string
		limit float64
	}{{"p50", 0.002}, {"p99", 0.008}} {
		name := "alone " + figure.name
		b.table.add(row{"serve jdk, 1 connection, cold, " + figure.name, figures.median("ours " + name),
			figures.median("kiwix " + name), seconds, want{bound: atMost, limit: figure.limit}, command})
	}
}

// serveMany asks over several connections: for pages that the process has not read yet,
// for the same again, and for a few of them over and over.
func serveMany(c contestant, figures series) (err error) {
	s, paths, err := c.start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	few := slices.Repeat(paths[:min(repeatedPages, len(paths))], repetitions)
	for _, pass := range []struct {
		name  string
		paths []string
	}{{"cold", paths}, {"warm", paths}, {"500 again", few}} {
		r, err := load(s, pass.paths, connections)
		if err != nil {
			return err
		}
		name := c.name + " " + pass.name
		figures.add(name+" requests", r.rate)
		figures.add(name+" p50", r.p50)
		figures.add(name+" p99", r.p99)
	}
	peak, err := s.memory("VmHWM")
	figures.add(c.name+" memory", peak)
	return err
}

func serveOne(c contestant, figures series) (err error) {
	s, paths, err := c.start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	r, err := load(s, paths, 1)
	figures.add(c.name+" alone p50", r.p50)
	figures.add(c.name+" alone p99", r.p99)
	return err
}

// pageOrder returns the pages of a folder in an order that is always the same, and like
// no other: that of shuf with a constant source.
func (b *bench) pageOrder(folder string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".html") {
			names = append(names, strings.TrimPrefix(path, folder+"/"))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	cmd := b.command("bash", "-c", fmt.Sprintf("shuf -n %d --random-source=<(yes)", distinctPages))
	cmd.Stdin = strings.NewReader(strings.Join(names, "\n"))
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("shuf: %w", err)
	}
	return strings.Split(string(bytes.TrimSpace(out)), "\n"), nil
}

// kiwixPages starts kiwix-serve, which takes paths as they are, below the book's name.
func (b *bench) kiwixPages(zim string, names []string) (*served, []string, error) {
	s, err := b.startKiwix(zim)
	if err != nil {
		return nil, nil, err
	}
	book := strings.TrimSuffix(filepath.Base(zim), ".zim")
	var paths []string
	for _, name := range names {
		paths = append(paths, (&url.URL{Path: book + "/A/" + name}).EscapedPath())
	}
	return s, paths, nil
}

// satchelPages starts the viewer and gathers the addresses of pages from its lists. Lists
// and the frames around pages come from the index: no page is read for them.
func (b *bench) satchelPages(path string, names []string) (_ *served, addresses []string, err error) {
	ids, err := itemOrder(path)
	if err != nil {
		return nil, nil, err
	}
	s, err := b.startSatchel(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	rows, err := s.rows(ids)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		page, err := s.page(rows[name])
		if err != nil {
			return nil, nil, fmt.Errorf("%q: %w", name, err)
		}
		address, ok := contentLink(page, rows[name])
		if !ok {
			return nil, nil, fmt.Errorf("%q shows no content", name)
		}
		addresses = append(addresses, address)
	}
	return s, addresses, nil
}

// listed are the kinds that the viewer's first page lists, as far as there are any.
var listed = []bundle.Kind{bundle.KindPage, bundle.KindText, bundle.KindDocument, bundle.KindBook,
	bundle.KindSound, bundle.KindVideo, bundle.KindFile}

// itemOrder returns what the viewer's first page lists, in its order.
func itemOrder(path string) ([]bundle.Entry, error) {
	r, err := bundle.Open(path)
	if err != nil {
		return nil, err
	}
	entries, _, more, err := r.List(bundle.Filter{Kinds: listed}, 0, 100_000)
	if more {
		err = errors.New("too many items")
	}
	return entries, errors.Join(err, r.Close())
}

// rows returns the address of every listed item, by its path. An address says nothing of
// what it leads to, so the n-th row is taken for the n-th item, and the numbers must agree.
func (s *served) rows(items []bundle.Entry) (map[string]string, error) {
	byPath := map[string]string{}
	for len(items) > 0 {
		page, err := s.home(fmt.Sprintf("?from=%d", items[0].ID))
		if err != nil {
			return nil, err
		}
		links := rowLinks(page)
		if len(links) == 0 || len(links) > len(items) {
			return nil, fmt.Errorf("a list has %d rows, and %d items are left", len(links), len(items))
		}
		for i, l := range links {
			byPath[items[i].Path] = l
		}
		items = items[len(links):]
	}
	return byPath, nil
}
