package collection

import (
	"fmt"
	"slices"
	"strings"
)

// A Problem is a mistake in the file, and where it is.
type Problem struct {
	Line, Column int // from 1
	Text         string
}

// An InvalidError says all that is wrong with a file.
type InvalidError struct {
	Name     string    // of the file
	Problems []Problem // in the order of the file, at most 100
	More     int       // how many there are beyond those
}

// Error has a line for each problem, as compilers write them: name:line:column: text.
func (e *InvalidError) Error() string {
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", e.Name, p.Line, p.Column, p.Text))
	}
	if e.More > 0 {
		lines = append(lines, fmt.Sprintf("%s: and %d more", e.Name, e.More))
	}
	return strings.Join(lines, "\n")
}

// oneOf says what may stand somewhere.
func oneOf(allowed []string) string {
	if len(allowed) == 1 {
		return allowed[0]
	}
	last := len(allowed) - 1
	return strings.Join(allowed[:last], ", ") + " or " + allowed[last]
}

// meant returns which of the allowed words somebody had in mind, as a question, or nothing.
func meant(word string, allowed []string) string {
	word = strings.ToLower(word)
	best, least := "", 3
	for _, a := range allowed {
		if d := distance(word, a); d < least && d*2 < len(a) {
			best, least = a, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// distance is how many letters have to be put in, taken out, changed or swapped with the next one to
// make b of a. Words that are far too long are far apart.
func distance(a, b string) int {
	const longest = 40
	if len(a) > longest {
		return longest
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for k := range rows[0] {
		rows[0][k] = k
	}
	for i := 1; i <= len(a); i++ {
		for k := 1; k <= len(b); k++ {
			change := 1
			if a[i-1] == b[k-1] {
				change = 0
			}
			d := min(rows[i-1][k]+1, rows[i][k-1]+1, rows[i-1][k-1]+change)
			if i > 1 && k > 1 && a[i-1] == b[k-2] && a[i-2] == b[k-1] {
				d = min(d, rows[i-2][k-2]+1)
			}
			rows[i][k] = d
		}
	}
	return rows[len(a)][len(b)]
}

// sortProblems brings them into the order of the file, and takes out those that an alias repeats.
func sortProblems(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return slices.Compact(problems)
}
