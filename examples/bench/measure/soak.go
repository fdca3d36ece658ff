package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Who comes to the soak.
const (
	idleConnections = 10_000
	slowReaders     = 50
	pagers          = 25
	players         = 5

	idlePause = 30 * time.Second // at most, before one that was closed comes again
	pageTime  = 0.050            // seconds that a page may take
	samplings = 20               // of the memory
	flat      = 1.10             // of the memory at the end to that after a quarter
)

var soakBundle = made{pages: 5000, pageSize: 25_000, films: 5, filmSize: 100_000_000}

// A soaking is one soak.
type soaking struct {
	s       *served
	pages   []string
	films   []string
	ctx     context.Context
	wg      sync.WaitGroup
	open    atomic.Int64 // idle connections now
	opened  atomic.Int64 // in all
	refused atomic.Int64

	mu      sync.Mutex
	times   []time.Duration
	failed  int
	failure error // the last
}

// soak keeps a viewer under everything at once: connections that say nothing, readers who
// take a few bytes at a time, and people who read and watch.
func (b *bench) soak() (err error) {
	path, err := b.make("soak.zip", soakBundle)
	if err != nil {
		return err
	}
	s, addresses, err := b.soakAddresses(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	ctx, cancel := context.WithTimeout(b.ctx, b.soakTime)
	defer cancel()
	k := &soaking{s: s, ctx: ctx, pages: addresses[:soakBundle.pages], films: addresses[soakBundle.pages:]}
	b.say("soaking for %v", b.soakTime)
	k.start()
	memory, err := b.watch(k)
	k.wg.Wait()
	if err := errors.Join(err, b.ctx.Err()); err != nil {
		return err
	}
	b.say("idle connections: %d opened in all, %d could not be; answers that failed: %d (%v)",
		k.opened.Load(), k.refused.Load(), k.failed, k.failure)
	command := fmt.Sprintf("satchel open --no-browser, for %v", b.soakTime)
	b.table.alone("soak, pages", float64(len(k.times))/b.soakTime.Seconds(), rate, want{}, command)
	b.table.alone("soak, page p50", percentile(k.times, 50)/1e9, seconds, want{}, command)
	b.table.alone("soak, page p99", percentile(k.times, 99)/1e9, seconds, want{bound: atMost, limit: pageTime}, command)
	b.table.alone("soak, answers that failed", float64(k.failed), number, want{bound: atMost}, command)
	b.table.alone("soak, memory at the most", slices.Max(memory), byteCount, want{}, command)
	late, early := slices.Max(memory[3*len(memory)/4:]), slices.Max(memory[len(memory)/4:len(memory)/2])
	b.table.add(row{"soak, memory at the end beside that in the second quarter", late, early, byteCount,
		want{atMost, flat, true}, command})
	return nil
}

func (b *bench) soakAddresses(path string) (*served, []string, error) {
	entries, err := itemOrder(path)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, e := range entries { // dated pages come first, and films last
		names = append(names, e.Path)
	}
	return b.satchelPages(path, names)
}

// watch returns the memory at intervals, until the soak ends.
func (b *bench) watch(k *soaking) (memory []float64, err error) {
	every := time.NewTicker(b.soakTime / samplings)
	defer every.Stop()
	for {
		select {
		case <-k.ctx.Done():
			if len(memory) < 4 {
				err = errors.New("too short to say anything of the memory")
			}
			return memory, err
		case <-every.C:
			now, err := k.s.memory("VmRSS")
			if err != nil {
				return nil, err
			}
			memory = append(memory, now)
			b.say("memory %s, %d idle connections open", byteCount.format(now), k.open.Load())
		}
	}
}

func (k *soaking) start() {
	for range idleConnections {
		k.wg.Go(k.idle)
	}
	for range slowReaders {
		k.wg.Go(k.readSlowly)
	}
	for n := range pagers {
		k.wg.Go(func() { k.readPages(uint64(n)) })
	}
	for n := range players {
		k.wg.Go(func() { k.watchFilm(uint64(n)) })
	}
}

// pause returns whether the soak still goes on after a while.
func (k *soaking) pause(d time.Duration) bool {
	select {
	case <-k.ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// connect opens a connection that ends with the soak. The caller closes it.
func (k *soaking) connect() (net.Conn, func(), error) {
	var d net.Dialer
	c, err := d.DialContext(k.ctx, "tcp4", k.s.host)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(k.ctx, func() { c.Close() })
	return c, func() { stop(); c.Close() }, nil
}

// idle keeps a connection and says nothing. The viewer holds few of those, and
// closes the longest idle: then it comes again, after a while.
func (k *soaking) idle() {
	// not all in one moment
	for k.pause(rand.N(idlePause / 2)) {
		c, closeIt, err := k.connect()
		if err != nil {
			k.refused.Add(1)
		} else {
			k.opened.Add(1)
			k.open.Add(1)
			_, _ = c.Read(make([]byte, 1)) // until it is closed
			closeIt()
			k.open.Add(-1)
		}
		if !k.pause(idlePause / 2) {
			return
		}
	}
}

// readSlowly asks for a film and takes a kilobyte of it ten times a second.
func (k *soaking) readSlowly() {
	buf := make([]byte, 1000)
	for k.pause(rand.N(time.Second)) {
		c, closeIt, err := k.connect()
		if err != nil {
			continue
		}
		_, err = io.WriteString(c, "GET "+k.s.root+k.films[0]+" HTTP/1.1\r\nHost: "+k.s.host+"\r\n\r\n")
		for err == nil && k.pause(100*time.Millisecond) {
			_, err = c.Read(buf)
		}
		closeIt()
	}
}

// readPages asks for pages, some of them again and again, a few each second.
func (k *soaking) readPages(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 5))
	c := &client{host: k.s.host}
	defer c.close()
	for k.pause(50*time.Millisecond + time.Duration(r.Int64N(int64(100*time.Millisecond)))) {
		f := r.Float64()
		a, err := c.get(k.s.root+k.pages[int(f*f*f*float64(len(k.pages)))], "")
		k.note(a.total, err)
	}
}

// watchFilm asks for a film in pieces of a megabyte, as a player does, from anywhere in it.
func (k *soaking) watchFilm(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 6))
	c := &client{host: k.s.host}
	defer c.close()
	at := int64(0)
	for k.pause(250 * time.Millisecond) {
		if r.IntN(20) == 0 || at+1_000_000 > soakBundle.filmSize {
			at = r.Int64N(soakBundle.filmSize - 1_000_000)
		}
		_, err := c.get(k.s.root+k.films[int(seed)%len(k.films)], fmt.Sprintf("Range: bytes=%d-%d\r\n", at, at+999_999))
		if err != nil {
			k.note(0, err)
		}
		at += 1_000_000
	}
}

func (k *soaking) note(took time.Duration, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		if k.ctx.Err() == nil {
			k.failed++
			k.failure = err
		}
		return
	}
	k.times = append(k.times, took)
}
