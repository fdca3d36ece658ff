package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/windows/registry"
)

// The keys that open a private window by hand.
const (
	privateKeys = "Ctrl-Shift-N"
	firefoxKeys = "Ctrl-Shift-P"
)

// detach keeps Ctrl-C, which ends satchel, from ending a browser with all its other windows.
func detach(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// privateBrowsers lists the browsers that can open a private window, the usual one first.
func privateBrowsers() []candidate {
	var all []candidate
	add := func(program string, usual bool) {
		words := privateWords(programName(program))
		if words == nil || !filepath.IsAbs(program) || slices.ContainsFunc(all, func(c candidate) bool { return strings.EqualFold(c.argv[0], program) }) {
			return
		}
		if info, err := os.Stat(program); err != nil || !info.Mode().IsRegular() {
			return
		}
		all = append(all, candidate{programName(program), append([]string{program}, words...), usual})
	}
	add(usualBrowser(), true)
	for _, name := range knownBrowsers() {
		const paths = `SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\`
		for _, root := range []registry.Key{registry.CURRENT_USER, registry.LOCAL_MACHINE} {
			add(strings.Trim(registryText(root, paths+name+".exe", ""), `"`), false)
		}
	}
	return all
}

// usualBrowser is the program that the user chose for web addresses.
func usualBrowser() string {
	const chosen = `SOFTWARE\Microsoft\Windows\Shell\Associations\UrlAssociations\http\UserChoice`
	kind := registryText(registry.CURRENT_USER, chosen, "ProgId")
	if kind == "" {
		return ""
	}
	return firstWord(registryText(registry.CLASSES_ROOT, kind+`\shell\open\command`, ""))
}

// registryText returns a value with the variables in it filled in, or nothing.
func registryText(root registry.Key, path, name string) string {
	k, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
	if err != nil {
		return ""
	}
	defer k.Close()
	text, kind, err := k.GetStringValue(name)
	if err != nil {
		return ""
	}
	if kind == registry.EXPAND_SZ {
		if full, err := registry.ExpandString(text); err == nil {
			return full
		}
	}
	return text
}
