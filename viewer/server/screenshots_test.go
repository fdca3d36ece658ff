package server

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"satchel/viewer/internal/testbundle"
)

// screens are those that pictures are taken of.
var screens = []struct {
	name          string
	width, height int64
	scheme        string
}{{"phone", 390, 844, "light"}, {"desktop", 1280, 800, "dark"}}

// TestScreenshots takes pictures of each kind of page in each language, of the bundle that 'make screenshots' packs.
func TestScreenshots(t *testing.T) {
	dir, name := os.Getenv("SATCHEL_SCREENSHOTS"), os.Getenv("SATCHEL_SCREENSHOTS_OF")
	if dir == "" || name == "" {
		t.Skip("'make screenshots' takes them")
	}
	r := newReader(t)
	collection, verdicts := start(t, testbundle.Open(t, name)), startAll(t)
	t.Run("tabs", func(t *testing.T) {
		for language, words := range map[string]string{"en": "water", "ko": "물", "zh-Hans": "水", "zh-Hant": "水", "fa": "آب", "ar": "ماء", "ru": "вода",
			"es": "agua", "fr": "water", "my": "water", "vi": "water"} {
			t.Run(language, func(t *testing.T) {
				t.Parallel()
				pages := verdicts.pages(language, words)
				maps.Copy(pages, collection.pages(language, words))
				r.tab(t).photograph(pages, language, dir)
			})
		}
	})
}

func (r *reader) photograph(pages map[string]string, language, dir string) {
	r.t.Helper()
	for _, s := range screens {
		r.do(chromedp.EmulateViewport(s.width, s.height))
		r.prefer(s.scheme)
		for kind, address := range pages {
			r.goTo(in(address, language))
			r.until("the pictures are there", "[...document.images].every(i => i.complete || i.loading == 'lazy')")
			picture, err := chromedp.Run(r.ctx, chromedp.CaptureScreenshot())
			r.must(err)
			name := strings.ReplaceAll(kind, " ", "-") + "." + language + "." + s.name + ".png"
			r.must(os.WriteFile(filepath.Join(dir, name), picture, 0o644))
		}
	}
}

// prefer has the page believe that the reader prefers a light or a dark scheme.
func (r *reader) prefer(scheme string) {
	r.t.Helper()
	r.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	}))
}
