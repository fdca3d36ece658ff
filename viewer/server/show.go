package server

import "satchel/viewer"

// A showing is a viewer while it answers.
type showing struct {
	viewer *viewer.Viewer
	users  int    // answers under way, and one while it is the Server's
	then   func() // when there are none any more
}

func show(v *viewer.Viewer) *showing { return &showing{viewer: v, users: 1, then: func() {}} }

// Show lets v answer from now on. The viewer that answered before is closed once nobody waits for it any
// more; then is called after that.
func (s *Server) Show(v *viewer.Viewer, then func()) {
	s.mu.Lock()
	old := s.showing
	old.then = then
	s.showing = show(v)
	s.mu.Unlock()
	s.drop(old)
}

// hold returns what answers now, to be dropped.
func (s *Server) hold() *showing {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.showing.users++
	return s.showing
}

func (s *Server) drop(x *showing) {
	s.mu.Lock()
	x.users--
	last := x.users == 0
	s.mu.Unlock()
	if last {
		x.viewer.Close()
		x.then()
	}
}

// close ends what answers when the Server ends.
func (s *Server) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.showing.viewer.Close()
}
