package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// errHelp says that --help is among the flags.
var errHelp = errors.New("help is asked for")

// arrange returns args with the flags first, each as --name=value, then "--", then
// the arguments. The flag package, which urfave/cli parses with, stops at the first
// argument and would take flags behind it for arguments in silence.
//
// Accepted are --name value, --name=value, the same with one dash, -n value,
// -n=value, -nvalue, and short flags in one (-jp KEY). "--" ends the flags.
func arrange(c *cli.Command, args []string) ([]string, error) {
	p := newArranger(c)
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			p.arguments = append(p.arguments, args...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			p.arguments = append(p.arguments, arg)
			continue
		}
		rest, err := p.flag(arg, args)
		if err != nil {
			return nil, err
		}
		args = rest
	}
	return slices.Concat(p.flags, []string{"--"}, p.arguments), nil
}

// An arranger sorts the words of one command line.
type arranger struct {
	known     map[string]cli.Flag // by each of a flag's names
	given     map[string]bool     // by first name
	flags     []string
	arguments []string
}

// newArranger knows the flags of c, and nothing is given yet.
func newArranger(c *cli.Command) *arranger {
	p := &arranger{known: map[string]cli.Flag{}, given: map[string]bool{}}
	for _, f := range c.Flags {
		for _, name := range f.Names() {
			p.known[name] = f
		}
	}
	return p
}

// flag takes one word that begins with a dash, and from args its value where that is
// a word of its own. It returns the args that are left.
func (p *arranger) flag(word string, args []string) ([]string, error) {
	body := strings.TrimPrefix(word[1:], "-")
	name, value, hasValue := strings.Cut(body, "=")
	if f := p.known[name]; f != nil {
		if hasValue {
			return args, p.add(f, spell(name), value)
		}
		return p.take(f, name, args)
	}
	if isHelp(word) {
		return nil, errHelp
	}
	if strings.HasPrefix(word, "--") || p.known[word[1:2]] == nil {
		return nil, p.unknown(name)
	}
	return p.letters(word[1:], args)
}

// isHelp says whether a word asks for help, as it may before any other flag is right.
func isHelp(word string) bool { return word == "-h" || word == "-help" || word == "--help" }

// take gives f its value, which is the next word, or true.
func (p *arranger) take(f cli.Flag, name string, args []string) ([]string, error) {
	if !takesValue(f) {
		return args, p.add(f, spell(name), "true")
	}
	if len(args) == 0 || p.isFlag(args[0]) {
		return nil, misuse("{flag} needs a value", spell(name))
	}
	return args[1:], p.add(f, spell(name), args[0])
}

// isFlag says whether a word would be a flag by itself. One that is meant as a value
// can be given as --name=value.
func (p *arranger) isFlag(word string) bool {
	if word == "--" || isHelp(word) {
		return true
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-"), "=")
	return strings.HasPrefix(word, "-") && p.known[name] != nil
}

// letters takes short flags in one word: those without a value, then perhaps one with.
func (p *arranger) letters(word string, args []string) ([]string, error) {
	for i, r := range word {
		f := p.known[string(r)]
		if f == nil {
			return nil, p.unknown(string(r))
		}
		rest := word[i+len(string(r)):]
		if !takesValue(f) {
			if err := p.add(f, spell(string(r)), "true"); err != nil {
				return nil, err
			}
			continue
		}
		if rest != "" {
			return args, p.add(f, spell(string(r)), strings.TrimPrefix(rest, "="))
		}
		return p.take(f, string(r), args)
	}
	return args, nil
}

// add refuses a value that is given twice where one is wanted: whichever were used,
// somebody would be surprised.
func (p *arranger) add(f cli.Flag, as, value string) error {
	name := f.Names()[0]
	if !takesValue(f) {
		if _, err := strconv.ParseBool(value); err != nil {
			return misuse("{flag} takes no value, but has {value}", as, quote(value))
		}
	}
	if takesValue(f) && value == "" {
		return misuse("{flag} has an empty value", as)
	}
	if _, many := f.(*cli.StringSliceFlag); !many && takesValue(f) && p.given[name] {
		return misuse("{flag} is given twice", as)
	}
	p.given[name] = true
	p.flags = append(p.flags, "--"+name+"="+value)
	return nil
}

// unknown names the flag that is not there, and one that may be meant.
func (p *arranger) unknown(name string) error {
	err := misuse("no flag {flag}", spell(name))
	var names []string
	for known := range p.known {
		if len(known) > 1 {
			names = append(names, known)
		}
	}
	slices.Sort(names)
	if near := closest(name, names); near != "" {
		return withHint(err, "did you mean {word}?", spell(near))
	}
	return err
}

// takesValue says whether a flag is more than a switch.
func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return ok && d.TakesValue()
}

// spell writes a flag's name as people type it.
func spell(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// closest returns the candidate that word is most likely a slip of, or "".
func closest(word string, candidates []string) string {
	best, most := "", 1+len(word)/3
	for _, c := range candidates {
		if d := distance(word, c); d <= most && c != word {
			best, most = c, d-1
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of neighbours
// that lead from a to b.
func distance(a, b string) int {
	if len(a) > 32 {
		return len(a)
	}
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// arguments returns those of a command that wants at least least and at most most of
// them; most < 0 means any number.
func arguments(c *cli.Context, least, most int) ([]string, error) {
	args := c.Args().Slice()
	for _, a := range args {
		if a == "" {
			return nil, withHelp(c, misuse("an argument is empty"))
		}
	}
	switch {
	case len(args) < least:
		return nil, withHelp(c, misuse("{argument} is missing", missing(c.Command.ArgsUsage, len(args))))
	case most >= 0 && len(args) > most:
		return nil, withHelp(c, misuse("one argument too many: {argument}", quote(args[most])))
	}
	return args, nil
}

// missing names the argument that stands at position n of a usage line.
func missing(argsUsage string, n int) string {
	words := strings.Fields(argsUsage)
	if n >= len(words) {
		n = len(words) - 1
	}
	return strings.TrimRight(words[n], ".…")
}
