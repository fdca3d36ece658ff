package article

import (
	"bytes"
	"strings"

	"satchel/bundle/internal/tags"
)

// homes are the folders in which systems keep those of their users, with the separators that follow
// a drive or a scheme. On Linux and macOS they are taken for such in file: addresses only: /home and
// /users are common on sites.
var homes = []struct{ mark, before string }{
	{"users", ":"}, {"documents and settings", ":"}, {"documents%20and%20settings", ":"}, {"home", "file://"},
	{"users", "file://"},
}

// separators are the ways in which a separator of folders is written in a page.
var separators = []string{`\\`, `\`, "/", "%5c", "%2f", "&#92;", "&#x5c;", "&#47;", "&#x2f;", "|/"}

// namesOwner says whether there may be paths with the name of a user in a text, or addresses on a
// computer: where there is none of these, nobody has to look closer.
func namesOwner(text []byte) bool {
	for _, mark := range []string{"sers", "SERS", "ettings", "ETTINGS", "ile:", "ILE:", `:\`, `"\\`, "'\\\\"} {
		if bytes.Contains(text, []byte(mark)) {
			return true
		}
	}
	return false
}

// owners replaces the names of users in the paths of a part of the page.
func (c *cutter) owners(start, end int) {
	if !c.named || end-start < len(`c:\users\x`) {
		return
	}
	for at := start; at < end; {
		from, to := findOwner(c.text[at:end])
		if from < 0 {
			return
		}
		c.put(at+from, at+to, "user", "names of users in paths")
		at += to
	}
}

// findOwner finds the next name of a user in a path, such as that in C:\Users\name\page.html.
func findOwner(s []byte) (from, to int) {
	for at := 0; at < len(s); {
		i := bytes.IndexAny(s[at:], "uUdDhH")
		if i < 0 {
			break
		}
		at += i
		if from, to, ok := ownerAt(s, at); ok {
			return from, to
		}
		at++
	}
	return -1, -1
}

// ownerAt says whether the name of a folder of users stands at a place, and where the name behind it is.
func ownerAt(s []byte, at int) (from, to int, ok bool) {
	for _, home := range homes {
		if !tags.HasFold(s[at:], home.mark) {
			continue
		}
		before, had := trimSeparator(s[:at])
		if !had || !endsPath(before, home.before) {
			continue
		}
		after := at + len(home.mark)
		size := separatorAt(s[after:])
		if size == 0 {
			continue
		}
		from, to = nameAt(s, after+size)
		return from, to, to > from
	}
	return 0, 0, false
}

// endsPath says whether s ends with a drive and its colon, or with the scheme of a file.
func endsPath(s []byte, end string) bool {
	if end == ":" {
		n := len(s)
		return n >= 2 && (s[n-1] == ':' || s[n-1] == '|') && s[n-2]|0x20 >= 'a' && s[n-2]|0x20 <= 'z' &&
			(n == 2 || s[n-3]|0x20 < 'a' || s[n-3]|0x20 > 'z')
	}
	s = bytes.TrimRight(s, "/")
	return len(s) >= len("file:") && tags.IsFold(s[len(s)-len("file:"):], "file:")
}

// trimSeparator cuts a separator from the end of s.
func trimSeparator(s []byte) ([]byte, bool) {
	for _, sep := range separators {
		if len(s) >= len(sep) && tags.IsFold(s[len(s)-len(sep):], sep) {
			return s[:len(s)-len(sep)], true
		}
	}
	return s, false
}

// separatorAt is how long the separator at the start of s is, or 0.
func separatorAt(s []byte) int {
	for _, sep := range separators {
		if tags.HasFold(s, sep) {
			return len(sep)
		}
	}
	return 0
}

// placeholders stand in manuals where a name would.
var placeholders = words(`user username yourname your-name your_name name public default someuser your_user_name me
	youruser yourusername user_name you`)

// nameAt finds the name that begins at a place. It is empty where it is a placeholder. A name with a
// space in it ends where the next separator is, if that is near.
func nameAt(s []byte, from int) (start, end int) {
	const longest = 64
	to, space := from, -1
	for to < len(s) && to < from+longest && strings.IndexByte("\"'<>|?*:&\n\r\t,;()[]{}$`", s[to]) < 0 && separatorAt(s[to:]) == 0 {
		if s[to] == ' ' && space < 0 {
			space = to
		}
		to++
	}
	ended := to < len(s) && separatorAt(s[to:]) > 0
	if space >= 0 && !ended {
		to = space
	}
	name := strings.ToLower(string(s[from:to]))
	if name == "" || placeholders[name] || strings.HasPrefix(name, "%") || strings.HasPrefix(name, "all users") {
		return from, from
	}
	return from, to
}
