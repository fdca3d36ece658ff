package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A webkit is WebKitGTK's small browser, through W3C WebDriver.
type webkit struct{ session string } // the address of the session

// startWebKit starts it on a screen of its own, at home in a folder.
func startWebKit(t *testing.T, home string) *webkit {
	t.Helper()
	needs(t, "WebKitWebDriver", "Xvfb")
	program, err := miniBrowser()
	if err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "DISPLAY="+startScreen(t), "GDK_BACKEND=x11", "NO_AT_BRIDGE=1", "GSETTINGS_BACKEND=memory",
		"HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_DATA_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_CONFIG_HOME="+home)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	whileTesting(t, env, nil, "WebKitWebDriver", "--host=127.0.0.1", "--port="+port)
	w := &webkit{"http://" + l.Addr().String() + "/session"}
	wish := map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"webkitgtk:browserOptions": map[string]any{"binary": program, "args": []string{"--automation"}}}}}
	var got struct{ SessionID string }
	for range 500 {
		if err = w.ask("POST", "", wish, &got); !errors.Is(err, errNotThere) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.session += "/" + got.SessionID
	t.Cleanup(func() { w.close() })
	return w
}

func (w *webkit) close() error { return w.ask("DELETE", "", nil, nil) }

// miniBrowser is where Debian puts it, which is in no PATH.
func miniBrowser() (string, error) {
	found, err := filepath.Glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")
	if err == nil && len(found) == 0 {
		err = errors.New("WebKitGTK's MiniBrowser is not installed")
	}
	if err != nil {
		return "", err
	}
	return found[len(found)-1], nil
}

// startScreen starts an X server that shows nothing, and returns its name.
func startScreen(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	whileTesting(t, os.Environ(), w, "Xvfb", "-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp")
	w.Close()
	number, err := bufio.NewReader(r).ReadString('\n') // it writes the end of the line apart
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	return ":" + strings.TrimSpace(number)
}

// whileTesting runs a program until the test ends, and no longer than this process lives.
func whileTesting(t *testing.T, env []string, third *os.File, program ...string) {
	t.Helper()
	const script = `"$@" & read -r _; kill $!; wait`
	c := exec.Command("sh", append([]string{"-c", script, "sh"}, program...)...)
	c.Env = env
	if third != nil {
		c.ExtraFiles = []*os.File{third}
	}
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		c.Wait()
	})
}

// errNotThere is the error where nobody listens.
var errNotThere = errors.New("webkit: the driver does not answer")

// ask sends a command of the protocol.
func (w *webkit) ask(method, path string, body, to any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequest(method, w.session+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	client := http.Client{Timeout: time.Minute}
	a, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotThere, err)
	}
	defer a.Body.Close()
	data, err = io.ReadAll(a.Body)
	if err != nil {
		return err
	}
	if a.StatusCode != 200 {
		return fmt.Errorf("webkit: %s: %s", path, data)
	}
	return json.Unmarshal(data, &struct{ Value any }{to})
}

func (w *webkit) visit(address string) error {
	return w.ask("POST", "/url", map[string]string{"url": address}, nil)
}

func (w *webkit) eval(expression string) (text string, err error) {
	return text, w.ask("POST", "/execute/sync", map[string]any{"script": "return " + expression, "args": []any{}}, &text)
}

func (w *webkit) press(x, y float64) error {
	return w.act("pointer", map[string]any{"type": "pointerMove", "x": int(x), "y": int(y)},
		map[string]any{"type": "pointerDown", "button": 0}, map[string]any{"type": "pointerUp", "button": 0})
}

func (w *webkit) keys(text string) error {
	const enter = "\ue007"
	var all []map[string]any
	for _, r := range strings.ReplaceAll(text, "\r", enter) {
		all = append(all, map[string]any{"type": "keyDown", "value": string(r)}, map[string]any{"type": "keyUp", "value": string(r)})
	}
	return w.act("key", all...)
}

// act does something with a mouse or with a keyboard.
func (w *webkit) act(device string, all ...map[string]any) error {
	return w.ask("POST", "/actions", map[string]any{"actions": []any{
		map[string]any{"type": device, "id": device, "actions": all}}}, nil)
}
