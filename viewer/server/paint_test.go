package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkFirstPaint loads pages in Chromium, each in turn with a bare page of as many bytes, and tells how much later
// something is painted.
func BenchmarkFirstPaint(b *testing.B) {
	c := startChromium(b, b.TempDir())
	l := startFiles(b)
	home := l.home()
	item := l.find(l.ask("GET", home).body, `class="row" href="([^"]+)"`)
	for name, path := range map[string]string{"start": l.path, "home": home, "item": item} {
		b.Run(name, func(b *testing.B) {
			size := len(l.ask("GET", path).body)
			bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Cache-Control", "no-store")
				fmt.Fprint(w, "<!DOCTYPE html><title>x</title><p>"+strings.Repeat("word ", size/5))
			}))
			defer bare.Close()
			var ours, theirs []float64
			for b.Loop() {
				ours = append(ours, painted(b, c, "http://"+l.host+path))
				theirs = append(theirs, painted(b, c, bare.URL))
			}
			slices.Sort(ours)
			slices.Sort(theirs)
			b.ReportMetric(ours[len(ours)/2], "ours-ms")
			b.ReportMetric(theirs[len(theirs)/2], "bare-ms")
			b.ReportMetric(ours[len(ours)/2]/theirs[len(theirs)/2], "ratio")
			b.ReportMetric(float64(size)/1000, "kB")
		})
	}
}

// painted returns how many milliseconds after it was asked for something of a page was painted.
func painted(b *testing.B, c chromium, address string) float64 {
	b.Helper()
	if err := c.visit(address); err != nil {
		b.Fatal(err)
	}
	for range 500 {
		text, err := c.eval("String(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? '')")
		if err == nil && text != "" {
			at, err := strconv.ParseFloat(text, 64)
			if err != nil {
				b.Fatal(err)
			}
			return at
		}
		time.Sleep(2 * time.Millisecond)
	}
	b.Fatal("nothing is painted")
	return 0
}
