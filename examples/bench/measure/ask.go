package main

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"satchel/bundle/search"
)

// How much is asked: all queries of one server, and one in so many of a server of its own.
const (
	askedQueries = 300
	firstOf      = 10
	hitsPerPage  = 10
)

// What a page of hits may take, in seconds.
const (
	coldQuery    = 0.015
	warmQuery    = 0.005
	slowestQuery = 0.040 // of a hundred
)

// A searcher answers queries, one after the other.
type searcher struct {
	name  string
	file  string // that it reads
	start func() (asking, error)
}

// An asking is a searcher at work.
type asking struct {
	ask  func(query string) error
	stop func() error
}

// searchTime measures a page of hits in the JDK's pages beside kiwix-serve.
func (b *bench) searchTime() error {
	const corpus = "jdk"
	if !b.packs(corpus) {
		return nil
	}
	pages, err := readPages(b.corpus(corpus))
	if err != nil {
		return err
	}
	bundled, err := b.searchBundle(corpus)
	if err != nil {
		return err
	}
	zim, err := b.searchZIM(corpus)
	if err != nil {
		return err
	}
	all := []searcher{
		{"ours", bundled, func() (asking, error) { return b.askViewer(bundled) }},
		{"kiwix", zim, func() (asking, error) { return b.askKiwix(zim) }},
		{"process", bundled, func() (asking, error) { return askWords(bundled) }},
	}
	figures, err := b.askInTurns(all, queries(pages, askedQueries))
	b.table.searchTime(figures)
	return err
}

// askInTurns asks one searcher after the other. One that fails does not keep the others from being asked.
func (b *bench) askInTurns(all []searcher, list []string) (series, error) {
	figures := series{}
	failed := map[string]error{}
	for n := range b.runs {
		for _, s := range all {
			if failed[s.name] != nil {
				continue
			}
			b.say("search %d/%d: %s", n+1, b.runs, s.name)
			err := b.askAll(s, list, figures)
			if err == nil {
				err = b.askFirst(s, list, figures)
			}
			if err != nil {
				failed[s.name] = fmt.Errorf("%s: %w", s.name, err)
			}
			if err := b.ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	var failures []error
	for _, s := range all {
		failures = append(failures, failed[s.name])
	}
	return figures, errors.Join(failures...)
}

// askAll starts a searcher whose file is on the disk only, and asks everything twice.
func (b *bench) askAll(s searcher, list []string, figures series) (err error) {
	if err := errors.Join(b.settle(), b.evict(s.file)); err != nil {
		return err
	}
	a, err := s.start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.stop()) }()
	for _, pass := range []string{"cold", "warm"} {
		for _, q := range list {
			if err := timeQuery(a, q, figures, s.name+" "+pass); err != nil {
				return err
			}
		}
	}
	return b.ctx.Err()
}

// askFirst asks single queries, each of a searcher that was asked nothing before.
func (b *bench) askFirst(s searcher, list []string, figures series) error {
	for i := 0; i < len(list) && b.ctx.Err() == nil; i += firstOf {
		if err := b.evict(s.file); err != nil {
			return err
		}
		a, err := s.start()
		if err != nil {
			return err
		}
		if err := errors.Join(timeQuery(a, list[i], figures, s.name+" first"), a.stop()); err != nil {
			return err
		}
	}
	return nil
}

func timeQuery(a asking, query string, figures series, name string) error {
	start := time.Now()
	if err := a.ask(query); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	figures.add(name, time.Since(start).Seconds())
	return nil
}

// evict takes a file that has settled out of the system's memory.
func (b *bench) evict(name string) error {
	_, err := b.wall("dd", "if="+name, "iflag=nocache", "count=0", "status=none")
	return err
}

// askViewer asks as a reader does.
func (b *bench) askViewer(path string) (asking, error) {
	s, err := b.startSatchel(path)
	if err != nil {
		return asking{}, err
	}
	c := &client{host: s.host}
	ask, err := s.fillIn(c)
	if err != nil {
		return asking{}, errors.Join(err, s.stop())
	}
	return asking{ask, func() error { c.close(); return s.stop() }}, nil
}

// fillIn returns a function that fills in the form on the viewer's first page, and follows to the page of hits.
func (s *served) fillIn(c *client) (func(query string) error, error) {
	home, err := s.home("")
	if err != nil {
		return nil, err
	}
	f, ok := searchForm(home)
	if !ok {
		return nil, errors.New("the viewer's contents have no search form")
	}
	action, err := (&url.URL{Path: s.root}).Parse(f.action)
	if err != nil {
		return nil, err
	}
	return func(query string) error {
		a, err := c.post(action.RequestURI(), f.with(query))
		if err != nil {
			return err
		}
		hits, err := action.Parse(a.location)
		if err != nil || a.location == "" {
			return errors.Join(err, errors.New("the form leads nowhere"))
		}
		_, err = c.get(hits.RequestURI(), "")
		return err
	}, nil
}

// askKiwix asks for a page of as many hits, as HTML.
func (b *bench) askKiwix(zim string) (asking, error) {
	s, err := b.startKiwix(zim)
	if err != nil {
		return asking{}, err
	}
	c := &client{host: s.host}
	ask := func(query string) error {
		_, err := c.get(s.root+kiwixSearch(zim, query, url.Values{"pageLength": {fmt.Sprint(hitsPerPage)}}), "")
		return err
	}
	return asking{ask, func() error { c.close(); return s.stop() }}, nil
}

// askWords asks for hits without anything around them.
func askWords(path string) (asking, error) {
	x, r, err := openWords(path)
	if err != nil {
		return asking{}, err
	}
	ask := func(query string) error {
		found, err := x.Search(search.Query{Text: query, Language: "en", Limit: hitsPerPage})
		return errors.Join(err, damage(found))
	}
	return asking{ask, r.Close}, nil
}

// searchTime adds what pages of hits took.
func (t *table) searchTime(figures series) {
	middle := map[string]want{"cold": {bound: atMost, limit: coldQuery}, "warm": {bound: atMost, limit: warmQuery}}
	slow := map[string]want{"cold": {bound: atMost, limit: slowestQuery}, "warm": {bound: atMost, limit: slowestQuery}}
	for _, kind := range []struct{ name, peer, what, command string }{
		{"ours", "kiwix", "search jdk, a page of hits", "satchel open --no-browser, a form (kiwix-serve)"},
		{"process", "", "search jdk, ten hits in process", "Search of bundle.Reader"},
	} {
		for _, pass := range []string{"first", "cold", "warm"} {
			ours, peer := figures[kind.name+" "+pass], figures[kind.peer+" "+pass]
			what := kind.what + ", " + pass
			t.add(row{what + ", p50", median(ours), median(peer), seconds, middle[pass], kind.command})
			t.add(row{what + ", p99", percentile(ours, 99), percentile(peer, 99), seconds, slow[pass], kind.command})
		}
	}
}
