//go:build unix

package ingest

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestC04SpecialFiles: links, pipes and sockets are refused; a hard link is simply a
// file. A device has the same path through the code and needs root to make.
func TestC04SpecialFiles(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a.txt": "x", "d/b.txt": "y"})
	outside := lay(t, map[string]string{"secret.txt": "z"})
	at := func(name string) string { return filepath.Join(dir, name) }
	must(t, os.Symlink("a.txt", at("inside.txt")))
	must(t, os.Symlink(filepath.Join(outside, "secret.txt"), at("outside.txt")))
	must(t, os.Symlink("d", at("folder")))
	must(t, os.Symlink("nowhere", at("dangling")))
	must(t, os.Symlink(".", at("loop")))
	must(t, os.Link(at("a.txt"), at("hard.txt")))
	must(t, syscall.Mkfifo(at("pipe"), 0o600))
	socket, err := net.Listen("unix", at("sock"))
	must(t, err)
	defer socket.Close()

	r := scanAll(t, open(t, Options{Allow: []string{"pipe", "outside.txt"}, SkipUnsupported: true}, dir))
	wantPaths(t, "packed", r.paths(), "a.txt", "d/b.txt", "hard.txt")
	for _, name := range []string{"dangling", "folder", "inside.txt", "loop", "outside.txt"} {
		if !strings.Contains(r.refused[name], "symbolic link") {
			t.Errorf("%s: %q", name, r.refused[name])
		}
	}
	if !strings.Contains(r.refused["pipe"], "pipe") || !strings.Contains(r.refused["sock"], "socket") {
		t.Errorf("pipe: %q, socket: %q", r.refused["pipe"], r.refused["sock"])
	}
}

// TestC04SwappedForALink: what became a link after the scan is not followed, neither
// out of the folder nor inside it, neither itself nor a folder on the way.
func TestC04SwappedForALink(t *testing.T) {
	t.Parallel()
	outside := lay(t, map[string]string{"secret.txt": "secret", "d/b.txt": "secret"})
	for _, target := range []string{"inside", outside} {
		dir := lay(t, map[string]string{"a.txt": "open", "d/b.txt": "open",
			"inside/secret.txt": "secret", "inside/d/b.txt": "secret"})
		f := open(t, Options{}, dir)
		scanAll(t, f)
		must(t, os.Remove(filepath.Join(dir, "a.txt")))
		must(t, os.Symlink(filepath.Join(target, "secret.txt"), filepath.Join(dir, "a.txt")))
		must(t, os.RemoveAll(filepath.Join(dir, "d")))
		must(t, os.Symlink(filepath.Join(target, "d"), filepath.Join(dir, "d")))
		for _, p := range []string{"a.txt", "d/b.txt"} {
			c, err := f.Open(p)
			if err == nil {
				b, _ := io.ReadAll(c)
				c.Close()
				t.Errorf("link to %s: %s opened and gave %q", target, p, b)
			}
		}
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	dir := lay(t, map[string]string{"a.txt": "x", "d/b.txt": "y"})
	must(t, os.Chmod(filepath.Join(dir, "a.txt"), 0))
	must(t, os.Chmod(filepath.Join(dir, "d"), 0))
	defer os.Chmod(filepath.Join(dir, "d"), 0o700)
	wantPaths(t, "refused", keys(scanAll(t, open(t, Options{}, dir)).refused), "a.txt", "d/")
}

// The names below can be made on Unix file systems only.

func TestC02C03NamesRefused(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]string{
		`a\b.txt`:              "Windows cannot store",
		"a:stream.txt":         "Windows cannot store",
		"C:":                   "Windows cannot store",
		"con":                  "device",
		"nul.txt":              "device",
		"COM¹":                 "device",
		"LPT9 .txt":            "device",
		"CONIN$":               "device",
		"a.":                   "dot or a space",
		"a ":                   "dot or a space",
		"a\x01.txt":            "control character",
		"a\u0085.txt":          "control character",
		"a\ufffe.txt":          "without a character",
		"a\xed\xa0\x80.txt":    "UTF-8",
		"a\xc0\xaf.txt":        "UTF-8",
		"article\u202egpj.txt": "invisible",
		"a\u2066b.txt":         "invisible",
		"a\u2028b.txt":         "line separator",
	} {
		dir := lay(t, map[string]string{"f/" + name: "x", "g/" + name + "/x.txt": "x", "ok.txt": "x"})
		r := scanAll(t, open(t, Options{Allow: []string{"f/" + name}, SkipUnsupported: true}, dir))
		wantPaths(t, "packed beside "+name, r.paths(), "ok.txt")
		wantPaths(t, "refused", keys(r.refused), "f/"+name, "g/"+name+"/")
		for p, reason := range r.refused {
			if !strings.Contains(reason, rule) {
				t.Errorf("%q: reason %q does not name the rule (%q)", p, reason, rule)
			}
		}
	}
}
