package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tellsTime are the functions of package time that ask what time it is, or wait.
var tellsTime = []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Sleep", "Local", "LoadLocation"}

// TestB07Clock: whatever the clock says, a bundle opens and its verdict is the same.
func TestB07Clock(t *testing.T) {
	t.Parallel()
	t.Run("nobody asks it", func(t *testing.T) {
		t.Parallel()
		for _, root := range []string{"bundle", "viewer"} {
			for _, use := range clockUses(t, filepath.Join("..", "..", root)) {
				t.Errorf("%s: what is said about a bundle must not depend on a clock", use)
			}
		}
	})
	t.Run("issues of any date", func(t *testing.T) {
		t.Parallel()
		checkDates(t)
	})
	t.Run("any time zone", func(t *testing.T) {
		t.Parallel()
		checkZones(t)
	})
}

// timed are the folders that may use it: the server limits connections, tools of others are limited, and
// the cache forgets what is old.
var timed = []string{"server", "tool", "cache"}

// clockUses finds what uses the clock, except where it may be used, and in tests.
func clockUses(t *testing.T, root string) (uses []string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(timed, d.Name()) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		seen++
		uses = append(uses, usesIn(files, f)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 10 {
		t.Fatalf("only %d files found in %s", seen, root)
	}
	return uses
}

// usesIn finds clocks in one file. Under another name, or none, package time is not let in at
// all.
func usesIn(files *token.FileSet, f *ast.File) (uses []string) {
	for _, i := range f.Imports {
		if i.Path.Value == `"time"` && i.Name != nil {
			uses = append(uses, files.Position(i.Pos()).String()+" time as "+i.Name.Name)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(tellsTime, s.Sel.Name) {
				uses = append(uses, files.Position(s.Pos()).String()+" time."+s.Sel.Name)
			}
		}
		return true
	})
	return uses
}

// checkDates opens issues from before any clock and from after every clock: to the latter, the
// clock is set to before the issue.
func checkDates(t *testing.T) {
	dir := t.TempDir()
	in, key := filepath.Join(dir, "in"), filepath.Join(dir, "news.key")
	writeFile(t, filepath.Join(in, "a.html"), "<title>A</title><p>a</p>")
	if code, _, errs := command(t, t.Context(), "keygen", "-o", key, "--no-passphrase"); code != exitDone {
		t.Fatalf("keygen: %d %s", code, errs)
	}
	for _, date := range []string{"1970-01-01", "2026-03-29", "2099-12-31", "9999-12-31"} {
		out := filepath.Join(dir, date+".zip")
		if code, _, errs := command(t, t.Context(), "pack", "-k", key, "--date", date, "--series", "news", "--issue", "7", "-o", out, in); code != exitDone {
			t.Fatalf("pack --date %s: %d %s", date, code, errs)
		}
		code, said, errs := command(t, t.Context(), "verify", "-p", filepath.Join(dir, "news.pub"), out)
		if code != exitDone || !strings.HasPrefix(said, "trusted\n") || errs != "" {
			t.Errorf("an issue of %s: code %d, %q, %q; want trusted, and no word about a date", date, code, said, errs)
		}
	}
}

// checkZones asks about one bundle in places where the clocks are set otherwise.
func checkZones(t *testing.T) {
	bundle := packed(t)
	want := ""
	for _, zone := range []string{"UTC", "Pacific/Kiritimati", "America/New_York", "Asia/Pyongyang", "/nowhere", "XXX-25:99"} {
		var said strings.Builder
		for _, args := range [][]string{{"verify", "--json", bundle}, {"info", "--json", bundle}, {"ls", "--json", bundle}} {
			c := exec.Command(program(t), args...)
			c.Env = append(os.Environ(), "TZ="+zone)
			out, err := c.CombinedOutput()
			if err != nil && c.ProcessState == nil {
				t.Fatal(err)
			}
			said.Write(out)
		}
		if want == "" {
			want = said.String()
		}
		if said.String() != want {
			t.Errorf("with TZ=%s: %q\nwith UTC: %q", zone, said.String(), want)
		}
	}
}
