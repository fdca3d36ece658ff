package main

import (
	"os/exec"
	"slices"
)

// The keys that open a private window by hand.
const (
	privateKeys = "Shift-Command-N"
	firefoxKeys = "Shift-Command-P"
)

// privateBrowsers lists the browsers that can open a private window, the usual one first. Safari is
// not among them: it opens none that is asked for from outside.
func privateBrowsers() []candidate {
	list, err := exec.Command("/usr/bin/defaults", "read", "com.apple.LaunchServices/com.apple.launchservices.secure", "LSHandlers").Output()
	usual := ""
	if err == nil {
		usual = webHandler(string(list))
	}
	var all []candidate
	for _, b := range macBrowsers {
		// One that is not there makes open fail.
		argv := append([]string{"/usr/bin/open", "-n", "-b", b.id, "--args"}, privateWords(b.name)...)
		c := candidate{name: b.name, argv: argv, usual: b.id == usual}
		if c.usual {
			all = slices.Insert(all, 0, c)
		} else {
			all = append(all, c)
		}
	}
	return all
}
