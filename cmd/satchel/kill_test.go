package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestE16Killed kills the packing at fifty moments. What has the bundle's name is a whole one, and the
// packing after that leaves the same bytes as one that nobody disturbed, and nothing else.
func TestE16Killed(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a hundred processes")
	}
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for n := range 12 {
		text := strings.Repeat(fmt.Sprintf("word %d of many ", n*n), 4_000)
		writeFile(t, at(fmt.Sprintf("in/d%d/%d.html", n%4, n)), fmt.Sprintf("<title>%d</title><p>%s", n, text))
	}
	if code, _, errs := command(t, t.Context(), "keygen", "-o", at("k.key"), "--no-passphrase"); code != exitDone {
		t.Fatal(errs)
	}
	satchel := program(t)
	pack := func(out string) *exec.Cmd {
		return exec.Command(satchel, "pack", "-k", at("k.key"), "-o", at(out), at("in"))
	}
	var spent time.Duration
	for range 2 { // the second finds what the first made
		began := time.Now()
		if out, err := pack("want.zip").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		spent = time.Since(began)
	}
	random := rand.New(rand.NewPCG(16, 50))
	want, killed := readFile(t, at("want.zip")), 0
	for n := 0; n < 50 || killed < 10 && n < 1000; n++ {
		c := pack("out.zip")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(spent))))
		_ = c.Process.Kill() // it may have ended
		if _ = c.Wait(); !c.ProcessState.Exited() {
			killed++
		}
		if got, err := os.ReadFile(at("out.zip")); err == nil && string(got) != want {
			t.Fatal("a bundle that is not whole has the name")
		}
	}
	if out, err := pack("out.zip").CombinedOutput(); err != nil || readFile(t, at("out.zip")) != want {
		t.Errorf("after that: %v, %s", err, out)
	}
	names := []string{"in", "k.key", "k.pub", "out.zip", "want.zip"}
	if got := list(t, dir); !slices.Equal(got, names) || killed < 10 {
		t.Errorf("%d killed; there are %q, want %q", killed, got, names)
	}
}
