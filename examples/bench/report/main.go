// Report reads what go test -json prints, of one run or several, and says what
// matters: a line for each package, everything of what failed, and last what was
// skipped. A test that one run skipped and another passed was not skipped. The
// exit code is 1 when anything failed, and with CI=true also when anything was
// skipped.
//
// With -attacks FILE it prints instead each line of FILE, which begins with a
// number such as A01, with the tests that cover it. A test covers the numbers
// that its name begins with (TestC02C03Names), or that of a part of it does
// (TestAttacks/D09_refresh).
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// An event is one line of go test -json.
type event struct {
	Action, Package, Test, Output string
}

// A result is what came of one test: pass, fail or skip, or nothing while it runs.
type result struct {
	pkg, test, action string
	output            strings.Builder
}

// notTested begins what a test logs when it leaves a part of itself out.
const notTested = "NOT TESTED"

type report struct {
	out     io.Writer
	quiet   bool // prints failures alone
	results map[string]*result
	partly  []string // notes of tests that left a part out
	failed  bool
}

func main() {
	attacks := flag.String("attacks", "", "print each line of `FILE` with its tests")
	flag.Parse()
	r := &report{out: os.Stdout, quiet: *attacks != "", results: map[string]*result{}}
	if err := r.read(os.Stdin); err != nil {
		fail(err)
	}
	skipped := false
	if *attacks != "" {
		lines, err := os.ReadFile(*attacks)
		if err != nil {
			fail(err)
		}
		r.printAttacks(strings.TrimSpace(string(lines)))
	} else {
		skipped = r.printSkipped()
	}
	if skipped && os.Getenv("CI") == "true" {
		r.failed = true
		fmt.Fprintln(r.out, "With CI=true nothing may be skipped.")
	}
	if r.failed {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "report:", err)
	os.Exit(1)
}

// read takes in all events. What is no event, such as go's own complaints, is
// passed on.
func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(r.out, line)
			} else {
				r.take(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) take(e event) {
	key := e.Package + "." + e.Test
	t := r.results[key]
	if t == nil {
		t = &result{pkg: e.Package, test: e.Test}
		r.results[key] = t
	}
	switch e.Action {
	case "output":
		r.takeOutput(t, e.Output)
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "pass", "skip", "fail":
		r.end(t, e.Action)
	}
}

func (r *report) takeOutput(t *result, text string) {
	if i := strings.Index(text, notTested); i >= 0 {
		r.partly = append(r.partly, fmt.Sprintf("%s in %s:%s", t.test, t.pkg, text[i+len(notTested):]))
	}
	if t.test != "" || !isClosing(text) {
		t.output.WriteString(text)
	} else if !r.quiet {
		fmt.Fprint(r.out, text)
	}
}

// isClosing says whether text is a line with which go test ends a package.
func isClosing(text string) bool {
	return strings.HasPrefix(text, "ok  ") || strings.HasPrefix(text, "FAIL\t")
}

// end notes how a test ended, or a package when it has no name. A package that
// fails takes along the tests that never ended: one of them panicked.
func (r *report) end(t *result, action string) {
	if action == "fail" {
		r.failed = true
		fmt.Fprint(r.out, t.output.String())
		if t.test == "" {
			r.printUnended(t.pkg)
		}
	}
	if t.action == "" || t.action == "skip" || action == "fail" {
		t.action = action
	}
	if action != "skip" {
		t.output.Reset()
	}
}

func (r *report) printUnended(pkg string) {
	for _, t := range r.sorted() {
		if t.pkg == pkg && t.test != "" && t.action == "" {
			fmt.Fprint(r.out, t.output.String())
			t.action = "fail"
		}
	}
}

func (r *report) sorted() []*result {
	return slices.SortedFunc(maps.Values(r.results), func(a, b *result) int {
		return cmp.Or(strings.Compare(a.test, b.test), strings.Compare(a.pkg, b.pkg))
	})
}

// printSkipped says loudly what was skipped, and whether anything was.
func (r *report) printSkipped() bool {
	var skipped []string
	for _, t := range r.sorted() {
		if t.action == "skip" && t.test != "" {
			skipped = append(skipped, fmt.Sprintf("%s in %s: %s\n", t.test, t.pkg, reason(t.output.String())))
		}
	}
	skipped = append(skipped, r.partly...)
	if len(skipped) == 0 {
		return false
	}
	fmt.Fprintf(r.out, "\n!!! SKIPPED, so not tested here (%d):\n", len(skipped))
	for _, s := range skipped {
		fmt.Fprint(r.out, "    ", s)
	}
	return true
}

// reason is the last thing that a test said before it skipped itself.
func reason(output string) string {
	last := ""
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			last = line
		}
	}
	return last
}

var (
	leading = regexp.MustCompile(`^Test((?:[A-H][0-9]{2})+)`)
	part    = regexp.MustCompile(`^[A-H][0-9]{2}`)
)

// covers returns the numbers of the attacks that a test is for.
func covers(test string) []string {
	var numbers []string
	name, sub, _ := strings.Cut(test, "/")
	if m := leading.FindStringSubmatch(name); m != nil && sub == "" {
		for i := 0; i < len(m[1]); i += 3 {
			numbers = append(numbers, m[1][i:i+3])
		}
	}
	for p := range strings.SplitSeq(sub, "/") {
		if n := part.FindString(p); n != "" {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func (r *report) printAttacks(list string) {
	tests := map[string][]*result{}
	for _, t := range r.sorted() {
		for _, number := range covers(t.test) {
			tests[number] = append(tests[number], t)
		}
	}
	count := map[string]int{}
	for line := range strings.Lines(list) {
		number, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		state := stateOf(tests[number])
		count[state]++
		fmt.Fprintf(r.out, "%s  %-5s  %s\n", number, state, text)
		for _, t := range tests[number] {
			fmt.Fprintf(r.out, "              %s  %s\n", t.action, t.test)
		}
		delete(tests, number)
	}
	for _, number := range slices.Sorted(maps.Keys(tests)) {
		fmt.Fprintf(r.out, "%s  has tests, but no line: %s\n", number, tests[number][0].test)
		r.failed = true
	}
	fmt.Fprintf(r.out, "\n%d hold, %d fail, %d are skipped here, %d wait for a test\n",
		count["holds"], count["FAILS"], count["skips"], count["waits"])
}

// stateOf says what the tests of one attack come to. A test that did not run
// proves nothing, and one that failed is not outweighed by others.
func stateOf(tests []*result) string {
	state := "waits"
	for _, t := range tests {
		switch {
		case t.action == "fail" || t.action == "":
			return "FAILS"
		case t.action == "pass":
			state = "holds"
		case state == "waits":
			state = "skips"
		}
	}
	return state
}
