package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// A client asks over one connection and reads what comes, with as little of its own as
// can be: it shares the machine with what it measures.
type client struct {
	host string
	from net.IP        // this computer's address to ask from, or nil
	body *bytes.Buffer // takes what comes, or nil
	conn net.Conn
	r    *bufio.Reader
}

// An answer is how a request went.
type answer struct {
	bytes        int64
	first, total time.Duration // to the first byte of the body, and to the last
	location     string        // where it leads, when it is somewhere else
}

// get asks for a path, with further lines of a head.
func (c *client) get(path, lines string) (answer, error) {
	return c.send("GET "+path, lines, "")
}

// post sends a form as a page of the server's own does.
func (c *client) post(path string, form url.Values) (answer, error) {
	body := form.Encode()
	lines := fmt.Sprintf("Origin: http://%s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n",
		c.host, len(body))
	return c.send("POST "+path, lines, body)
}

// send sends a request. A connection that the server has closed meanwhile is opened anew, as a browser does.
func (c *client) send(what, lines, body string) (answer, error) {
	start := time.Now()
	used := c.conn != nil
	a, err := c.try(start, what, lines, body)
	if err != nil && used {
		a, err = c.try(start, what, lines, body)
	}
	return a, err
}

func (c *client) try(start time.Time, what, lines, body string) (a answer, err error) {
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if c.conn == nil {
		if c.conn, err = (&net.Dialer{LocalAddr: &net.TCPAddr{IP: c.from}}).Dial("tcp4", c.host); err != nil {
			return a, err
		}
		c.r = bufio.NewReaderSize(c.conn, 64<<10)
	}
	if _, err := io.WriteString(c.conn, what+" HTTP/1.1\r\nHost: "+c.host+"\r\n"+lines+"\r\n"+body); err != nil {
		return a, err
	}
	r, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return a, err
	}
	defer r.Body.Close()
	switch r.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
		if _, err := c.r.Peek(1); err != nil {
			return a, err
		}
	case http.StatusNoContent:
	case http.StatusFound, // so kiwix-serve answers for pages that only lead on
		http.StatusSeeOther: // and so the viewer does for forms
		a.location = r.Header.Get("Location")
	default:
		return a, fmt.Errorf("answer %s for %s", r.Status, what)
	}
	a.first = time.Since(start)
	if c.body != nil {
		c.body.Reset()
		a.bytes, err = io.Copy(c.body, r.Body)
	} else {
		a.bytes, err = io.Copy(io.Discard, r.Body)
	}
	a.total = time.Since(start)
	if r.Close {
		c.close()
	}
	return a, err
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close() // nothing is left to lose
		c.conn = nil
	}
}

// A result is what came of a load.
type result struct {
	rate     float64 // requests a second
	p50, p99 float64 // seconds
}

// load asks for every path once, in order, over some connections.
func load(s *served, paths []string, connections int) (result, error) {
	var next atomic.Int64
	var mu sync.Mutex
	var times []time.Duration
	var failure error
	var wg sync.WaitGroup
	start := time.Now()
	for range connections {
		wg.Go(func() {
			mine, err := loadOne(s, paths, &next)
			mu.Lock()
			defer mu.Unlock()
			times = append(times, mine...)
			if err != nil {
				failure = err
			}
		})
	}
	wg.Wait()
	took := time.Since(start).Seconds()
	return result{float64(len(times)) / took,
		percentile(times, 50) / 1e9, percentile(times, 99) / 1e9}, failure
}

func loadOne(s *served, paths []string, next *atomic.Int64) (times []time.Duration, err error) {
	c := &client{host: s.host}
	defer c.close()
	for {
		n := int(next.Add(1)) - 1
		if n >= len(paths) {
			return times, nil
		}
		a, err := c.get(s.root+paths[n], "")
		if err != nil {
			return times, fmt.Errorf("%s: %w", s.name, err)
		}
		times = append(times, a.total)
	}
}
