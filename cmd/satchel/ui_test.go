package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"satchel/bundle"
)

// TestC07ShownNames holds that no name can pass for another on a terminal.
func TestC07ShownNames(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"plain.html", "plain.html"},
		{"물/샘.txt", "물/샘.txt"},
		{"می\u200cخواهم.html", "می\u200cخواهم.html"}, // a joiner that Persian needs
		{"article\u202egpj.exe", `article\u{202e}gpj.exe`},
		{"a\u2066b\u2069c", `a\u{2066}b\u{2069}c`},
		{"\x1b[2Jx", `\u{1b}[2Jx`},
		{"a\nb\tc\x00", `a\u{a}b\u{9}c\u{0}`},
		{"\u009b31m", `\u{9b}31m`},
		{"a\u2028b\ufeff", `a\u{2028}b\u{feff}`},
		{"\ufffe\U0001fffe", `\u{fffe}\u{1fffe}`},
		{"bad\xffutf", `bad\xffutf`},
		{"\ufffd is a character", "\ufffd is a character"},
		{"tag\U000e0041", `tag\u{e0041}`},
	}
	for _, tt := range tests {
		if got := show(tt.in); got != tt.want {
			t.Errorf("show(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzShow(f *testing.F) {
	for _, seed := range []string{"a", "\u202e", "\xff\x1b", "می\u200cخ", "\U000e0041"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := show(s)
		if strings.IndexFunc(got, steers) >= 0 || !utf8.ValidString(got) {
			t.Errorf("show(%q) = %q", s, got)
		}
		var out bytes.Buffer
		if err := (&ui{out: &out}).printJSON(itemLine{Title: s}); err != nil {
			t.Fatal(err)
		}
		line, _ := strings.CutSuffix(out.String(), "\n")
		if strings.IndexFunc(line, steers) >= 0 {
			t.Errorf("printJSON(%q) = %q", s, line)
		}
		var back itemLine
		if err := json.Unmarshal([]byte(line), &back); err != nil || back.Title != strings.ToValidUTF8(s, "\ufffd") &&
			utf8.ValidString(s) {
			t.Errorf("printJSON(%q) = %q, which reads back as %q, %v", s, line, back.Title, err)
		}
	})
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	verdict := func(v bundle.Verdict, reason string) error {
		return &bundle.VerdictError{Verdict: v, Reason: reason, Err: bundle.ErrDamaged}
	}
	tests := []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("any"), 1},
		{context.Canceled, 1},
		{fmt.Errorf("x: %w", context.Canceled), 1},
		{misuse("wrong"), 2},
		{withHint(misuse("wrong"), "so"), 2},
		{fmt.Errorf("x: %w", misuse("wrong")), 2},
		{verdict(bundle.Changed, bundle.ReasonSignature), 3},
		{fmt.Errorf("x: %w", verdict(bundle.Incomplete, bundle.ReasonCut)), 3},
		{verdict(bundle.Unknown, bundle.ReasonNewer), 1},
		{bundle.ErrNotBundle, 1},
		{&bundle.DamageError{Path: "a", Err: bundle.ErrDamaged}, 1},
		{codeError(4), 4},
	}
	for _, tt := range tests {
		if got := exitCode(tt.err); got != tt.want {
			t.Errorf("exitCode(%v) = %d, want %d", tt.err, got, tt.want)
		}
	}
}

func TestVerdictCode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		verdict bundle.Verdict
		marked  bool
		want    int
	}{
		{bundle.Trusted, false, 0}, {bundle.Trusted, true, 3},
		{bundle.Unknown, false, 4}, {bundle.Unknown, true, 3},
		{bundle.Unsigned, false, 4}, {bundle.Unsigned, true, 3},
		{bundle.Incomplete, false, 3}, {bundle.Changed, false, 3},
		{"something new", false, 1},
	}
	for _, tt := range tests {
		if got := verdictCode(tt.verdict, tt.marked); got != tt.want {
			t.Errorf("verdictCode(%s, %v) = %d, want %d", tt.verdict, tt.marked, got, tt.want)
		}
	}
	for v, words := range verdictWords {
		if verdictCode(v, false) == exitFailed || words == "" {
			t.Errorf("verdict %q has no exit code or no words", v)
		}
	}
}

// TestHelp holds that every command has a description, an example and its exit codes,
// and that every flag says what it does.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, c := range newApp(&ui{out: io.Discard, err: io.Discard}).Commands {
		code, out, errs := command(t, context.Background(), c.Name, "--help")
		if code != exitDone || errs != "" {
			t.Errorf("%s --help: code %d, %q", c.Name, code, errs)
		}
		for _, want := range []string{"USAGE\n    satchel " + c.Name, "\nEXAMPLE\n", "\nEXIT CODES\n", "2  wrong usage"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s --help has no %q:\n%s", c.Name, want, out)
			}
		}
		for line := range strings.Lines(out) {
			if n := utf8.RuneCountInString(line); n > 121 {
				t.Errorf("%s --help has a line of %d columns: %s", c.Name, n, line)
			}
		}
		for _, f := range c.Flags {
			if !strings.Contains(out, "--"+f.Names()[0]) {
				t.Errorf("%s --help does not name --%s", c.Name, f.Names()[0])
			}
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	now := time.Unix(0, 0)
	p := &progress{w: &out, on: true, now: func() time.Time { return now }}
	for range 100 { // ten steps every tenth of a second, for a second
		p.update(bundle.Progress{Stage: "write", Done: int64(now.UnixMilli()) * 1000, Total: 4_000_000})
		now = now.Add(10 * time.Millisecond)
	}
	if n := strings.Count(out.String(), "\r"); n < 9 || n > 11 {
		t.Errorf("drawn %d times in a second, want 10", n)
	}
	now = now.Add(time.Second)
	out.Reset()
	p.update(bundle.Progress{Stage: "write", Done: 2_000_000, Total: 4_000_000})
	want := "\rwrite       2.0 MB of 4.0 MB   50 %  1.0 MB/s  0:02 left\x1b[K"
	if out.String() != want {
		t.Errorf("line %q, want %q", out.String(), want)
	}
	out.Reset()
	fmt.Fprint(&aside{&out, p}, "said\n")
	p.clear()
	if want := "\r\x1b[Ksaid\n"; out.String() != want {
		t.Errorf("something said in between: %q, want %q", out.String(), want)
	}
}

func TestProgressQuiet(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &progress{w: &out, now: fastClock()}
	p.update(bundle.Progress{Stage: "write", Done: 1})
	p.clear()
	if out.Len() != 0 {
		t.Errorf("not on a terminal, yet it wrote %q", out.String())
	}
}

func TestProgressLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		done, total int64
		spent       time.Duration
		want        string
	}{
		{0, 0, 0, "scan           0 B"},
		{1500, 0, 3 * time.Second, "scan        1.5 kB  500 B/s"},
		{0, 100, time.Hour, "scan           0 B of 100 B    0 %"},
		{200, 100, 0, "scan         200 B of 100 B  100 %"},
	}
	for _, tt := range tests {
		got := english.progressLine(bundle.Progress{Stage: "scan", Done: tt.done, Total: tt.total}, tt.spent)
		if got != tt.want {
			t.Errorf("progressLine(%d of %d, %v) = %q, want %q", tt.done, tt.total, tt.spent, got, tt.want)
		}
	}
}
