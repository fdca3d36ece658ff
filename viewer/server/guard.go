package server

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// A guard keeps connections to a number. One too many costs the one that has
// waited longest for its next request, or its first: so whoever opens thousands
// and says nothing loses them, and a browser that asks is served.
type guard struct {
	limit int

	mu      sync.Mutex
	open    int
	byConn  map[net.Conn]*list.Element
	waiting *list.List // of net.Conn, the longest waiting first
}

func newGuard(limit int) *guard {
	return &guard{limit: limit, byConn: map[net.Conn]*list.Element{}, waiting: list.New()}
}

// state follows a connection; it is the server's ConnState.
func (g *guard) state(c net.Conn, s http.ConnState) {
	if spare := g.follow(c, s); spare != nil {
		spare.Close() // its own state change follows
	}
}

// follow returns a connection to close, or nil.
func (g *guard) follow(c net.Conn, s http.ConnState) (spare net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e := g.byConn[c]; e != nil {
		g.waiting.Remove(e)
		delete(g.byConn, c)
	}
	switch s {
	case http.StateNew:
		g.open++
		g.byConn[c] = g.waiting.PushBack(c)
	case http.StateIdle:
		g.byConn[c] = g.waiting.PushBack(c)
	case http.StateClosed, http.StateHijacked:
		g.open--
	}
	if g.open <= g.limit || g.waiting.Len() == 0 || s != http.StateNew {
		return nil
	}
	// It leaves the list now: before its end is known here, others may come that
	// cost another.
	spare = g.waiting.Remove(g.waiting.Front()).(net.Conn)
	delete(g.byConn, spare)
	return spare
}
