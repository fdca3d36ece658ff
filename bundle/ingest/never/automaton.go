package never

import (
	"cmp"
	"fmt"
	"slices"
)

// An automaton finds all entries in a stream of symbols: A. V. Aho and M. J. Corasick, "Efficient string
// matching", 1975. States are numbered by their depth, so those that a text is mostly in come first.
// They have a row of the table each; the others have only their edges, and fall back.
type automaton struct {
	symbols map[rune]uint16 // of the characters that entries have; 0 is any other
	width   int             // symbols, 0 included
	rows    int             // states below this have a row
	next    []uint32        // where a row's state goes at a symbol; with found, where something ends there

	edges []edge  // of all states, by state and symbol
	first []int32 // where a state's edges begin
	fails []int32 // the state of the longest suffix that is one
	ends  []int32 // where in outputs a state's own begin
	outs  []int32 // entries, by the state that they end in
	dict  []int32 // the state of the longest suffix that an entry ends in, or 0
}

type edge struct {
	symbol uint16
	to     int32
}

const (
	// found marks states in which an entry ends.
	found = 1 << 31
	// maxCells is how many cells the table of rows has, 4 bytes each.
	maxCells = 4 << 20
)

// build makes an automaton of entries.
func build(entries []entry) (*automaton, error) {
	a := &automaton{symbols: map[rune]uint16{}}
	words := make([][]uint16, len(entries))
	for i := range entries {
		for _, r := range entries[i].symbols {
			s, ok := a.symbols[r]
			if !ok {
				if len(a.symbols) == 1<<16-2 {
					return nil, fmt.Errorf("%w: it has too many different characters", ErrList)
				}
				s = uint16(len(a.symbols) + 1)
				a.symbols[r] = s
			}
			words[i] = append(words[i], s)
		}
	}
	a.width = len(a.symbols) + 1
	if err := a.grow(words); err != nil {
		return nil, err
	}
	a.link()
	a.fill()
	return a, nil
}

// A span is the entries of a state: they have the first depth symbols in common.
type span struct {
	from, to int32 // in the order of their words
	depth    int
}

// grow makes the tree of all words, level by level: what a state's entries have in common lies side by
// side when they are sorted.
func (a *automaton) grow(words [][]uint16) error {
	order := make([]int32, len(words))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int {
		return cmp.Or(slices.Compare(words[x], words[y]), cmp.Compare(x, y))
	})
	states := []span{{0, int32(len(order)), 0}}
	for i := 0; i < len(states); i++ {
		s := states[i]
		a.first = append(a.first, int32(len(a.edges)))
		a.ends = append(a.ends, int32(len(a.outs)))
		at := s.from
		for ; at < s.to && len(words[order[at]]) == s.depth; at++ {
			a.outs = append(a.outs, order[at])
		}
		for at < s.to {
			symbol := words[order[at]][s.depth]
			child := span{at, at, s.depth + 1}
			for at < s.to && words[order[at]][s.depth] == symbol {
				at++
			}
			child.to = at
			a.edges = append(a.edges, edge{symbol, int32(len(states))})
			states = append(states, child)
		}
		if len(states) > maxStates {
			return fmt.Errorf("%w: it has too many different beginnings of entries", ErrList)
		}
	}
	a.first = append(a.first, int32(len(a.edges)))
	a.ends = append(a.ends, int32(len(a.outs)))
	return nil
}

// edge returns where a state's own edge leads, or -1.
func (a *automaton) edge(state int32, symbol uint16) int32 {
	own := a.edges[a.first[state]:a.first[state+1]]
	i, ok := slices.BinarySearchFunc(own, symbol, func(e edge, s uint16) int { return cmp.Compare(e.symbol, s) })
	if !ok {
		return -1
	}
	return own[i].to
}

// link finds the suffixes, in the order of the states: a suffix is shorter, so it comes before.
func (a *automaton) link() {
	n := len(a.first) - 1
	a.fails = make([]int32, n)
	a.dict = make([]int32, n)
	for state := range int32(n) {
		for _, e := range a.edges[a.first[state]:a.first[state+1]] {
			fail := int32(0)
			if state != 0 {
				fail = a.step(a.fails[state], e.symbol)
			}
			a.fails[e.to] = fail
			a.dict[e.to] = a.dict[fail]
			if a.ends[fail] < a.ends[fail+1] {
				a.dict[e.to] = fail
			}
		}
	}
}

// step goes by edges and suffixes alone.
func (a *automaton) step(state int32, symbol uint16) int32 {
	for {
		if to := a.edge(state, symbol); to >= 0 {
			return to
		}
		if state == 0 {
			return 0
		}
		state = a.fails[state]
	}
}

// fill makes the rows: a state's row is that of its suffix, but for its own edges.
func (a *automaton) fill() {
	a.rows = min(len(a.fails), max(maxCells/a.width, 1))
	a.next = make([]uint32, a.rows*a.width)
	for state := range a.rows {
		row := a.next[state*a.width:][:a.width]
		if state > 0 {
			copy(row, a.next[int(a.fails[state])*a.width:][:a.width])
		}
		for _, e := range a.edges[a.first[state]:a.first[state+1]] {
			row[e.symbol] = a.marked(e.to)
		}
	}
}

// marked is a state with found, where something ends in it.
func (a *automaton) marked(state int32) uint32 {
	if a.ends[state] < a.ends[state+1] || a.dict[state] != 0 {
		return uint32(state) | found
	}
	return uint32(state)
}

// sparse goes on from a state that has no row.
func (a *automaton) sparse(state uint32, symbol uint16) uint32 {
	for int(state) >= a.rows {
		if to := a.edge(int32(state), symbol); to >= 0 {
			return a.marked(to)
		}
		state = uint32(a.fails[state])
	}
	return a.next[int(state)*a.width+int(symbol)]
}
