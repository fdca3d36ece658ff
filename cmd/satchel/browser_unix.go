//go:build unix && !darwin

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// The keys that open a private window by hand.
const (
	privateKeys = "Ctrl-Shift-N"
	firefoxKeys = "Ctrl-Shift-P"
)

// privateBrowsers lists the browsers that can open a private window, the usual one first. The desktop's
// own files are read instead of asking xdg-settings: no other program has a say then.
func privateBrowsers() []candidate {
	var all []candidate
	add := func(words []string, usual bool) {
		c, ok := newCandidate(words)
		if ok && !slices.ContainsFunc(all, func(o candidate) bool { return slices.Equal(o.argv, c.argv) }) {
			c.usual = usual
			all = append(all, c)
		}
	}
	usual := true // of what is there, the first is
	for _, name := range handlers() {
		if words := entryWords(findEntry(name)); len(words) > 0 {
			add(words, usual)
			usual = false
		}
	}
	if program, err := exec.LookPath("x-www-browser"); err == nil {
		add([]string{program}, usual)
		usual = false
	}
	for _, name := range knownBrowsers() {
		add([]string{name}, false)
	}
	return all
}

// newCandidate finds the program of a command, and what makes it open a private window. A name that
// nobody knows may be a link to one that is known.
func newCandidate(words []string) (candidate, bool) {
	program, err := exec.LookPath(words[0])
	if err != nil || !filepath.IsAbs(program) {
		return candidate{}, false
	}
	name := browserName(words)
	private := privateWords(name)
	if real, err := filepath.EvalSymlinks(program); private == nil && err == nil {
		name = programName(real)
		private = privateWords(name)
	}
	return candidate{name: name, argv: slices.Concat([]string{program}, words[1:], private)}, private != nil
}

// handlers lists the desktop entries for web addresses, those that count most first.
func handlers() []string {
	config, data := dirs("XDG_CONFIG_HOME", ".config", "XDG_CONFIG_DIRS", "/etc/xdg"), dataDirs()
	files := []string{"mimeapps.list"}
	for desktop := range strings.SplitSeq(strings.ToLower(os.Getenv("XDG_CURRENT_DESKTOP")), ":") {
		if desktop != "" && !strings.Contains(desktop, "/") {
			files = slices.Insert(files, len(files)-1, desktop+"-mimeapps.list")
		}
	}
	var all []string
	read := func(dir string, names ...string) {
		for _, name := range names {
			if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				all = append(all, handlersIn(string(text))...)
			}
		}
	}
	for _, dir := range config {
		read(dir, files...)
	}
	for _, dir := range data {
		read(filepath.Join(dir, "applications"), files...)
	}
	for _, dir := range data {
		read(filepath.Join(dir, "applications"), "mimeinfo.cache")
	}
	return all
}

// findEntry returns the text of a desktop entry, or nothing.
func findEntry(name string) string {
	if strings.Contains(name, "/") {
		return ""
	}
	for _, dir := range dataDirs() {
		if text, err := os.ReadFile(filepath.Join(dir, "applications", name)); err == nil {
			return string(text)
		}
	}
	return ""
}

func dataDirs() []string {
	return dirs("XDG_DATA_HOME", ".local/share", "XDG_DATA_DIRS", "/usr/local/share:/usr/share")
}

// dirs are folders of settings as freedesktop.org has them, the user's own first. Relative ones do not
// count: they might be on the stick.
func dirs(home, below, list, otherwise string) []string {
	own := os.Getenv(home)
	if own == "" {
		own = filepath.Join(os.Getenv("HOME"), below)
	}
	rest := os.Getenv(list)
	if rest == "" {
		rest = otherwise
	}
	return filepath.SplitList(absolutePath(own + ":" + rest))
}
