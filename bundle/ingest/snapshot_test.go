package ingest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"satchel/bundle/ingest/article"
)

// TestOthersSnapshots makes articles of pages as Chromium saves them in one file.
func TestOthersSnapshots(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	t.Parallel()
	for page, text := range map[string]string{
		"water/water.en.html": "Boil", "health/خونریزی.html": "خونریزی", "radio/radio.ko.html": "라디오", "power/停电之夜.html": "冰箱", "огород/погреб.html": "урожай",
		"sky/sky.es.html": "nubes",
	} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			saved := snapshot(t, "file://"+inCollection(t, page))
			p, err := article.MHTML(strings.NewReader(saved), int64(len(saved)), article.Options{})
			if err != nil {
				t.Fatalf("%v: %.500s", err, saved)
			}
			if html := string(p.HTML); !strings.Contains(html, text) || !strings.Contains(html, "data:image/") && strings.Contains(saved, "Content-Type: image/png") ||
				strings.Contains(html, "Snapshot") || strings.Contains(html, "file:///") {
				t.Errorf("%.1000s", html)
			}
		})
	}
}

// snapshot is a page as Chromium saves it in one file, asked over a pipe (the DevTools protocol).
func snapshot(t *testing.T, address string) string {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	theirs, ask, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, told, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe")
	c.ExtraFiles = []*os.File{theirs, told} // the browser knows them as 3 and 4
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	told.Close()
	b := &browser{t: t, loaded: map[string]bool{}, ask: ask, answers: bufio.NewReader(answers)}
	target := b.do("", "Target.createTarget", `{"url":"about:blank"}`)
	session := b.do("", "Target.attachToTarget", `{"flatten":true,"targetId":"`+target["targetId"]+`"}`)["sessionId"]
	b.do(session, "Page.enable", `{}`)
	b.do(session, "Page.setLifecycleEventsEnabled", `{"enabled":true}`)
	b.load(b.do(session, "Page.navigate", fmt.Sprintf(`{"url":%q}`, address))["loaderId"])
	saved := b.do(session, "Page.captureSnapshot", `{}`)["data"]
	b.do("", "Browser.close", `{}`)
	_ = c.Wait() // how it ends does not matter any more
	return saved
}

// A browser answers questions.
type browser struct {
	t       *testing.T
	ask     *os.File
	answers *bufio.Reader
	asked   int
	loaded  map[string]bool // pages, by the name of their loading
}

// do asks for something and returns what is text in the answer.
func (b *browser) do(session, method, params string) map[string]string {
	b.t.Helper()
	b.asked++
	in := ""
	if session != "" {
		in = `"sessionId":"` + session + `",`
	}
	if _, err := fmt.Fprintf(b.ask, `{"id":%d,%s"method":%q,"params":%s}`+"\x00", b.asked, in, method, params); err != nil {
		b.t.Fatal(err)
	}
	for {
		id, result := b.next()
		if id != b.asked {
			continue
		}
		texts := map[string]string{}
		for key, value := range result {
			if text, ok := value.(string); ok {
				texts[key] = text
			}
		}
		return texts
	}
}

// next reads a message, and notes when a page has loaded.
func (b *browser) next() (id int, result map[string]any) {
	b.t.Helper()
	text, err := b.answers.ReadBytes(0)
	if err != nil {
		b.t.Fatal(err)
	}
	var message struct {
		ID     int
		Method string
		Result map[string]any
		Params struct{ Name, LoaderID string }
		Error  *struct{ Message string }
	}
	if err := json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &message); err != nil || message.Error != nil {
		b.t.Fatalf("%v: %.300s", err, text)
	}
	if message.Method == "Page.lifecycleEvent" && message.Params.Name == "load" {
		b.loaded[message.Params.LoaderID] = true
	}
	return message.ID, message.Result
}

// load waits for the page.
func (b *browser) load(page string) {
	for !b.loaded[page] {
		b.next()
	}
}
