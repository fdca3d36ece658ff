package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cli/browser"
)

// A private window keeps no history, no cache and no list of closed tabs once it is closed. How
// to ask for one is each browser's own; which browser there is, each system's own: that is in
// browser_unix.go, browser_darwin.go and browser_windows.go.

// A family is the browsers that take the same words for a private window.
type family struct {
	words []string
	names []string // of programs, without .exe
}

// families are all that we know. Others are searched for in this order where the usual one has no
// private window that could be opened from outside.
var families = []family{
	{[]string{"--private-window"}, []string{"firefox", "firefox-esr", "librewolf", "waterfox", "floorp", "icecat"}},
	{[]string{"--incognito"}, []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "google-chrome-beta",
		"google-chrome-unstable", "chrome", "brave", "brave-browser", "brave-browser-stable", "vivaldi", "vivaldi-stable", "vivaldi-bin"}},
	{[]string{"--inprivate"}, []string{"microsoft-edge", "microsoft-edge-stable", "msedge", "edge"}},
	{[]string{"--private"}, []string{"opera"}},
	{[]string{"--incognito-mode"}, []string{"epiphany", "epiphany-browser"}},
	{[]string{"--private-browsing"}, []string{"falkon"}},
	{[]string{"--target", "private-window"}, []string{"qutebrowser"}},
}

// privateWords are what a browser of this name takes before the address for a private window;
// nil where it has none that we know.
func privateWords(name string) []string {
	for _, f := range families {
		if slices.Contains(f.names, name) {
			return f.words
		}
	}
	return nil
}

// knownBrowsers are the names of all programs that we know.
func knownBrowsers() []string {
	var all []string
	for _, f := range families {
		all = append(all, f.names...)
	}
	return all
}

// programName is the last part of a program's path, in whichever system's spelling.
func programName(path string) string {
	path = path[strings.LastIndexAny(path, `/\`)+1:]
	return strings.TrimSuffix(strings.ToLower(path), ".exe")
}

// A candidate is a browser with all that its command line has before the address.
type candidate struct {
	name  string
	argv  []string // the program by its absolute path
	usual bool     // it is the one that the system opens addresses with
}

// A launcher has addresses that work once, as server.Server has.
type launcher interface {
	Launch() string
	Launched() bool
}

// startBrowser opens the viewer in a browser, without a shell, and in a private window where one
// can be had. What those programs print is of no use to anyone.
func (o *openOptions) startBrowser(u *ui, s launcher) {
	if err := os.Setenv("PATH", absolutePath(os.Getenv("PATH"))); err != nil {
		u.note("no browser is started ({reason}): open the address above in one", err)
		return
	}
	if !o.noPrivate {
		for _, c := range privateBrowsers() {
			if !c.open(s) {
				continue
			}
			if !c.usual {
				u.note("this is a private window of {browser}: of your usual browser none could be opened", c.name)
			}
			return
		}
		u.note("no private window could be opened, so the browser may keep when you were reading here. To avoid that, "+
			"close its window, open a private one with {keys}, in Firefox with {others}, and go to the address above", privateKeys, firefoxKeys)
	}
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	if err := browser.OpenURL(s.Launch()); err != nil {
		u.note("no browser could be started ({reason}): open the address above in one", err)
	}
}

// patience is how long a browser may take before it says that it cannot.
const patience = 20 * time.Second

// open starts the browser, and says whether it took the address: it came for it, or it ended well
// because one that was running has it now, or it is still at it.
func (c candidate) open(s launcher) bool {
	cmd := exec.Command(c.argv[0], append(slices.Clone(c.argv[1:]), s.Launch())...)
	cmd.Dir = filepath.Dir(c.argv[0]) // or it would hold on to the stick that satchel was started on
	detach(cmd)
	if cmd.Start() != nil {
		return false
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err == nil || s.Launched()
	case <-time.After(patience):
		return true
	}
}

// absolutePath leaves out of PATH what depends on where satchel was started. That may be the
// stick, and a program there must neither pass for the system's browser nor for one of
// those that the script which starts it runs.
func absolutePath(path string) string {
	list := slices.DeleteFunc(filepath.SplitList(path), func(dir string) bool { return !filepath.IsAbs(dir) })
	return strings.Join(list, string(filepath.ListSeparator))
}

// firstWord is the program in a command line as Windows keeps it for a kind of address:
// "C:\Program Files\…\chrome.exe" --single-argument %1
func firstWord(command string) string {
	command = strings.TrimSpace(command)
	if rest, ok := strings.CutPrefix(command, `"`); ok {
		word, _, _ := strings.Cut(rest, `"`)
		return word
	}
	word, _, _ := strings.Cut(command, " ")
	return word
}

// macBrowsers are the names of programs behind the names that macOS has for applications.
var macBrowsers = []struct{ id, name string }{
	{"org.mozilla.firefox", "firefox"},
	{"com.google.chrome", "chrome"},
	{"com.microsoft.edgemac", "msedge"},
	{"com.brave.browser", "brave"},
	{"com.vivaldi.vivaldi", "vivaldi"},
	{"org.chromium.chromium", "chromium"},
	{"com.operasoftware.opera", "opera"},
}

// webHandler finds in what macOS's defaults prints of LSHandlers which application opens http. Safari
// does where none is named.
func webHandler(list string) (id string) {
	for entry := range strings.SplitSeq(list, "},") {
		if !strings.Contains(entry, "LSHandlerURLScheme = http;") {
			continue
		}
		for line := range strings.Lines(entry) {
			var found string
			if n, _ := fmt.Sscanf(strings.TrimSpace(line), "LSHandlerRoleAll = %q;", &found); n == 1 && found != "-" {
				return strings.ToLower(found)
			}
		}
	}
	return "com.apple.safari"
}
