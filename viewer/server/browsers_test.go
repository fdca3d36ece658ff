package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A browser is what a reader has in front of them: as little of one as the drivers of three share.
// What else a reader does is made of these.
type browser interface {
	visit(address string) error                      // goes to an address
	eval(expression string) (text string, err error) // evaluates what gives a text, in the page
	press(x, y float64) error                        // clicks there, with the mouse
	keys(text string) error                          // types; \r is Enter
}

// needs ends a test whose programs are not installed.
func needs(t testing.TB, programs ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// A chromium is Debian's Chromium, through its own protocol.
type chromium struct{ ctx context.Context }

// startChromium starts it with its profile in a folder, and with further options.
func startChromium(t testing.TB, profile string, more ...chromedp.ExecAllocatorOption) chromium {
	t.Helper()
	needs(t, "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.UserDataDir(profile),
		chromedp.ExecPath("chromium"), chromedp.DisableGPU, chromedp.NoSandbox, chromedp.WindowSize(1000, 800),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(options, more...)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // starts the browser: without a time limit
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	return chromium{ctx}
}

func (c chromium) visit(address string) error { return chromedp.Do(c.ctx, chromedp.Navigate(address)) }
func (c chromium) eval(expression string) (string, error) {
	return chromedp.Run(c.ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
}
func (c chromium) press(x, y float64) error { return chromedp.Do(c.ctx, chromedp.MouseClickXY(x, y)) }
func (c chromium) keys(text string) error   { return chromedp.Do(c.ctx, chromedp.KeyEvent(text)) }

// A firefox is Firefox through WebDriver BiDi, which a script under node speaks: firefox.mjs.
type firefox struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

// Preferences of Firefox, as settings of the reader's own.
var (
	scriptless = map[string]any{"javascript.enabled": false}
	autoplay   = map[string]any{"media.autoplay.default": 0} // which a click of the reader's allows elsewhere
)

// startFirefox starts it with its profile in a folder, and with further preferences.
func startFirefox(t *testing.T, profile string, more ...map[string]any) *firefox {
	t.Helper()
	needs(t, "node", "firefox-esr")
	needsModules(t)
	preferences := map[string]any{}
	for _, m := range more {
		maps.Copy(preferences, m)
	}
	own, err := json.Marshal(preferences)
	if err != nil {
		t.Fatal(err)
	}
	f := &firefox{cmd: exec.Command("node", "testdata/browsers/firefox.mjs", profile, string(own))}
	f.cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	f.cmd.Stderr = t.Output()
	in, err := f.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f.in, f.out = in, json.NewDecoder(out)
	t.Cleanup(func() { f.close() })
	if _, err := f.ask("start"); err != nil {
		t.Fatalf("firefox.mjs: %v", err)
	}
	return f
}

// modules is where npm puts what tests need of it.
const modules = "testdata/browsers/node_modules"

func needsModules(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(modules); err != nil {
		err = fmt.Errorf("%w: 'make tools' installs them", err)
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// close ends Firefox, which writes its profile.
func (f *firefox) close() error {
	f.in.Close()
	return f.cmd.Wait()
}

// ask sends a command and waits for its answer.
func (f *firefox) ask(command ...any) (value string, err error) {
	line, err := json.Marshal(command)
	if err != nil {
		return "", err
	}
	if _, err := f.in.Write(append(line, '\n')); err != nil {
		return "", err
	}
	var answer struct{ Value, Error string }
	if err := f.out.Decode(&answer); err != nil {
		return "", err
	}
	if answer.Error != "" {
		return "", fmt.Errorf("firefox: %s", answer.Error)
	}
	return answer.Value, nil
}

func (f *firefox) do(command ...any) error {
	_, err := f.ask(command...)
	return err
}

func (f *firefox) visit(address string) error             { return f.do("visit", address) }
func (f *firefox) eval(expression string) (string, error) { return f.ask("eval", expression) }
func (f *firefox) press(x, y float64) error               { return f.do("press", x, y) }
func (f *firefox) keys(text string) error                 { return f.do("keys", text) }
