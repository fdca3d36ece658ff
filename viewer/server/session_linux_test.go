package server

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"satchel/viewer/internal/testbundle"
)

// What the bundle of the session has in it: a site's name, words of its pages, and what a
// script of its would leave behind.
const (
	siteNamed  = "site-named-in-the-bundle.example"
	wordsOfIts = "words-of-its-pages"
	leftBehind = "left-behind-by-content"
)

// What the browser is sent to on purpose, to show that the like of it would be seen.
const (
	stranger    = "stranger.example"
	strangersIP = "127.0.0.2"
	lookout     = "named-by-the-stranger.example"
)

// notOurs keeps Chromium from what it asks of its maker whatever it shows.
const notOurs = "MAP " + stranger + " " + strangersIP + ", MAP *.google.com ~NOTFOUND, MAP *.googleapis.com ~NOTFOUND"

// stores matches where Chromium puts what pages have it store. That it notes elsewhere which
// addresses it was at, which say nothing, no viewer can keep it from.
var stores = regexp.MustCompile(`Cookies|Cache|Storage|IndexedDB|Service Worker|File System|databases`)

// insideSession has the folder for the browser's profile in the process that reads.
const insideSession = "SATCHEL_TEST_SESSION"

// TestG01Session reads a bundle in Chromium, from the first page to leaving, in a network
// of its own whose every packet is looked at. What the browser's profile holds then is
// looked at afterwards.
func TestG01Session(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	t.Parallel()
	if profile := os.Getenv(insideSession); profile != "" {
		readInNetwork(t, profile)
		return
	}
	profile := t.TempDir()
	rerun(t, profile)
	checkKept(t, readAll(t, profile))
}

// checkKept looks through the files that the browser keeps, first for what a stranger left
// there.
func checkKept(t *testing.T, kept map[string][]byte) {
	for _, place := range []string{"History", "Cookies", "Cache", "IndexedDB"} {
		if !slices.ContainsFunc(findIn(kept, stranger), func(name string) bool { return strings.Contains(name, place) }) {
			t.Errorf("what %s left behind in %s is not found", stranger, place)
		}
	}
	t.Run("G02 no host of the bundle's", func(t *testing.T) {
		for _, name := range []string{siteNamed, beacon} {
			if at := findIn(kept, name); len(at) > 0 {
				t.Errorf("%s is in %q of the profile", name, at)
			}
		}
	})
	t.Run("D18 nothing is stored", func(t *testing.T) {
		for _, text := range []string{leftBehind, wordsOfIts} {
			if at := findIn(kept, text); len(at) > 0 {
				t.Errorf("%s is in %q of the profile", text, at)
			}
		}
		for _, name := range findIn(kept, "127.0.0.1") {
			if stores.MatchString(name) {
				t.Errorf("there is something of the viewer's in %s of the profile", name)
			}
		}
	})
}

// rerun runs this test again in a network namespace of its own.
func rerun(t *testing.T, profile string) {
	t.Helper()
	for _, program := range []string{"chromium", "ip"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	again := exec.Command(os.Args[0], "-test.run=^TestG01Session$", "-test.v")
	again.Env = append(os.Environ(), insideSession+"="+profile)
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		again.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		again.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		again.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := again.CombinedOutput()
	if errors.Is(err, syscall.EPERM) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("in a network of its own: %v\n%s", err, out)
	}
}

func readInNetwork(t *testing.T, profile string) {
	c := newCapture(t)
	film, err := os.ReadFile("../../examples/collection/water/water.mp4")
	if err != nil {
		t.Fatal(err)
	}
	requests, err := os.ReadFile("../../bundle/sanitize/testdata/requests.html")
	if err != nil {
		t.Fatal(err)
	}
	key := testbundle.Key(t, 1)
	l := start(t, testbundle.New(t, testbundle.Files{
		"index.html": `<html><head><link rel="icon" href="https://` + siteNamed + `/favicon.ico">
<meta http-equiv="Set-Cookie" content="a=` + leftBehind + `"></head><body><h1>Start</h1><p>` + wordsOfIts + `</p><script>
document.cookie = localStorage.a = sessionStorage.a = window.name = "` + leftBehind + `"; indexedDB.open("` + leftBehind + `")
caches.open("` + leftBehind + `"); navigator.serviceWorker.register("` + leftBehind + `")</script>
<a id="out" href="https://` + siteNamed + `/x">out</a><img src="p.png"></body></html>`,
		"requests.html": string(requests),
		"film.mp4":      string(film),
		"film.en.vtt":   "WEBVTT\n\n00:00.000 --> 00:50.000\n" + wordsOfIts + "\n",
		"p.png":         "\x89PNG\r\n\x1a\n0000", "notes.txt": wordsOfIts, "card.pdf": "%PDF-1.4 " + wordsOfIts,
	}, key))
	r := newReaderIn(t, profile, chromedp.Flag("host-resolver-rules", notOurs))
	r.readThrough(l, key.Public().Fingerprint().String())
	if packets := c.seen(); len(packets) > 0 {
		t.Errorf("%d packets left this computer, the first: %q", len(packets), packets[0])
	}
	r.lookOut(c)
	if err := chromedp.Cancel(r.ctx); err != nil { // writes the profile
		t.Fatal(err)
	}
}

// readThrough does all that there is to do with a bundle, and leaves.
func (r *reader) readThrough(l *live, fingerprint string) {
	r.do(chromedp.Navigate(l.s.Launch()))
	r.do(chromedp.Click("a.button.main"))
	r.until("the contents", "document.querySelector('.on-home')")
	r.do(chromedp.Click("a.button.main"))
	r.until("the first page is shown", shown+".querySelector('h1')?.textContent == 'Start'")
	r.until("all of it", "document.readyState == 'complete'")
	r.clickShown("a")
	r.until("a link outside is named", "document.querySelector('.address')")
	r.do(chromedp.SendKeys("#q", "words of it"))
	r.until("ways to go on are offered", "document.querySelector('#suggested li')")
	r.do(chromedp.SendKeys("#q", "s\r"))
	r.until("what was found", "document.querySelector('.on-search .row mark')")
	for _, kind := range []string{"page", "text", "document", "video"} {
		r.home(l, "")
		r.until("the list", "document.querySelector('.mark-"+kind+"')")
		r.do(chromedp.Evaluate[chromedp.Void]("[...document.querySelectorAll('.mark-" + kind + "')].pop().closest('a').click()"))
		r.until("the item", "document.querySelector('main.item')")
	}
	r.until("the film is known", "document.querySelector('video').duration > 30")
	r.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('video').currentTime = 30; 1"))
	r.until("the film plays with captions", `(v => v.readyState >= 2 && v.textTracks[0].activeCues?.length)(document.querySelector('video'))`)
	r.do(chromedp.Click(".badge"))
	r.do(chromedp.SendKeys("#typed", fingerprint))
	r.do(chromedp.Click(".pin button"))
	r.until("the publisher is confirmed", "document.querySelector('.verdict.is-trusted')")
	r.do(chromedp.Click("#check button"))
	r.until("everything is checked", "document.querySelector('.answer.fine')")
	r.do(chromedp.Click(".leave button"))
	r.until("the reader has left", "document.body.textContent.trim() == 'This page is closed.'")
	l.wait("leaving")
}

// lookOut sends the browser to a stranger's page, which does what ours must not, and
// waits until a request of it is seen.
func (r *reader) lookOut(c *capture) {
	r.t.Helper()
	listener, err := net.Listen("tcp4", strangersIP+":0")
	if err != nil {
		r.t.Fatal(err)
	}
	s := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Set-Cookie", "a=1; max-age=999")
		w.Header().Set("Cache-Control", "max-age=999")
		io.WriteString(w, `<script>indexedDB.open("a").onsuccess = () => document.images[0].src = "http://`+lookout+`/"</script><img>`)
	})}
	go s.Serve(listener)
	defer s.Close()
	_, port, _ := strings.Cut(listener.Addr().String(), ":")
	go chromedp.Do(r.ctx, chromedp.Navigate("http://"+stranger+":"+port+"/"))
	name, _, _ := strings.Cut(lookout, ".")
	for range 500 {
		for _, p := range c.seen() {
			if bytes.Contains(p, []byte(name)) {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatalf("the look-out did not see the browser look for %s; it saw %d packets", lookout, len(c.seen()))
}

// A capture has the packets that were sent to other computers, or to ask for a name.
type capture struct {
	mu      sync.Mutex
	packets [][]byte
}

// newCapture gives this network a way out, which ends in a socket that nobody reads but
// us: so whatever is sent is seen, wherever it is sent to.
func newCapture(t *testing.T) *capture {
	t.Helper()
	for _, line := range []string{
		"link set lo up", "link add out type veth peer name end", "link set end up", "link set out up",
		"addr add 192.0.2.1/24 dev out", "neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev out",
		"route add default via 192.0.2.2",
	} {
		if line == "link set end up" { // without IPv6, whose neighbours are looked for at once
			if err := os.WriteFile("/proc/sys/net/ipv6/conf/all/disable_ipv6", []byte("1"), 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v %s", line, err, out)
		}
	}
	const allProtocols = syscall.ETH_P_ALL<<8&0xff00 | syscall.ETH_P_ALL>>8 // in network order
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, allProtocols)
	if err != nil {
		t.Fatal(err)
	}
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	c := &capture{}
	go c.follow(fd, lo.Index)
	return c
}

// follow goes on until the process ends.
func (c *capture) follow(fd, loopback int) {
	buf := make([]byte, 64<<10)
	for {
		n, from, err := syscall.Recvfrom(fd, buf, 0)
		if err != nil {
			continue
		}
		if link, ok := from.(*syscall.SockaddrLinklayer); ok && link.Ifindex == loopback && !asksForName(buf[:n]) {
			continue
		}
		c.mu.Lock()
		c.packets = append(c.packets, bytes.Clone(buf[:n]))
		c.mu.Unlock()
	}
}

// asksForName says whether a packet is for a name server, which may be on this computer.
func asksForName(frame []byte) bool {
	const ethernet, ip, udp = 14, 20, 17
	return len(frame) >= ethernet+ip+4 && frame[12] == 8 && frame[13] == 0 && frame[ethernet+9] == udp &&
		frame[ethernet+ip+2] == 0 && frame[ethernet+ip+3] == 53
}

func (c *capture) seen() [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.packets[:len(c.packets):len(c.packets)]
}

// readAll returns the files below a folder.
func readAll(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		all[strings.TrimPrefix(name, dir+"/")] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// findIn returns the files that have a text, in UTF-8 or UTF-16, in their names or in themselves.
func findIn(files map[string][]byte, text string) (found []string) {
	wide := bytes.Join(bytes.Split([]byte(text), nil), []byte{0})
	for name, data := range files {
		if strings.Contains(name, text) || bytes.Contains(data, []byte(text)) || bytes.Contains(data, wide) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}
