package main

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"maps"
	"math/rand/v2"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// A class, and what its pupils do.
const (
	pupils     = 30
	lessonTime = 20 * time.Second
	beatTime   = time.Second // in which a page asks again whether it may still be shown
	megabytes  = 8           // of a film, of a megabyte each, at a time
	listPages  = 10          // that are known of the bundle's contents
	easyPage   = 0.050       // seconds that a page may take of a hundred, where pupils read
)

// The classes: those who read what they have opened, and those who do nothing but open things.
var classes = []struct {
	name  string
	pause time.Duration // at most, before a pupil goes on
}{{"reading", 4 * time.Second}, {"in a hurry", 0}}

// class has thirty pupils at once read, search, look at pictures and play films, as satchel open --lan lets them:
// over HTTP, each with a pass of their own, from an address of their own.
func (b *bench) class() error {
	corpus := filepath.Join(b.corpus("gimp"), "en")
	manual := b.temporary("class.zip")
	if _, err := b.packFresh(corpus, manual); err != nil {
		return err
	}
	films, err := b.make("class-films.zip", made{films: 3, filmSize: 100_000_000})
	if err != nil {
		return err
	}
	pages, err := readPages(corpus)
	if err != nil {
		return err
	}
	words := queries(pages, askedQueries)
	for _, c := range classes {
		figures := series{}
		for n := range b.runs {
			b.say("class %s %d/%d", c.name, n+1, b.runs)
			if err := b.teach([]string{manual, films}, words, c.pause, figures); err != nil {
				return err
			}
		}
		b.table.class(c.name, figures)
	}
	return nil
}

// class adds what a class met with.
func (t *table) class(name string, figures series) {
	const command = "satchel open --lan"
	what := fmt.Sprintf("class of %d, %s, ", pupils, name)
	for _, figure := range slices.Sorted(maps.Keys(figures)) {
		u, w := seconds, want{}
		switch {
		case figure == "requests":
			u = rate
		case figure == "peak memory":
			u = byteCount
		case figure == "page p99" && name == classes[0].name:
			w = want{bound: atMost, limit: easyPage}
		}
		t.alone(what+figure, figures.median(figure), u, w, command)
	}
}

// teach has a class read for as long as a lesson takes.
func (b *bench) teach(bundles, words []string, pause time.Duration, figures series) (err error) {
	s, lines, err := b.startViewer(append([]string{"--lan", "--address", "127.0.0.1"}, bundles...)...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	line, err := lines.ReadString('\n')
	if err != nil {
		return err
	}
	door, code, _ := strings.Cut(strings.TrimSpace(line), " ")
	l := &lesson{door: door, code: code, words: words, pause: pause, times: map[string][]time.Duration{}}
	if err := l.hold(); err != nil {
		return err
	}
	all := 0
	for kind, times := range l.times {
		all += len(times)
		figures.add(kind+" p50", percentile(times, 50)/1e9)
		figures.add(kind+" p99", percentile(times, 99)/1e9)
	}
	figures.add("requests", float64(all)/lessonTime.Seconds())
	peak, err := s.memory("VmHWM")
	figures.add("peak memory", peak)
	return err
}

// A lesson is a class at work.
type lesson struct {
	door, code string
	words      []string // to search for
	pause      time.Duration
	shelves    shelves

	mu      sync.Mutex
	times   map[string][]time.Duration // that requests took, by what was asked for
	failure error                      // the first
}

// Shelves are addresses behind a pass: they are the same behind each.
type shelves struct {
	lists, pages, pictures, films []string
}

// hold lets all pupils in, and waits for the end of the lesson.
func (l *lesson) hold() error {
	var all []*pupil
	for n := range pupils {
		p, err := l.admit(n)
		if err != nil {
			return err
		}
		defer p.c.close()
		all = append(all, p)
	}
	if err := all[0].lookAround(&l.shelves); err != nil {
		return err
	}
	end := time.Now().Add(lessonTime)
	var wg sync.WaitGroup
	for _, p := range all {
		wg.Go(func() { p.beat(end) })
		wg.Go(func() { p.learn(end) })
	}
	wg.Wait()
	return l.failure
}

// note keeps how long a request took, and the first error.
func (l *lesson) note(kind string, took time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil && l.failure == nil {
		l.failure = fmt.Errorf("%s: %w", kind, err)
	}
	l.times[kind] = append(l.times[kind], took)
}

// failed says whether something has gone wrong.
func (l *lesson) failed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failure != nil
}

// A pupil is in class. All that it asks for goes over one connection, so that it waits as long as the class
// keeps it waiting and no longer.
type pupil struct {
	*served
	l      *lesson
	c      *client
	r      *rand.Rand
	search func(query string) error
}

// admit lets in a pupil, who types the code.
func (l *lesson) admit(n int) (*pupil, error) {
	address, err := url.Parse(l.door)
	if err != nil {
		return nil, err
	}
	c := &client{host: address.Host, from: net.IPv4(127, 0, 1, byte(n+1)), body: &bytes.Buffer{}}
	a, err := c.post("/", url.Values{"code": {l.code}})
	if err != nil || a.location == "" {
		return nil, errors.Join(err, errors.New("the code does not let in"))
	}
	p := &pupil{served: &served{name: "the class", host: address.Host, root: a.location}, l: l, c: c, r: rand.New(rand.NewPCG(uint64(n), 9))}
	p.search, err = p.fillIn(c)
	return p, err
}

var (
	coverLink   = regexp.MustCompile(`<a class="cover" href="([^"]+)"`)
	tileLink    = regexp.MustCompile(`<a class="tile" href="([^"]+)"`)
	toPictures  = regexp.MustCompile(`href="([^"]+)"><bdi>Pictures<`)
	nextLink    = regexp.MustCompile(`<a class="button" href="([^"]+)">Next items<`)
	partOfPage  = regexp.MustCompile(`<(?:img|iframe)\b[^>]* src="([^"]+)"|<link [^>]*rel="stylesheet"[^>]* href="([^"]+)"`)
	pictureLink = regexp.MustCompile(`<img src="([^"]+)"`)
	filmLink    = regexp.MustCompile(`<video\b[^>]* src="([^"]+)"`)
)

// lookAround finds lists, pages and pictures in the first bundle, and the films in the second.
func (p *pupil) lookAround(found *shelves) error {
	library, err := p.home("")
	if err != nil {
		return err
	}
	covers := links(coverLink, library)
	if len(covers) != 2 {
		return fmt.Errorf("there are %d bundles", len(covers))
	}
	at := covers[0]
	for n := 0; n < listPages && at != ""; n++ {
		list, err := p.page(at)
		if err != nil {
			return err
		}
		found.lists = append(found.lists, at)
		found.pages = append(found.pages, rowLinks(list)...)
		if more := links(toPictures, list); n == 0 && len(more) > 0 {
			gallery, err := p.page(more[0])
			if err != nil {
				return err
			}
			found.lists = append(found.lists, more[0])
			found.pictures = links(tileLink, gallery)
		}
		at = strings.Join(links(nextLink, list), "")
	}
	films, err := p.page(covers[1])
	found.films = rowLinks(films)
	if err == nil && (len(found.pages) == 0 || len(found.pictures) == 0 || len(found.films) == 0) {
		err = fmt.Errorf("a class finds %d pages, %d pictures, %d films", len(found.pages), len(found.pictures), len(found.films))
	}
	return err
}

// links returns the addresses that a pattern finds.
func links(pattern *regexp.Regexp, page []byte) (all []string) {
	for _, m := range pattern.FindAllSubmatch(page, -1) {
		all = append(all, html.UnescapeString(string(bytes.Join(m[1:], nil))))
	}
	return all
}

// beat asks whether the page may still be shown, as its script does.
func (p *pupil) beat(end time.Time) {
	c := &client{host: p.host, from: p.c.from}
	defer c.close()
	for time.Now().Before(end) && !p.l.failed() {
		a, err := c.get(p.root+"alive", "")
		p.l.note("alive", a.total, err)
		time.Sleep(beatTime)
	}
}

// learn does one thing after the other.
func (p *pupil) learn(end time.Time) {
	pick := func(list []string) string { return list[p.r.IntN(len(list))] }
	for time.Now().Before(end) && !p.l.failed() {
		switch n := p.r.IntN(20); {
		case n < 3:
			start := time.Now()
			err := p.search(pick(p.l.words))
			p.l.note("search", time.Since(start), err)
		case n < 6:
			p.open("list", pick(p.l.shelves.lists))
		case n < 8:
			p.picture(pick(p.l.shelves.pictures))
		case n < 10:
			p.play(pick(p.l.shelves.films))
		default:
			p.read(pick(p.l.shelves.pages))
		}
		if p.l.pause > 0 {
			time.Sleep(time.Duration(p.r.Int64N(int64(p.l.pause))))
		}
	}
}

// ask returns what lies at an address behind the pass.
func (p *pupil) ask(kind, at, lines string) []byte {
	a, err := p.c.get(p.root+strings.TrimPrefix(at, "./"), lines)
	p.l.note(kind, a.total, err)
	if err != nil {
		return nil
	}
	return p.c.body.Bytes()
}

// open asks for a page of the viewer's, and for its style, which no browser may keep.
func (p *pupil) open(kind, at string) []byte {
	page := bytes.Clone(p.ask(kind, at, ""))
	p.ask("part", "style.css", "")
	return page
}

// read opens an item, with what it shows and all that this is made of.
func (p *pupil) read(at string) {
	for _, part := range links(partOfPage, p.open("page", at)) {
		if part == "style.css" || strings.HasPrefix(part, "data:") {
			continue
		}
		within := bytes.Clone(p.ask("part", part, ""))
		for _, part := range links(partOfPage, within) {
			if !strings.HasPrefix(part, "data:") {
				p.ask("part", part, "")
			}
		}
	}
}

// picture opens a picture.
func (p *pupil) picture(at string) {
	for _, part := range links(pictureLink, p.open("page", at)) {
		p.ask("picture", part, "")
	}
}

// play opens a film and takes some of it, from anywhere, as a player does.
func (p *pupil) play(at string) {
	const piece = 1_000_000
	for _, film := range links(filmLink, p.open("page", at)) {
		from := p.r.Int64N(90_000_000)
		for range megabytes {
			p.ask("film, 1 MB", film, fmt.Sprintf("Range: bytes=%d-%d\r\n", from, from+piece-1))
			from += piece
		}
	}
}
