package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"satchel": func() { os.Exit(mainCode()) }})
}

// stockTools are what the scripts compare us with. They skip the lines that need one
// that is missing, except where CI is true: there nothing may be skipped.
var stockTools = []string{"minisign", "sha256sum", "unzip", "bash", "cat"}

func TestScripts(t *testing.T) {
	for _, tool := range stockTools {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is needed: %v", tool, err)
			}
			t.Logf("NOT TESTED without %s", tool)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "flip": cmdFlip, "cutoff": cmdCutoff, "append": cmdAppend,
			"fetch": cmdFetch, "lines": cmdLines, "film": cmdFilm, "await": cmdAwait,
		},
		Setup: func(e *testscript.Env) error {
			for _, name := range cacheVariables {
				e.Setenv(name, filepath.Join(e.WorkDir, ".cache"))
			}
			e.Setenv("SATCHEL_LANG", "en")
			return nil
		},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

// cmdExits runs a command that must end with an exact code: exits 3 satchel verify x.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// cmdFlip flips a bit in the middle of where a text stands in a file, or of the file.
func cmdFlip(ts *testscript.TestScript, _ bool, args []string) {
	name := ts.MkAbs(args[0])
	data, err := os.ReadFile(name)
	ts.Check(err)
	at := len(data) / 2
	if len(args) > 1 {
		at = bytes.Index(data, []byte(args[1]))
		if at < 0 {
			ts.Fatalf("%s does not contain %q", args[0], args[1])
		}
		at += len(args[1]) / 2
	}
	data[at] ^= 1
	ts.Check(os.WriteFile(name, data, 0o666))
}

// cmdCutoff leaves the given per cent of a file.
func cmdCutoff(ts *testscript.TestScript, _ bool, args []string) {
	name := ts.MkAbs(args[0])
	part, err := strconv.Atoi(args[1])
	ts.Check(err)
	info, err := os.Stat(name)
	ts.Check(err)
	ts.Check(os.Truncate(name, info.Size()*int64(part)/100))
}

// cmdAppend appends a number of bytes to a file.
func cmdAppend(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY|os.O_APPEND, 0)
	ts.Check(err)
	_, err = f.Write(bytes.Repeat([]byte{'x'}, n))
	ts.Check(errors.Join(err, f.Close()))
}

// filmText stands in the middle of what cmdFilm writes.
const filmText = "this stands in the middle of the film"

// cmdFilm writes a film that does not compress: film NAME SIZE.
func cmdFilm(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), film(scriptTB{ts: ts}, size, filmText), 0o666))
}

// A scriptTB is a script as what helpers of tests take.
type scriptTB struct {
	testing.TB
	ts *testscript.TestScript
}

func (s scriptTB) Helper()                           {}
func (s scriptTB) Fatal(args ...any)                 { s.ts.Fatalf("%v", args) }
func (s scriptTB) Fatalf(format string, args ...any) { s.ts.Fatalf(format, args...) }

// cmdLines compares how many lines the last command printed.
func cmdLines(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile(args[0]), "\n"); got != want {
		ts.Fatalf("%s has %d lines, want %d", args[0], got, want)
	}
}

// cmdFetch waits for the address in the first line of a file, asks for the page there
// as a browser does, and writes it to another file.
func cmdFetch(ts *testscript.TestScript, neg bool, args []string) {
	address := waitForLine(ts, ts.MkAbs(args[0]))
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	client := &http.Client{Timeout: 10 * time.Second, Jar: jar}
	code, page := getContents(ts, client, address)
	if (code == http.StatusOK) == neg {
		ts.Fatalf("GET of the address: %d", code)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), page, 0o666))
}

// toContents is the link from the viewer's first page to the contents.
var toContents = regexp.MustCompile(`class="button main" href="([^"]+)"`)

// getContents asks for the viewer's first page and, where that leads to the contents, for those.
func getContents(ts *testscript.TestScript, c *http.Client, address string) (code int, page []byte) {
	for range 2 {
		res, err := c.Get(address)
		ts.Check(err)
		code = res.StatusCode
		page, err = io.ReadAll(res.Body)
		res.Body.Close()
		ts.Check(err)
		m := toContents.FindSubmatch(page)
		if m == nil || !bytes.Contains(page, []byte("on-start")) {
			break
		}
		next, err := res.Request.URL.Parse(string(m[1]))
		ts.Check(err)
		address = next.String()
	}
	return code, page
}

// cmdAwait asks for the contents at the address in the first line of a file until it has a text in it, or
// has it no more: await FILE TEXT, ! await FILE TEXT.
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	address := waitForLine(ts, ts.MkAbs(args[0]))
	var page []byte
	for range 500 {
		_, page = getContents(ts, http.DefaultClient, address)
		if bytes.Contains(page, []byte(args[1])) != neg {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%q, want it otherwise, in\n%s", args[1], page)
}

func waitForLine(ts *testscript.TestScript, name string) string {
	for range 500 {
		data, err := os.ReadFile(name)
		if line, _, ok := strings.Cut(string(data), "\n"); err == nil && ok {
			return line
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("no line in %s after 10 s", name)
	return ""
}

// command runs satchel in this process, as a script would see it.
func command(t *testing.T, ctx context.Context, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	u := &ui{out: &o, err: &e, progress: &progress{w: io.Discard, now: clock}}
	code = run(ctx, u, args)
	return code, o.String(), e.String()
}

// TestInterrupt ends the context at every step that packing reports, and before.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	writeFile(t, filepath.Join(in, "a.html"), "<title>A</title><p>a</p>")
	stopped := 0
	for steps := range 6 {
		ctx, cancel := context.WithCancel(context.Background())
		if steps == 0 {
			cancel()
		}
		var e bytes.Buffer
		u := &ui{out: io.Discard, err: &e, progress: &progress{w: cancelAfter(steps, cancel), on: true, now: fastClock()}}
		code := run(ctx, u, []string{"pack", in, "-o", filepath.Join(dir, "out.zip")})
		interrupted := ctx.Err() != nil
		cancel()
		if interrupted && code == exitDone {
			continue // it was done before it saw the end
		}
		if interrupted && (code != exitFailed || !strings.Contains(e.String(), "interrupted")) {
			t.Fatalf("after %d steps: code %d, %q", steps, code, e.String())
		}
		if interrupted {
			stopped++
		}
		if names := list(t, dir); interrupted && len(names) != 1 {
			t.Fatalf("after %d steps there are %q, want the input alone", steps, names)
		}
		os.Remove(filepath.Join(dir, "out.zip"))
	}
	if stopped < 2 {
		t.Errorf("stopped %d times; the work is over too soon for this test", stopped)
	}
}

// TestInterruptExtract ends the context at every step that extracting reports: what is there
// then is whole, and where that is nothing, there is no folder either.
func TestInterruptExtract(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, zip := filepath.Join(dir, "in"), filepath.Join(dir, "in.zip")
	for _, name := range []string{"a/b/1.html", "a/b/2.html", "c/3.html"} {
		writeFile(t, filepath.Join(in, name), "<title>A</title>"+strings.Repeat(name+" ", 100_000))
	}
	if code, _, e := command(t, context.Background(), "pack", "--html", "site", in, "-o", zip); code != exitDone {
		t.Fatal(e)
	}
	empty, some := 0, 0
	for steps := range 60 {
		out := filepath.Join(dir, strconv.Itoa(steps))
		ctx, cancel := context.WithCancel(context.Background())
		u := &ui{out: io.Discard, err: io.Discard, progress: &progress{w: cancelAfter(steps+1, cancel), on: true, now: fastClock()}}
		code := run(ctx, u, []string{"extract", "-o", out, zip})
		cancel()
		if code == exitDone {
			break
		}
		files := 0
		err := filepath.WalkDir(out, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, err := filepath.Rel(out, p)
			if err == nil && readFile(t, p) != readFile(t, filepath.Join(in, rel)) {
				err = fmt.Errorf("%s is not whole", rel)
			}
			files++
			return err
		})
		switch {
		case files > 0 && err == nil:
			some++
		case errors.Is(err, fs.ErrNotExist):
			empty++
		default:
			t.Fatalf("after %d steps: %d files, %v", steps, files, err)
		}
	}
	if empty == 0 || some == 0 {
		t.Errorf("stopped %d times before anything was there, %d times after", empty, some)
	}
}

// cancelAfter is a writer that ends a context at the nth write.
func cancelAfter(n int, cancel func()) io.Writer {
	return writerFunc(func(p []byte) (int, error) {
		if n--; n == 0 {
			cancel()
		}
		return len(p), nil
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// fastClock goes on by a second whenever it is asked.
func fastClock() func() time.Time {
	now := time.Unix(0, 0)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
