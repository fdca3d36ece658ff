package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A reader is somebody with a browser.
type reader struct {
	t *testing.T
	browser
	ctx context.Context // of Chromium, for what only its own protocol does
}

// newReader starts Chromium with an empty profile.
func newReader(t *testing.T) *reader {
	t.Helper()
	return newReaderIn(t, t.TempDir())
}

// newReaderIn starts Chromium with its profile in a folder, and with further options.
func newReaderIn(t *testing.T, profile string, more ...chromedp.ExecAllocatorOption) *reader {
	t.Helper()
	c := startChromium(t, profile, more...)
	return &reader{t, c, c.ctx}
}

// do takes steps that only Chromium takes.
func (r *reader) do(steps ...chromedp.Action[chromedp.Void]) {
	r.t.Helper()
	r.must(chromedp.Do(r.ctx, steps...))
}

func (r *reader) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatalf("at %s: %v", r.location(), err)
	}
}

func (r *reader) goTo(address string) {
	r.t.Helper()
	r.must(r.visit(address))
}

func (r *reader) location() string {
	at, err := r.eval("location.href")
	if err != nil {
		return err.Error()
	}
	return at
}

// look evaluates an expression in the page.
func (r *reader) look(expression string, to any) error {
	text, err := r.eval("JSON.stringify((" + expression + ") ?? null)")
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), to)
}

// run does something in the page by script, where a hand would need more than a click.
func (r *reader) run(statements string) {
	r.t.Helper()
	var done bool
	r.must(r.look("(() => { "+statements+"; return true })()", &done))
}

// until waits for a condition in the page.
func (r *reader) until(what, condition string) {
	r.t.Helper()
	if !r.comes(condition, patience) {
		r.never(what)
	}
}

func (r *reader) never(what string) {
	r.t.Helper()
	text, _ := r.eval("document.documentElement.outerHTML")
	r.t.Fatalf("%s: never, at %s:\n%.3000s", what, r.location(), text)
}

// patience is how long a page may take, on a machine that has other things to do.
const patience = 20 * time.Second

// comes says whether a condition in the page comes about.
func (r *reader) comes(condition string, within time.Duration) bool {
	for end := time.Now().Add(within); ; {
		// A page that is on its way out answers with an error, or not yet.
		var ok bool
		if err := r.look("Boolean("+condition+")", &ok); err == nil && ok {
			return true
		}
		if time.Now().After(end) {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// quote writes a text as script does.
func quote(text string) string {
	data, _ := json.Marshal(text) // a string always has a spelling
	return string(data)
}

// everywhere is the page's document and those in its frames.
const everywhere = "[document, ...[...document.querySelectorAll('iframe')].map(f => f.contentDocument)].filter(d => d?.body)"

// shows is the condition that the page, or a frame in it, shows a text.
func shows(text string) string {
	return everywhere + ".some(d => d.body.innerText.includes(" + quote(text) + "))"
}

// shown is what is shown of a page out of the bundle: what is in the frame, or an article.
const shown = "(document.querySelector('iframe')?.contentDocument?.body ?? document.querySelector('article'))"

// things are what a selector finds in sight in some places, such as documents. What stands behind "says" in it is in their text.
func things(places, selector string) string {
	css, text, _ := strings.Cut(selector, " says ")
	return fmt.Sprintf("%s.flatMap(d => [...d.querySelectorAll(%s)]).filter(e => e.getClientRects().length && e.textContent.includes(%s))",
		places, quote(css), quote(text))
}

// click clicks, with the mouse, on the first thing that a selector finds, in the page or in a frame of it.
func (r *reader) click(selector string) {
	r.t.Helper()
	r.clickIn(everywhere, selector)
}

// clickShown clicks on what a selector finds in a page out of the bundle.
func (r *reader) clickShown(selector string) {
	r.t.Helper()
	r.clickIn("["+shown+"]", selector)
}

func (r *reader) clickIn(places, selector string) {
	r.t.Helper()
	r.until("there is "+selector, things(places, selector)+".length")
	where := fmt.Sprintf(`(e => {
		e.scrollIntoView({block: 'center', behavior: 'instant'})
		const f = e.ownerDocument.defaultView.frameElement?.getBoundingClientRect(), b = e.getClientRects()[0]
		return [(f?.x ?? 0) + b.x + b.width/2, (f?.y ?? 0) + b.y + b.height/2]
	})(%s[0])`, things(places, selector))
	var err error
	for range 50 { // what is still being laid out may not be where it was
		var at [2]float64
		if err = r.look(where, &at); err == nil {
			err = r.press(at[0], at[1])
		}
		if err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	r.must(err)
}

// follow clicks, and once more where nothing came of it: what has not been drawn yet cannot be clicked on.
func (r *reader) follow(selector, what, condition string) {
	r.t.Helper()
	r.click(selector)
	if !r.comes(condition, 3*time.Second) && r.comes(things(everywhere, selector)+".length", 0) {
		r.click(selector)
	}
	r.until(what, condition)
}

// fill replaces what is in a field.
func (r *reader) fill(selector, text string) {
	r.t.Helper()
	r.until("there is "+selector, "document.querySelector("+quote(selector)+")")
	r.run("const e = document.querySelector(" + quote(selector) + "); e.focus(); e.select()")
	r.must(r.keys(text))
}
