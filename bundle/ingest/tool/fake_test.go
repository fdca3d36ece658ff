//go:build unix

package tool

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fake puts a script in the place of pdftoppm, the only program to be found.
func fake(t *testing.T, script string) *Tools {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, pdftoppm), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	tools := find(t)
	for name := range tools.found {
		if name != pdftoppm {
			delete(tools.found, name)
		}
	}
	return tools
}

// gone waits until a process is no more.
func gone(t *testing.T, file string) {
	t.Helper()
	said, err := os.ReadFile(file)
	pid, err2 := strconv.Atoi(strings.TrimSpace(string(said)))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	for range 200 {
		stat, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || strings.Contains(string(stat), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d is still there", pid)
}

// TestSleeper: a program that never ends is killed with its children, when its time is up or the
// context is over.
func TestSleeper(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	tools := fake(t, `sleep 1000 & echo $! >`+pid+`.new; mv `+pid+`.new `+pid+`; trap "" INT TERM; wait; sleep 1000`)
	tools.fence() // takes its time, once
	tools.Timeout = time.Second
	begin := time.Now()
	if _, err := tools.PDFPage(t.Context(), lay(t, nil), 64); !errors.Is(err, ErrLimit) || time.Since(begin) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
	gone(t, pid)
	_ = os.Remove(pid)

	tools.Timeout = 0
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for _, err := os.Stat(pid); err != nil; _, err = os.Stat(pid) {
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
	}()
	if _, err := tools.PDFPage(ctx, lay(t, nil), 64); !errors.Is(err, context.Canceled) || errors.Is(err, ErrFailed) {
		t.Error(err)
	}
	gone(t, pid)
}

// TestLeftChild: what a program leaves running in its group ends with it.
func TestLeftChild(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	tools := fake(t, `sleep 1000 >/dev/null 2>&1 & echo $! >`+pid+`; echo picture`)
	if out, err := tools.PDFPage(t.Context(), lay(t, nil), 64); err != nil || string(out) != "picture\n" {
		t.Errorf("%v %q", err, out)
	}
	gone(t, pid)
}

// TestEndless: a program that prints without end is cut off, on both of its outputs.
func TestEndless(t *testing.T) {
	if _, err := fake(t, `exec yes`).PDFPage(t.Context(), lay(t, nil), 64); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
	tools := fake(t, `yes | head -c 9000000 >&2; echo picture`)
	if out, err := tools.PDFPage(t.Context(), lay(t, nil), 64); err != nil || string(out) != "picture\n" {
		t.Errorf("%v %q", err, out)
	}
	_, err := fake(t, `yes "a secret" | head -c 9000000 >&2; exit 1`).PDFPage(t.Context(), lay(t, nil), 64)
	if !errors.Is(err, ErrFailed) || len(err.Error()) > 500 {
		t.Error(err)
	}
}

// TestLimits: file size, and where the system can, memory and processor time.
func TestLimits(t *testing.T) {
	tools := fake(t, `echo $(ulimit -c) $(ulimit -f) $(ulimit -t) $(ulimit -v)`)
	out, err := tools.PDFPage(t.Context(), lay(t, nil), 64)
	if err != nil || !strings.HasPrefix(string(out), "0 131072 121 ") {
		t.Errorf("%v %q", err, out)
	}
	tools = fake(t, `dd if=/dev/zero of=x bs=1M count=100 2>/dev/null && echo written`)
	if out, err := tools.PDFPage(t.Context(), lay(t, nil), 64); !errors.Is(err, ErrFailed) {
		t.Errorf("%v %q", err, out)
	}
}

// TestSurroundings: a program sees an empty folder that is its home, and nothing of our environment.
func TestSurroundings(t *testing.T) {
	t.Setenv("SECRET", "TELL")
	tools := fake(t, `env; ls -A; pwd; cat; touch left; mkdir -p a/b; touch a/b/c`)
	f := lay(t, []byte("content"))
	if _, err := f.Seek(3, 0); err != nil {
		t.Fatal(err)
	}
	out, err := tools.PDFPage(t.Context(), f, 64)
	if err != nil {
		t.Fatal(err)
	}
	said := string(out)
	lines := strings.Split(said, "\n")
	home := lines[len(lines)-2]
	if !strings.HasSuffix(said, "\ncontent") || !strings.HasPrefix(home, tools.Dir) || !strings.Contains(said, "HOME="+home+"\n") {
		t.Error(said)
	}
	for _, line := range lines[:len(lines)-2] {
		if name, _, ok := strings.Cut(line, "="); !ok || !strings.Contains(" PATH LANG HOME TMPDIR TMP TEMP USERPROFILE APPDATA LOCALAPPDATA PWD OLDPWD SHLVL _ ", " "+name+" ") {
			t.Errorf("it sees %s", line)
		}
	}
}

// TestNoNetwork: where a program can be started without a network, it has none.
func TestNoNetwork(t *testing.T) {
	tools := fake(t, `cat /proc/net/route; echo end`)
	if tools.fence() == nil {
		t.Skip("unshare -rn is not allowed here")
	}
	out, err := tools.PDFPage(t.Context(), lay(t, nil), 64)
	if err != nil || strings.Count(string(out), "\n") > 2 {
		t.Errorf("%v %s", err, out)
	}
}

// TestRelativePath: a program in a folder that PATH names by a relative path is not found, also where
// that comes first.
func TestRelativePath(t *testing.T) {
	dir := t.TempDir()
	for _, in := range []string{".", "bin"} {
		if err := os.MkdirAll(filepath.Join(dir, in), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{pandoc, "unshare"} {
			if err := os.WriteFile(filepath.Join(dir, in, name), []byte("#!/bin/sh\necho evil\n"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Chdir(dir)
	t.Setenv("PATH", ".:bin::"+t.TempDir())
	tools := Find()
	if len(tools.found) > 0 || tools.fence() != nil || strings.Contains(tools.path, "bin") {
		t.Errorf("%v, PATH=%s", tools.found, tools.path)
	}
	if _, err := tools.Pandoc(t.Context(), lay(t, nil), docx); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
	t.Setenv("PATH", ".:bin:"+filepath.Join(dir, "bin"))
	if found := Find().found[pandoc]; found != filepath.Join(dir, "bin", pandoc) {
		t.Error(found)
	}
}

// TestNoDir: a folder that is not there is an error, and nothing is started.
func TestNoDir(t *testing.T) {
	tools := fake(t, `echo picture`)
	tools.Dir += "/none"
	if _, err := tools.PDFPage(t.Context(), lay(t, nil), 64); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	tools.Dir = strings.TrimSuffix(tools.Dir, "/none")
}
