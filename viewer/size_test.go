package viewer

import (
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"satchel/viewer/internal/program"
)

// maxWASM is what bundle and viewer may weigh as WebAssembly, gzipped, in bytes: the
// static page has to load from a slow stick.
const maxWASM = 2_400_000

// wasmFlags leave inlining to the packages that work on every byte. Elsewhere it
// makes the program an eighth larger and no faster that a reader would notice.
var wasmFlags = []string{
	"-trimpath", "-ldflags=-s -w", "-gcflags=all=-l",
	"-gcflags=github.com/klauspost/compress/...=", "-gcflags=crypto/...=",
	"-gcflags=golang.org/x/net/html=", "-gcflags=satchel/bundle/sanitize=",
}

func TestWASMSize(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds half the standard library")
	}
	out := filepath.Join(t.TempDir(), "viewer.wasm")
	build := exec.Command("go", slices.Concat([]string{"build", "-o", out}, wasmFlags, []string{"./testdata/wasm"})...)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if log, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s %v", log, err)
	}
	built, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	joined, err := program.Join(built)
	if err != nil {
		t.Fatal(err)
	}
	var size counter
	z, err := gzip.NewWriterLevel(&size, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(joined); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes gzipped", size)
	if size > maxWASM {
		t.Errorf("%d bytes gzipped, at most %d", size, maxWASM)
	}
	if err := os.WriteFile(out, joined, 0o600); err != nil {
		t.Fatal(err)
	}
	runWASM(t, out)
}

// runWASM fails when a program is none any more.
func runWASM(t *testing.T, name string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no node")
		}
		t.Skip("there is no node")
	}
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	glue := filepath.Join(strings.TrimSpace(string(out)), "lib", "wasm", "wasm_exec_node.js")
	if out, err := exec.Command(node, glue, name).CombinedOutput(); err != nil {
		t.Errorf("%s %v", out, err)
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func TestNoNetHTTP(t *testing.T) {
	t.Parallel()
	for _, goos := range []string{"", "js"} {
		list := exec.Command("go", "list", "-deps", ".")
		list.Env = append(os.Environ(), "CGO_ENABLED=0")
		if goos != "" {
			list.Env = append(list.Env, "GOOS=js", "GOARCH=wasm")
		}
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(strings.Fields(string(out)), "net/http") {
			t.Errorf("viewer depends on net/http (GOOS=%q)", goos)
		}
	}
}
