package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columnsOf is how many columns of a terminal a text takes: those of a Hangul syllable are two.
func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// pad fills a text up to a number of columns.
func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-columnsOf(s)))
}

// wrap breaks a text into lines of at most so many columns, where words allow it.
func wrap(s string, columns int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(s) {
		n := columnsOf(word)
		if used > 0 && used+1+n > columns {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	return append(lines, line)
}

// helpColumns is how wide help is.
const helpColumns = 100

// printTable prints rows of two columns below each other, the second one broken into lines.
func printTable(w io.Writer, rows [][2]string) {
	first := 0
	for _, r := range rows {
		if r[1] != "" {
			first = max(first, columnsOf(r[0]))
		}
	}
	for _, r := range rows {
		for i, line := range wrap(r[1], helpColumns-first-6) {
			head := ""
			if i == 0 {
				head = r[0]
			}
			fmt.Fprintln(w, strings.TrimRight("    "+pad(head, first)+"  "+line, " "))
		}
	}
}
