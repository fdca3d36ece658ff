package main

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// testCommand has a flag of each kind.
func testCommand() *cli.Command {
	return &cli.Command{
		Name: "test",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}},
			&cli.StringSliceFlag{Name: "publisher", Aliases: []string{"p"}},
			&cli.BoolFlag{Name: "json", Aliases: []string{"j"}},
			&cli.BoolFlag{Name: "long", Aliases: []string{"l"}},
		},
	}
}

func TestArrange(t *testing.T) {
	t.Parallel()
	tests := []struct{ args, want string }{
		{"", "--"},
		{"a b", "-- a b"},
		{"a -o x b", "--output=x -- a b"},
		{"-o x a", "--output=x -- a"},
		{"--output x", "--output=x --"},
		{"--output=x=y", "--output=x=y --"},
		{"--o x", "--output=x --"},
		{"-output x", "--output=x --"},
		{"-o=x", "--output=x --"},
		{"-ox", "--output=x --"},
		{"-jl a", "--json=true --long=true -- a"},
		{"-jox a", "--json=true --output=x -- a"},
		{"-jo x a", "--json=true --output=x -- a"},
		{"-jo=x a", "--json=true --output=x -- a"},
		{"--json --json", "--json=true --json=true --"},
		{"--json=false a", "--json=false -- a"},
		{"-p a -p b c", "--publisher=a --publisher=b -- c"},
		{"a -- -o x", "-- a -o x"},
		{"-- --", "-- --"},
		{"-", "-- -"},
		{"-o -", "--output=- --"},
		{"-o -1", "--output=-1 --"},
		{"-o=--json", "--output=--json --"},
		{"-o a,b", "--output=a,b --"},
	}
	for _, tt := range tests {
		got, err := arrange(testCommand(), strings.Fields(tt.args))
		if err != nil || strings.Join(got, " ") != tt.want {
			t.Errorf("arrange(%q) = %q, %v; want %q", tt.args, got, err, tt.want)
		}
	}
}

func TestArrangeErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ args, want, hint string }{
		{"-o", "-o needs a value", ""},
		{"--output", "--output needs a value", ""},
		{"-o --json", "-o needs a value", ""},
		{"-o -- a", "-o needs a value", ""},
		{"-jo", "-o needs a value", ""},
		{"-o x -o y", "-o is given twice", ""},
		{"-o x --output=y", "--output is given twice", ""},
		{"--json=maybe", `--json takes no value, but has "maybe"`, ""},
		{"--outptu x", "no flag --outptu", "did you mean --output?"},
		{"--jsn", "no flag --jsn", "did you mean --json?"},
		{"--publihser=x", "no flag --publihser", "did you mean --publisher?"},
		{"--nothing-like-it", "no flag --nothing-like-it", ""},
		{"-z", "no flag -z", ""},
		{"-jz", "no flag -z", ""},
		{"---json", "no flag ---json", "did you mean --json?"},
	}
	for _, tt := range tests {
		got, err := arrange(testCommand(), strings.Fields(tt.args))
		if err == nil || err.Error() != tt.want || exitCode(err) != exitUsage {
			t.Errorf("arrange(%q) = %q, %v; want %q", tt.args, got, err, tt.want)
		}
		var hint *hintError
		if errors.As(err, &hint) != (tt.hint != "") || hint != nil && english.value(hint.hint) != tt.hint {
			t.Errorf("arrange(%q): hint %+v, want %q", tt.args, hint, tt.hint)
		}
	}
	for _, args := range []string{"-h", "--help", "-help", "a --help", "-o x --help b"} {
		if _, err := arrange(testCommand(), strings.Fields(args)); !errors.Is(err, errHelp) {
			t.Errorf("arrange(%q) = %v, want errHelp", args, err)
		}
	}
}

// FuzzArrange holds that what is arranged stays so, and that no word is lost.
func FuzzArrange(f *testing.F) {
	for _, seed := range []string{"a -o x", "-jox b", "-- -o", "-p=1 -p 2 --json=0", "--x", "-", "-é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, " ")
		got, err := arrange(testCommand(), args)
		if err != nil {
			return
		}
		end := slices.Index(got, "--")
		if end < 0 {
			t.Fatalf("arrange(%q) = %q has no --", args, got)
		}
		for _, flag := range got[:end] {
			if !strings.HasPrefix(flag, "--") || !strings.Contains(flag, "=") {
				t.Errorf("arrange(%q) = %q: %q is no flag", args, got, flag)
			}
		}
		again, err := arrange(testCommand(), got)
		if err != nil || !slices.Equal(got, again) {
			t.Errorf("arrange(%q) = %q, then %q, %v", args, got, again, err)
		}
	})
}

func TestClosest(t *testing.T) {
	t.Parallel()
	commands := []string{"keygen", "pack", "sign", "verify", "ls", "cat", "extract", "open"}
	tests := []struct{ word, want string }{
		{"verfy", "verify"}, {"verifiy", "verify"}, {"pcak", "pack"}, {"packk", "pack"},
		{"key-gen", "keygen"}, {"sl", "ls"}, {"extrakt", "extract"}, {"opne", "open"},
		{"frobnicate", ""}, {"", ""}, {"verify", ""}, {strings.Repeat("v", 1000), ""},
	}
	for _, tt := range tests {
		if got := closest(tt.word, commands); got != tt.want {
			t.Errorf("closest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1},
		{"abc", "ac", 1}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 1},
	}
	for _, tt := range tests {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
