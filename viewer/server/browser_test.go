package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"satchel/viewer/internal/testbundle"
)

// beacon is what every address in the page of requests ends in.
const beacon = "beacon.invalid"

// TestD08NoRequests shows a page with every construct that can make a request in
// Chromium, and looks through all that its network code did: D08, D09, D11, D13, D23
// and D24 at once. That the look-out sees anything is shown first, on the same page
// as a stranger's server would send it.
func TestD08NoRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	t.Parallel()
	page, err := os.ReadFile("../../bundle/sanitize/testdata/requests.html")
	if err != nil {
		t.Fatal(err)
	}
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page)
	}))
	defer stranger.Close()
	if log, _ := browse(t, stranger.URL); !strings.Contains(log, beacon) {
		t.Fatal("the look-out did not see a stranger's page call home")
	}

	s := startWith(t, testbundle.New(t, testbundle.Files{"requests.html": string(page)}))
	first := s.Address()
	_, start := get(t, first)
	_, home := get(t, first+regexp.MustCompile(`class="button main" href="([^"]+)"`).FindStringSubmatch(start)[1])
	link := regexp.MustCompile(`class="[^"]*"[^>]*href="([A-Za-z0-9_-]{40,})"|href="([A-Za-z0-9_-]{40,})"`)
	for _, m := range link.FindAllStringSubmatch(home, -1) {
		address := first + m[1] + m[2]
		_, shell := get(t, address)
		frame := regexp.MustCompile(`<iframe[^>]* src="([^"]+)"`).FindStringSubmatch(shell)
		if frame == nil {
			continue
		}
		for _, at := range []string{address, address + "?look=plain", first + frame[1]} {
			log, dom := browse(t, at)
			if i := strings.Index(log, beacon); i >= 0 {
				t.Errorf("a request: %s", log[max(0, i-200):i+50])
			}
			if !strings.Contains(dom, "<html") {
				t.Errorf("nothing was shown: %q", dom)
			}
		}
		return
	}
	t.Fatal("no framed page found")
}

// browse shows an address in a fresh Chromium, and returns its log of everything that
// it did on the network, and the page as it came to be.
func browse(t *testing.T, address string) (log, dom string) {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dir := t.TempDir()
	file := filepath.Join(dir, "net.json")
	out, err := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu",
		"--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--user-data-dir="+filepath.Join(dir, "profile"), "--log-net-log="+file,
		"--timeout=3000", "--dump-dom", address).Output()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data), string(out)
}
