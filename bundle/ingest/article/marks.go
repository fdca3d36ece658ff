package article

import (
	"bytes"
	"fmt"
)

// Limits on Markdown. The parser takes time that grows with the square of these counts; at the
// limits it is under a second, and texts written by people stay far below.
const (
	// maxContainers is how many quotes and list items begin on one line.
	maxContainers = 32
	// maxMarkWork is the sum over paragraphs of the square of their marks of emphasis and links.
	maxMarkWork = 100 << 20
	// maxCells is how many cells the tables have, with those that short rows leave out.
	maxCells = 100_000
	// maxTableMarks is how many marks a table may have beyond which they count as those of one
	// paragraph: what looks like a table to us may be none to the parser.
	maxTableMarks = 30_000
	// maxDefinitions is how many references and footnotes are defined.
	maxDefinitions = 4000
)

// checkMarks says whether a text in Markdown can be parsed in reasonable time.
func checkMarks(text []byte) error {
	var c marks
	for l := range bytes.Lines(text) {
		if err := c.line(l); err != nil {
			return err
		}
	}
	c.paragraph()
	return c.check()
}

// marks counts what takes time.
type marks struct {
	inBlock     int // marks since the paragraph began
	work        int
	columns     int    // of the table that is open
	inTable     int    // marks in it
	before      []byte // the line before, without what contains it
	cells       int
	definitions int
	listIndent  int // of the list item that is open, or -1 with none
	ordered     bool
}

// line counts one line.
func (c *marks) line(l []byte) error {
	l = bytes.TrimRight(l, "\r\n")
	rest, containers := containers(l)
	if containers > maxContainers {
		return fmt.Errorf("%w: %d quotes and lists begin on one line", ErrLimit, containers)
	}
	if len(bytes.TrimSpace(rest)) == 0 || c.beginsItem(l) || bytes.HasPrefix(rest, []byte("#")) {
		c.paragraph()
	}
	if isDefinition(rest) {
		c.definitions++
	}
	if columns := delimiterRow(rest); columns > 0 && columns == cellsOf(c.before) {
		c.columns = columns
	}
	c.before = rest
	c.cells += c.columns
	n := countMarks(l)
	if c.columns > 0 && c.inTable+n <= maxTableMarks {
		c.inTable += n
		c.paragraphOf(n) // cells are parsed each by itself
	} else {
		c.inBlock += n
	}
	return c.check()
}

func (c *marks) check() error {
	switch {
	case c.work > maxMarkWork:
		return fmt.Errorf("%w: too many marks of emphasis or links in one paragraph", ErrLimit)
	case c.cells > maxCells:
		return fmt.Errorf("%w: more than %d cells of tables", ErrLimit, maxCells)
	case c.definitions > maxDefinitions:
		return fmt.Errorf("%w: more than %d references and footnotes", ErrLimit, maxDefinitions)
	}
	return nil
}

// paragraph ends a paragraph.
func (c *marks) paragraph() {
	c.paragraphOf(c.inBlock)
	c.inBlock, c.columns, c.inTable, c.before = 0, 0, 0, nil
}

func (c *marks) paragraphOf(n int) { c.work += n * n }

// beginsItem says whether a line surely begins a list item, and with it a paragraph: where an indent
// could make it go on with the paragraph before, it does not.
func (c *marks) beginsItem(l []byte) bool {
	rest := bytes.TrimLeft(l, " ")
	indent := len(l) - len(rest)
	size, ordered := listMarker(rest)
	if size == 0 || len(bytes.TrimSpace(rest[size:])) == 0 {
		return false
	}
	const room = len("- ") + 3
	if indent > 3 && indent > c.listIndent+room {
		return false
	}
	if ordered && !c.ordered && !bytes.HasPrefix(rest, []byte("1")) {
		return false
	}
	c.listIndent, c.ordered = indent, ordered
	return true
}

// listMarker is how long the marker of a list item at the start of s is, with the space behind it.
func listMarker(s []byte) (size int, ordered bool) {
	i := 0
	for i < len(s) && i < 9 && isDigit(rune(s[i])) {
		i++
	}
	switch {
	case i >= len(s):
		return 0, false
	case i == 0 && (s[i] == '-' || s[i] == '*' || s[i] == '+'), i > 0 && (s[i] == '.' || s[i] == ')'):
	default:
		return 0, false
	}
	if i+1 >= len(s) || s[i+1] != ' ' && s[i+1] != '\t' {
		return 0, false
	}
	return i + 2, i > 0
}

// containers cuts the quotes and list markers from the start of a line, and counts them.
func containers(l []byte) (rest []byte, n int) {
	for {
		l = bytes.TrimLeft(l, " \t")
		if size, _ := listMarker(l); size > 0 {
			l = l[size:]
		} else if len(l) > 0 && l[0] == '>' {
			l = l[1:]
		} else {
			return l, n
		}
		n++
	}
}

// isDefinition says whether a line looks like that of a reference or footnote, [name]: address.
func isDefinition(l []byte) bool {
	return len(l) > 0 && l[0] == '[' && bytes.Contains(l, []byte("]:"))
}

// delimiterRow is how many columns a line such as |---|:-:| makes, or 0.
func delimiterRow(l []byte) int {
	if bytes.IndexByte(l, '-') < 0 || bytes.IndexByte(l, '|') < 0 {
		return 0
	}
	for _, b := range l {
		if b != '|' && b != '-' && b != ':' && b != ' ' && b != '\t' {
			return 0
		}
	}
	return cellsOf(l)
}

// cellsOf is how many cells a line has as a row of a table.
func cellsOf(l []byte) int {
	l = bytes.TrimPrefix(bytes.TrimSpace(l), []byte("|"))
	return bytes.Count(bytes.TrimSuffix(l, []byte("|")), []byte("|")) + 1
}

// countMarks counts the characters that may begin or end emphasis, links, code and HTML.
func countMarks(l []byte) (n int) {
	for _, b := range l {
		switch b {
		case '*', '_', '[', ']', '~', '<', '`', '(', '!':
			n++
		}
	}
	return n
}
