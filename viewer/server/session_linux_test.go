package server

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
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

	"satchel/bundle/sign"
	"satchel/viewer/internal/testbundle"
)

// What the bundle of the session has in it: a site's name, words of its pages, of a title, of a path and of a place, and
// what a script of its would leave behind. And what the reader types.
const (
	siteNamed  = "site-named-in-the-bundle.example"
	wordsOfIts = "words-of-its-pages"
	titleOfIts = "title-of-its-page"
	pathOfIts  = "path-of-its-page"
	placeOfIts = "place-in-its-page"
	leftBehind = "left-behind-by-content"
	typed      = "typed-by-the-reader"
)

// What the browser is sent to on purpose, to show that the like of it would be seen: a stranger's page, which
// prepares to connect to one name and shows a picture of another.
const (
	strangersIP = "127.0.0.2"
	prepared    = "prepared-by-the-stranger"
	pictured    = "pictured-by-the-stranger"
	strangers   = `<link rel="preconnect" href="http://` + prepared + `.example/">
<script>indexedDB.open("a").onsuccess = () => document.images[0].src = "http://` + pictured + `.example/"</script><img>`
)

// A session is how a bundle is read in a browser, and what the browser keeps of what pages have it keep.
type session struct {
	needs    []string
	open     func(t *testing.T, profile string) *reader
	close    func(r *reader) error // writes the profile
	stranger string                // where the stranger is found
	places   []string              // where in the profile the stranger leaves something behind
	stores   *regexp.Regexp        // where pages have the browser store something
	own      *regexp.Regexp        // in packets: names of its maker, whom it asks things whatever it shows
}

// That a browser notes elsewhere which addresses it was at, which say nothing, no viewer can keep it from.
var sessions = map[string]session{
	"chromium": {
		needs: []string{"ip", "chromium"},
		open: func(t *testing.T, profile string) *reader {
			return newReaderIn(t, profile, chromedp.Flag("host-resolver-rules",
				"MAP stranger.example "+strangersIP+", MAP *.google.com ~NOTFOUND, MAP *.googleapis.com ~NOTFOUND"))
		},
		close:    func(r *reader) error { return chromedp.Cancel(r.ctx) },
		stranger: "stranger.example",
		places:   []string{"History", "Cookies", "Cache", "IndexedDB"},
		stores:   regexp.MustCompile(`Cookies|Cache|Storage|IndexedDB|Service Worker|File System|databases`),
		own:      regexp.MustCompile(`\x06google\x03com|\x0agoogleapis\x03com`),
	},
	"firefox": {
		needs: []string{"ip", "firefox-esr", "node"},
		open: func(t *testing.T, profile string) *reader {
			return &reader{t: t, browser: startFirefox(t, profile)}
		},
		close:    func(r *reader) error { return r.browser.(*firefox).close() },
		stranger: strangersIP,
		places:   []string{"places.sqlite", "cookies.sqlite", "cache2", "storage/default"},
		// What is doomed is being deleted: the address of the page that is left behind, which has it all forgotten.
		stores: regexp.MustCompile(`cookies|cache2/entries|storage|serviceworker|formhistory|favicons|sessionstore|thumbnails`),
		own:    regexp.MustCompile(`\x07(mozilla|firefox)\x03(com|org|net)`),
	},
	"webkit": { // which forgets all that it is led to by a program
		needs: []string{"ip", "WebKitWebDriver", "Xvfb"},
		open: func(t *testing.T, profile string) *reader {
			return &reader{t: t, browser: startWebKit(t, profile)}
		},
		close:    func(r *reader) error { return r.browser.(*webkit).close() },
		stranger: strangersIP,
		stores:   regexp.MustCompile("."),
		own:      regexp.MustCompile("^$"),
	},
}

// insideSession has the folder for the browser's profile in the process that reads.
const insideSession = "SATCHEL_TEST_SESSION"

// TestG01Session reads a bundle in each engine, from the first page to leaving, in a network
// of its own whose every packet is looked at. What the browser's profile holds then is
// looked at afterwards.
func TestG01Session(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	t.Parallel()
	for name, s := range sessions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if dir := os.Getenv(insideSession); dir != "" {
				s.readInNetwork(t, dir)
				return
			}
			needs(t, s.needs...)
			dir := t.TempDir()
			rerun(t, dir)
			kept := readAll(t, filepath.Join(dir, "profile"))
			t.Run("D08 D11 nothing is asked for, no name looked up", func(t *testing.T) {
				packets, err := os.ReadFile(filepath.Join(dir, "packets"))
				if err != nil || len(packets) > 0 {
					t.Errorf("what left this computer: %q (%v)", packets, err)
				}
			})
			s.checkKept(t, kept)
		})
	}
}

// checkKept looks through the files that the browser keeps, first for what a stranger left
// there.
func (s session) checkKept(t *testing.T, kept map[string][]byte) {
	for _, place := range s.places {
		if !slices.ContainsFunc(findIn(kept, s.stranger), func(name string) bool { return strings.Contains(name, place) }) {
			t.Errorf("what %s left behind in %s is not found in %q", s.stranger, place, slices.Sorted(maps.Keys(kept)))
		}
	}
	t.Run("G02 no host of the bundle's", func(t *testing.T) {
		for _, name := range []string{siteNamed, beacon} {
			if at := findIn(kept, name); len(at) > 0 {
				t.Errorf("%s is in %q of the profile", name, at)
			}
		}
	})
	t.Run("G03 G06 no title, path, place or word that was typed", func(t *testing.T) {
		for _, text := range []string{titleOfIts, pathOfIts, placeOfIts, typed} {
			if at := findIn(kept, text); len(at) > 0 {
				t.Errorf("%s is in %q of the profile", text, at)
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
			if s.stores.MatchString(name) {
				t.Errorf("there is something of the viewer's in %s of the profile: %.300q", name, kept[name])
			}
		}
	})
}

// rerun runs this test again in a network namespace of its own.
func rerun(t *testing.T, dir string) {
	t.Helper()
	again := exec.Command(os.Args[0], "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$", "-test.v")
	again.Env = append(os.Environ(), insideSession+"="+dir)
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
	if bytes.Contains(out, []byte("--- SKIP")) {
		t.Skipf("in a network of its own:\n%s", out)
	}
}

func (s session) readInNetwork(t *testing.T, dir string) {
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
<meta http-equiv="Set-Cookie" content="a=` + leftBehind + `"></head><body><h1>Start</h1><p>The first page. ` + wordsOfIts + `</p><script>
document.cookie = localStorage.a = sessionStorage.a = window.name = "` + leftBehind + `"; indexedDB.open("` + leftBehind + `")
caches.open("` + leftBehind + `"); navigator.serviceWorker.register("` + leftBehind + `")</script>
<a href="https://` + siteNamed + `/x">Go out</a><img src="p.png"></body></html>`,
		"requests.html": string(requests),
		"film.mp4":      string(film),
		"film.en.vtt":   "WEBVTT\n\n00:00.000 --> 00:50.000\n" + wordsOfIts + "\n",
		"p.png":         "\x89PNG\r\n\x1a\n0000", "notes.txt": wordsOfIts, "card.pdf": "%PDF-1.4 " + wordsOfIts,
		"far.html":                             `<style>p { height: 3000px }</style><a href="#` + placeOfIts + `">Go down</a><p><h2 id="` + placeOfIts + `">Down</h2><p>`,
		pathOfIts + "/" + titleOfIts + ".html": "<p>A page.",
	}, key))
	profile := filepath.Join(dir, "profile")
	if err := os.Mkdir(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	r := s.open(t, profile)
	r.readThrough(l, key.Public())
	if err := os.WriteFile(filepath.Join(dir, "packets"), bytes.Join(slices.DeleteFunc(c.seen(), s.own.Match), []byte("\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	r.lookOut(c, s.stranger)
	if err := s.close(r); err != nil {
		t.Fatal(err)
	}
}

// readThrough does all that there is to do with a bundle, and leaves.
func (r *reader) readThrough(l *live, publisher sign.PublicKey) {
	const loaded = everywhere + ".every(d => d.readyState == 'complete')"
	r.goTo(l.s.Launch())
	r.home(l, "")
	r.follow(beginReading, "the first page is read", shows("The first page.")+" && "+loaded)
	r.follow("a says Go out", "a link outside is named", outsideNamed)
	r.fill(searchField, "words of it")
	r.until("ways to go on are offered", "document.querySelector('#suggested li')")
	r.must(r.keys("s " + typed + "\r"))
	r.until("what was found", resultMarked)
	for _, title := range []string{"requests", titleOfIts, "notes", "card"} {
		r.home(l, "")
		r.follow(anItem+" says "+title, title+" is shown", atItem+" && "+loaded)
		var framed string // what is in a frame is also opened alone, as who knows its address would
		if r.must(r.look("document.querySelector('iframe')?.src", &framed)); framed != "" {
			r.goTo(framed)
		}
	}
	r.home(l, "")
	r.follow(anItem+" says far", "a site is shown", atItem+" && "+loaded)
	r.follow(goDown, "the place is shown", farDown)
	var framed string
	r.must(r.look("document.querySelector('iframe').src", &framed))
	r.goTo(framed)
	r.follow(goDown, "the place is shown, without a frame", farDown)
	r.watch(l, wordsOfIts)
	r.confirm(publisher)
	r.leave(l)
}

// lookOut sends the browser to a stranger's page, which does what ours must not, and
// waits until it is seen that both names in it are looked for.
func (r *reader) lookOut(c *capture, host string) {
	r.t.Helper()
	listener, err := net.Listen("tcp4", strangersIP+":0")
	if err != nil {
		r.t.Fatal(err)
	}
	s := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Set-Cookie", "a=1; max-age=999")
		w.Header().Set("Cache-Control", "max-age=999")
		io.WriteString(w, strangers)
	})}
	go s.Serve(listener)
	defer s.Close()
	_, port, _ := strings.Cut(listener.Addr().String(), ":")
	visited := make(chan error, 1)
	go func() { visited <- r.visit("http://" + host + ":" + port + "/") }()
	for _, name := range []string{prepared, pictured} {
		for tries := 0; !slices.ContainsFunc(c.seen(), func(p []byte) bool { return bytes.Contains(p, []byte(name)) }); tries++ {
			if tries == 1000 {
				r.t.Fatalf("the look-out did not see the browser look for %s; it saw %d packets", name, len(c.seen()))
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	<-visited // or not: the picture may never come
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
	return slices.Clone(c.packets)
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
