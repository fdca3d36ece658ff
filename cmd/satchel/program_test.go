package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// tests are those of this package. The program that some of them build goes with them.
type tests struct{ *testing.M }

// cacheVariables say where caches lie, on Linux and on Windows. Tests leave that of whoever runs them alone.
var cacheVariables = []string{"XDG_CACHE_HOME", "LocalAppData"}

func (m tests) Run() int {
	cache, err := os.MkdirTemp("", "satchel-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(cache)
	if goCache, err := exec.Command("go", "env", "GOCACHE").Output(); err == nil { // it lies in the cache of whoever runs them
		os.Setenv("GOCACHE", strings.TrimSpace(string(goCache)))
	}
	os.Setenv("SATCHEL_LANG", "en")
	for _, name := range cacheVariables {
		os.Setenv(name, cache)
	}
	code := m.M.Run()
	if dir := builtIn; dir != "" {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

var builtIn string // the folder of the program, once it was built

// program returns the program as it ships, for tests that look at it from outside.
func program(t *testing.T) string {
	t.Helper()
	name, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

var buildOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return "", err
	}
	builtIn = dir
	name := filepath.Join(dir, "satchel")
	return name, build(".", name)
})

// build makes the program from the sources in a folder, as the Makefile does for what
// ships.
func build(dir, name string) error {
	makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		return err
	}
	flags := regexp.MustCompile(`(?m)^FLAGS\s*=(.*)$`).FindSubmatch(makefile)
	link := regexp.MustCompile(`-ldflags='([^']*)' -o "dist/`).FindSubmatch(makefile)
	cgo := regexp.MustCompile(`(?m)^export (CGO_ENABLED) = (\d)$`).FindSubmatch(makefile)
	if flags == nil || link == nil || cgo == nil {
		return fmt.Errorf("the Makefile does not say how it builds what ships")
	}
	args := append([]string{"build", "-ldflags=" + string(link[1]), "-o", name}, strings.Fields(string(flags[1]))...)
	c := exec.Command("go", append(args, ".")...)
	c.Dir = dir
	c.Env = append(os.Environ(), string(cgo[1])+"="+string(cgo[2]), "PWD="+dir)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return nil
}

// need returns where a program lies that a test cannot do without.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

// packed makes a signed bundle of a bit of everything, and returns its name.
func packed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	writeFile(t, filepath.Join(in, "index.html"), `<title>Wells</title><p>well</p><img src="p.svg"><a href="notes.txt">n</a>`)
	writeFile(t, filepath.Join(in, "notes.txt"), strings.Repeat("words of a text ", 500))
	writeFile(t, filepath.Join(in, "p.svg"), `<svg xmlns="http://www.w3.org/2000/svg"><circle r="5"/></svg>`)
	writeFile(t, filepath.Join(in, "card.pdf"), readFile(t, filepath.Join("..", "..", "bundle", "ingest", "document", "testdata", "qpdf.pdf")))
	writeFile(t, filepath.Join(in, "film.mp4"), string(film(t, 800_000, "film")))
	key, out := filepath.Join(dir, "news.key"), filepath.Join(dir, "news.zip")
	for _, args := range [][]string{
		{"keygen", "-o", key, "--no-passphrase"},
		{"pack", "-k", key, "--title", "Wells and pumps", "-o", out, in},
	} {
		if code, _, errs := command(t, t.Context(), args...); code != exitDone {
			t.Fatalf("satchel %q: code %d, %s", args, code, errs)
		}
	}
	return out
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// waitForFile waits until another process has made a file, and returns what is in it.
func waitForFile(t *testing.T, name string) string {
	t.Helper()
	for range 500 {
		if _, err := os.Stat(name); err == nil {
			return readFile(t, name)
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("there is no %s after 10 s", name)
	return ""
}
