package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"
)

// A unit says how a figure is written.
type unit int

const (
	seconds unit = iota
	byteCount
	byteRate // a second
	rate     // a second
	percent
	number
)

var scales = []struct {
	factor float64
	prefix string
}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}}

// format writes a figure with three digits that count, or a dash for none.
func (u unit) format(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	switch u {
	case seconds:
		if v < 1 {
			return digits(v*1000) + " ms"
		}
		return digits(v) + " s"
	case byteCount:
		return scaled(v) + "B"
	case byteRate:
		return scaled(v) + "B/s"
	case rate:
		return digits(v) + "/s"
	case percent:
		return digits(v*100) + " %"
	}
	return digits(v)
}

func scaled(v float64) string {
	for _, s := range scales {
		if v >= s.factor {
			return digits(v/s.factor) + " " + s.prefix
		}
	}
	return digits(v) + " "
}

func digits(v float64) string {
	switch {
	case v >= 100 || v == math.Trunc(v):
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 0.1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// A want is what a figure should come to. The zero want asks for nothing.
type want struct {
	bound bound
	limit float64
	ratio bool // the limit is one of ours to the peer's
}

type bound int

const (
	unbounded bound = iota
	atMost
	atLeast
)

func (w want) format(u unit) string {
	if w.bound == unbounded {
		return "-"
	}
	sign := "<= "
	if w.bound == atLeast {
		sign = ">= "
	}
	if w.ratio {
		return sign + digits(w.limit) + " x"
	}
	return sign + u.format(w.limit)
}

// judge says whether a figure, and its ratio to the peer's, is what was wanted.
func (w want) judge(ours, ratio float64) string {
	v := ours
	if w.ratio {
		v = ratio
	}
	switch {
	case w.bound == unbounded:
		return "-"
	case w.bound == atMost && v <= w.limit, w.bound == atLeast && v >= w.limit:
		return "met"
	}
	return "MISSED" // also where there is no figure
}

// A row is a figure beside a peer's.
type row struct {
	what       string
	ours, peer float64
	unit       unit
	want       want
	command    string // what was run, and beside what
}

// A table has the figures of all sections, in the order in which they came.
type table struct{ rows []row }

func (t *table) add(r row) { t.rows = append(t.rows, r) }

// alone adds a figure without a peer.
func (t *table) alone(what string, ours float64, u unit, w want, command string) {
	t.add(row{what, ours, none, u, w, command})
}

// print writes the table.
func (t *table) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tours\tpeer\tratio\twanted\tresult\tcommand (beside)")
	for _, r := range t.rows {
		ratio := none
		if r.peer > 0 {
			ratio = r.ours / r.peer
		}
		shown := "-"
		if !math.IsNaN(ratio) {
			shown = digits(ratio) + " x"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.what, r.unit.format(r.ours), r.unit.format(r.peer),
			shown, r.want.format(r.unit), r.want.judge(r.ours, ratio), r.command)
	}
	return w.Flush()
}
