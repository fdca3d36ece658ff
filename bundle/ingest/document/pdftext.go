package document

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"satchel/bundle/internal/pdf"
)

// Limits of reading the text of a PDF file.
const (
	maxOperations = 20_000_000 // of all pages: a page has some thousands
	maxDrawn      = 256 << 20  // bytes of what is drawn, as often as it is: some hold no operations
	maxForms      = 8          // drawings in drawings
	maxFonts      = 5000
	maxSaved      = 64      // graphics states
	maxGlyphs     = 200_000 // of a page: a newspaper's has a tenth
	maxFormBytes  = 8 << 20 // of drawings that are kept
)

// pdf reads the pages of a PDF file.
func (t *texts) pdf(r io.ReaderAt, size int64) error {
	f, err := pdf.Open(r, size)
	if err != nil {
		return err
	}
	c := &pdfCleaner{file: f, info: &Info{}, pages: map[int]bool{}, nodes: map[int]bool{}, gone: map[string]bool{}}
	if err := c.findPages(); err != nil {
		return err
	}
	d := &drawer{cleaner: c, file: f, left: maxOperations, drawn: maxDrawn, fonts: map[int]*font{}, forms: map[int64][]byte{}}
	for _, ref := range c.list {
		page, err := f.Dict(ref)
		if err != nil {
			return err
		}
		d.glyphs = d.glyphs[:0]
		d.state, d.saved = newState(), nil
		if err := d.run(d.content(page), c.inherited(page, "Resources"), 0); err != nil {
			return err
		}
		for _, line := range lines(d.glyphs) {
			if err := t.add(line); err != nil {
				return err
			}
			if err := t.end(); err != nil {
				return err
			}
		}
	}
	return f.Err()
}

// A glyph is a character, or a few that are drawn as one, where it stands on a page.
type glyph struct {
	text       string
	x, end, y  float64
	size       float64
	horizontal bool
}

// A drawer goes through what is drawn on a page, and notes the glyphs.
type drawer struct {
	cleaner *pdfCleaner
	file    *pdf.File
	left    int // operations
	drawn   int // bytes that may yet be
	fonts   map[int]*font
	forms   map[int64][]byte // drawings that were inflated, by their offset
	held    int              // bytes of them
	glyphs  []glyph
	state   state
	saved   []state
}

// A matrix is a b c d e f as in 8.3.3.
type matrix [6]float64

func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

var identity = matrix{1, 0, 0, 1, 0, 0}

// A state is what operators set that concern text (9.3).
type state struct {
	ctm, text, line  matrix
	font             *font
	size             float64
	space, wordSpace float64
	scale            float64
	leading, rise    float64
}

func newState() state { return state{ctm: identity, text: identity, line: identity, scale: 1} }

// content returns what is drawn on a page. What cannot be read of it is left out.
func (d *drawer) content(page pdf.Dict) []byte {
	streams := pdf.Array{page["Contents"]}
	if a, ok := d.file.Resolve(page["Contents"]).(pdf.Array); ok {
		streams = a
	}
	var data []byte
	for _, o := range streams {
		if s, ok := d.file.Resolve(o).(*pdf.Stream); ok && len(data) < maxContent {
			b, _ := d.file.Decode(s, maxContent-int64(len(data)))
			data = append(append(data, b...), '\n')
		}
	}
	return data
}

// run goes through drawing operators.
func (d *drawer) run(data []byte, resources pdf.Dict, depth int) error {
	if d.drawn -= len(data); d.drawn < 0 {
		return fmt.Errorf("%w: more than %d bytes of drawings", ErrLimit, maxDrawn)
	}
	p := pdf.NewParser(data)
	var operands []pdf.Object
	for {
		o, ok := p.Next()
		if !ok {
			return nil
		}
		if d.left--; d.left < 0 {
			return fmt.Errorf("%w: more than %d drawing operations", ErrLimit, maxOperations)
		}
		op, isOperator := o.(pdf.Operator)
		switch {
		case !isOperator && len(operands) < 100:
			operands = append(operands, o)
			continue
		case !isOperator:
			continue
		case op == "BI":
			inlineImage(p)
		case op == "Do":
			if err := d.form(operands, resources, depth); err != nil {
				return err
			}
		default:
			d.operate(op, operands, resources)
		}
		operands = operands[:0]
	}
}

// form goes through a drawing that a page repeats.
func (d *drawer) form(operands []pdf.Object, resources pdf.Dict, depth int) error {
	name, _ := last(operands).(pdf.Name)
	all, _ := d.file.Dict(resources["XObject"])
	s, ok := d.file.Resolve(all[name]).(*pdf.Stream)
	if !ok || depth >= maxForms || d.file.Name(s.Dict["Subtype"]) != "Form" {
		return nil
	}
	data := d.formContent(s)
	own, _ := d.file.Dict(s.Dict["Resources"])
	if own == nil {
		own = resources
	}
	was, saved := d.state, d.saved
	if m, ok := d.matrix(d.file.Array(s.Dict["Matrix"])); ok {
		d.state.ctm = m.times(d.state.ctm)
	}
	d.saved = nil
	err := d.run(data, own, depth+1)
	d.state, d.saved = was, saved
	return err
}

// formContent returns what is drawn in a form. Pages repeat the same few.
func (d *drawer) formContent(s *pdf.Stream) []byte {
	if data, ok := d.forms[s.Offset]; ok {
		return data
	}
	data, _ := d.file.Decode(s, maxContent)
	if d.held += len(data); d.held > maxFormBytes {
		d.forms, d.held = map[int64][]byte{}, len(data)
	}
	d.forms[s.Offset] = data
	return data
}

func (d *drawer) matrix(a []pdf.Object) (m matrix, ok bool) {
	if len(a) != len(m) {
		return identity, false
	}
	for i := range m {
		m[i] = d.file.Float(a[i])
	}
	return m, true
}

// operate does what an operator does (annex A), as far as text is concerned.
func (d *drawer) operate(op pdf.Operator, operands []pdf.Object, resources pdf.Dict) {
	s := &d.state
	n := func(i int) float64 {
		if i >= len(operands) {
			return 0
		}
		v, _ := operands[i].(pdf.Number)
		return v.Float()
	}
	switch op {
	case "q":
		if len(d.saved) < maxSaved {
			d.saved = append(d.saved, *s)
		}
	case "Q":
		if k := len(d.saved) - 1; k >= 0 {
			*s, d.saved = d.saved[k], d.saved[:k]
		}
	case "cm":
		if m, ok := d.matrix(operands); ok {
			s.ctm = m.times(s.ctm)
		}
	case "BT":
		s.text, s.line = identity, identity
	case "Tf":
		s.size = n(1)
		if name, ok := first(operands).(pdf.Name); ok {
			s.font = d.fontOf(resources, name)
		}
	case "Tc":
		s.space = n(0)
	case "Tw":
		s.wordSpace = n(0)
	case "Tz":
		s.scale = n(0) / 100
	case "TL":
		s.leading = n(0)
	case "Ts":
		s.rise = n(0)
	case "Td", "TD", "T*", "Tm":
		d.move(op, operands, n)
	case "Tj", "'", `"`, "TJ":
		d.show(op, operands, n)
	}
}

func first(operands []pdf.Object) pdf.Object {
	if len(operands) == 0 {
		return nil
	}
	return operands[0]
}

// move sets where text goes on (table 108).
func (d *drawer) move(op pdf.Operator, operands []pdf.Object, n func(int) float64) {
	s := &d.state
	x, y := n(0), n(1)
	switch op {
	case "Tm":
		if m, ok := d.matrix(operands); ok {
			s.line, s.text = m, m
		}
		return
	case "TD":
		s.leading = -y
	case "T*":
		x, y = 0, -s.leading
	}
	s.line = matrix{1, 0, 0, 1, x, y}.times(s.line)
	s.text = s.line
}

// show notes the glyphs of strings (table 109).
func (d *drawer) show(op pdf.Operator, operands []pdf.Object, n func(int) float64) {
	s := &d.state
	if op == `"` {
		s.wordSpace, s.space = n(0), n(1)
	}
	if op == "'" || op == `"` {
		d.move("T*", nil, func(int) float64 { return 0 })
	}
	pieces := pdf.Array{last(operands)}
	if a, ok := last(operands).(pdf.Array); ok {
		pieces = a
	}
	for _, o := range pieces {
		switch o := o.(type) {
		case pdf.String:
			d.draw(string(o))
		case pdf.Number:
			s.text = matrix{1, 0, 0, 1, -o.Float() / 1000 * s.size * s.scale, 0}.times(s.text)
		}
	}
}

func (d *drawer) draw(codes string) {
	s := &d.state
	if s.font == nil {
		return
	}
	for codes != "" {
		text, width, n := s.font.next(codes)
		word := 0.0
		if n == 1 && codes[0] == ' ' {
			word = s.wordSpace
		}
		codes = codes[n:]
		if d.left--; d.left < 0 {
			return // run says so at the next operator
		}
		where := matrix{s.size * s.scale, 0, 0, s.size, 0, s.rise}.times(s.text).times(s.ctm)
		step := width/1000*s.size*s.scale + (s.space+word)*s.scale
		after := matrix{1, 0, 0, 1, width / 1000 * s.size * s.scale, 0}.times(s.text).times(s.ctm)
		if text != "" && len(d.glyphs) < maxGlyphs {
			d.glyphs = append(d.glyphs, glyph{text: text, x: where[4], y: where[5], end: after[4],
				size: math.Hypot(where[2], where[3]), horizontal: math.Abs(where[0]) >= math.Abs(where[1])})
		}
		s.text = matrix{1, 0, 0, 1, step, 0}.times(s.text)
	}
}

// lines makes lines of glyphs, in the order in which they were drawn, each from left to right and then
// in the order in which it is read.
func lines(glyphs []glyph) []string {
	var out []string
	for from := 0; from < len(glyphs); {
		to := from + 1
		for to < len(glyphs) && sameLine(glyphs[to-1], glyphs[to]) {
			to++
		}
		if line := strings.TrimSpace(oneOf(glyphs[from:to])); line != "" {
			out = append(out, line)
		}
		from = to
	}
	return out
}

func sameLine(a, b glyph) bool {
	if !a.horizontal || !b.horizontal {
		return a.horizontal == b.horizontal && math.Abs(a.x-b.x) < a.size/2
	}
	return math.Abs(a.y-b.y) < max(a.size, b.size)*0.5
}

// oneOf makes a line.
func oneOf(glyphs []glyph) string {
	line := slices.Clone(glyphs)
	if line[0].horizontal {
		for i := range line {
			if line[i].end < line[i].x { // drawn mirrored, or from right to left
				line[i].x, line[i].end = line[i].end, line[i].x
			}
		}
		slices.SortStableFunc(line, func(a, b glyph) int {
			switch {
			case a.x < b.x:
				return -1
			case a.x > b.x:
				return 1
			}
			return 0
		})
	}
	units := make([]string, 0, len(line))
	for i, g := range line {
		if i > 0 && line[0].horizontal && g.x-line[i-1].end > g.size*0.2 && strings.TrimSpace(line[i-1].text) != "" && strings.TrimSpace(g.text) != "" {
			units = append(units, " ")
		}
		units = append(units, shaped(g.text))
	}
	return strings.Join(logical(units), "")
}

// shaped undoes what fonts of Arabic do to letters: one for each place in a word.
func shaped(s string) string {
	for _, r := range s {
		if r >= 0xfb00 && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff {
			return norm.NFKC.String(s)
		}
	}
	return s
}

// A side says in which direction a unit of text is read.
type side uint8

const (
	neutral side = iota
	leftToRight
	rightToLeft
	digit
)

func sideOf(s string) side {
	for _, r := range s {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.L:
			return leftToRight
		case bidi.R, bidi.AL:
			return rightToLeft
		case bidi.EN, bidi.AN:
			return digit
		case bidi.NSM:
			if unicode.In(r, unicode.Arabic, unicode.Hebrew) {
				return rightToLeft
			}
		}
	}
	return neutral
}

// logical turns a line, as it is seen from left to right, into the order in which it is read: the
// reverse of what Unicode Standard Annex 9 does to show it.
func logical(units []string) []string {
	sides := make([]side, len(units))
	right, left := 0, 0 // words
	for i, u := range units {
		sides[i] = sideOf(u)
		if i > 0 && sides[i] == sides[i-1] {
			continue
		}
		switch sides[i] {
		case rightToLeft:
			right++
		case leftToRight:
			left++
		}
	}
	if right == 0 {
		return units
	}
	if right >= left { // a line of Arabic or Hebrew
		mirror(units, sides, 0, len(units))
		turnRuns(units, sides, func(s side) bool { return s == leftToRight || s == digit })
		return units
	}
	for from, to := range runs(sides, func(s side) bool { return s == rightToLeft }) {
		mirror(units, sides, from, to)
	}
	return units
}

// runs yields where runs of a kind begin and end, with what is neutral inside of them.
func runs(sides []side, is func(side) bool) func(func(int, int) bool) {
	return func(yield func(int, int) bool) {
		for from := 0; from < len(sides); from++ {
			if !is(sides[from]) {
				continue
			}
			to := from + 1
			for i := to; i < len(sides) && (sides[i] == neutral || is(sides[i])); i++ {
				if is(sides[i]) {
					to = i + 1
				}
			}
			if !yield(from, to) {
				return
			}
			from = to
		}
	}
}

func turnRuns(units []string, sides []side, is func(side) bool) {
	for from, to := range runs(sides, is) {
		slices.Reverse(units[from:to])
		slices.Reverse(sides[from:to])
	}
}

var mirrored = strings.NewReplacer("(", ")", ")", "(", "[", "]", "]", "[", "{", "}", "}", "{", "<", ">", ">", "<", "«", "»", "»", "«")

// mirror turns units round, and the brackets among them.
func mirror(units []string, sides []side, from, to int) {
	slices.Reverse(units[from:to])
	slices.Reverse(sides[from:to])
	for i := from; i < to; i++ {
		if sides[i] == neutral {
			units[i] = mirrored.Replace(units[i])
		}
	}
}
