package collection

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A Glob is a path, or a pattern for paths, from the top of the collection. It matches whole names:
// "*" is any characters of one name, "?" is one of them, and a name that is "**" is any folders, or
// none. When its last name has no such characters, it matches a folder's files as well: "drafts" and
// "**/drafts" are all that lies in folders of that name, but "news/*" is not what lies in folders of
// news. Case counts; whether letters and accents are one character or two does not.
type Glob struct {
	Pattern string
	Line    int // in the file, from 1

	names  []string
	folder bool // may match a folder that the path lies in
}

// newGlob makes a glob of a clean pattern.
func newGlob(pattern string, line int) Glob {
	names := strings.Split(norm.NFC.String(pattern), "/")
	// Several ** in a row are one.
	names = slices.CompactFunc(names, func(a, b string) bool { return a == "**" && b == "**" })
	return Glob{pattern, line, names, !isWild(names[len(names)-1])}
}

func isWild(s string) bool { return strings.ContainsAny(s, "*?") }

// Match says whether the path of a file matches.
func (g Glob) Match(path string) bool {
	return g.match(strings.Split(norm.NFC.String(path), "/"))
}

// IsPattern says whether the glob has wildcards: otherwise it is a file or a folder.
func (g Glob) IsPattern() bool { return isWild(g.Pattern) }

// match goes along the names of both. After a ** it tries each place to go on from; only the latest **
// has to be tried again, since what an earlier one could take, that one can take as well. So the work
// is at most the product of the lengths.
func (g *Glob) match(path []string) bool {
	p, n := 0, 0
	again, from := -1, 0
	for {
		switch {
		case p == len(g.names) && (n == len(path) || g.folder):
			return true
		case p < len(g.names) && g.names[p] == "**":
			if p == len(g.names)-1 {
				return n < len(path)
			}
			again, from = p+1, n
			p++
		case p < len(g.names) && n < len(path) && matchName(g.names[p], path[n]):
			p++
			n++
		case again >= 0 && from < len(path):
			from++
			p, n = again, from
		default:
			return false
		}
	}
}

// matchName says whether a name matches a pattern with * and ?, in the same way.
func matchName(pattern, name string) bool {
	p, n := []rune(pattern), []rune(name)
	i, k := 0, 0
	again, from := -1, 0
	for k < len(n) {
		switch {
		case i < len(p) && p[i] == '*':
			again, from = i+1, k
			i++
		case i < len(p) && (p[i] == '?' || p[i] == n[k]):
			i++
			k++
		case again >= 0:
			from++
			i, k = again, from
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
