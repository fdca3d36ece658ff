package main

import (
	"regexp"
	"strings"
	"sync"
)

// told is what a package says, such as why a file is not packed. Packages speak English alone; what curators
// and readers meet most often is known here as phrases, and said in their language. The rest is technical.
type told string

// toldPhrases are compared with what packages say from first to last.
var toldPhrases = []phrase{
	// what progress is about
	"scan", "write", "search", "verify", "extract",
	// why a file is not packed
	"put there by the system or an editor",
	"put there by the system",
	"a temporary folder of Satchel",
	"the bundle that is being written",
	"hidden",
	"a bundle",
	"a report of a packing: it is for you alone",
	"a script of the site, which readers do not run",
	"a program of the site, which readers do not run",
	"a program of the web server",
	"a service file of the site's makers",
	"the version history of the folder, with names and earlier states in it",
	"a link to a version history",
	"settings that hold passwords",
	"a store of secret keys (.{ending})",
	"the collection file is called satchel.yaml",
	"a program (macOS)",
	"a program, by its content ({system})",
	"a program or a shortcut, by its name (.{ending})",
	"a name that a bundle cannot hold: {reason}",
	"some systems cannot tell its name from that of {name}: rename one of them",
	"unsupported, and no page links to it: {what}",
	"unsupported: {what}",
	"{what}; the page {page} links to it",
	"an empty file, though its name says film, sound, picture or document",
	"an old HWP document: save it as HWPX or PDF",
	"content of an unknown kind, though its name ends in .{ending}",
	"it cannot be cleaned of what it tells of its makers: {reason}",
	"it cannot be searched for what must not be said: {reason}",
	"it cannot be read: {reason}",
	"the folder cannot be read: {reason}",
	"it cannot be examined: its content upsets the reader for it",
	"this packing uses it itself: as its key, passphrase, list or report",
	"allowed by name, but no such file was found to pack",
	"a symbolic link, which a bundle cannot hold: put the file itself here",
	"there is nothing to pack",
	"cannot open folder {folder}: {reason}",
	"cannot pack {n} files, the first being {file}: {reason}",
	"cannot pack {file}: {reason}",
	// what is taken out of files
	"GPS position",
	"Exif (camera, times)",
	"XMP",
	"IPTC and Photoshop data",
	"comment",
	"data behind the picture",
	"film behind the picture",
	"further pictures in the file",
	"names and times in the colour profile",
	"XMP metadata",
	"comments",
	"thumbnail",
	"tags",
	"tags: titles, makers, places",
	"times it was made and changed",
	"private data of programs",
	"the encoder and its settings",
	"bytes behind the end",
	"names of programs",
	"pixels (smaller)",
	"identifiers of the file",
	"properties: author, programs, times",
	"properties: author, times, programs, statistics",
	"properties: author, company, times, programs, preview",
	"authors, times, comments and tracked changes in the text",
	"what lies on hidden layers",
	// what is wrong with a bundle or a key
	"not a Satchel bundle",
	"damaged: not the bytes that were signed",
	"missing from this copy",
	"made for a newer version of Satchel",
	"block {n} of {file}: {reason}",
	"the index is {state}",
	"the bundle has no search index",
	"secret key: {reason}",
	"wrong passphrase",
	"{what}: look at group {group}",
	"fingerprint has {n} digits instead of {all}",
	"fingerprint has something that is no digit after {n} digits",
	"fingerprint has two groups in each other's place",
	"fingerprint has a wrong digit",
	"signature does not hold",
	// what the system says
	"no such file or directory",
	"permission denied",
	"file exists",
	"is a directory",
	"not a directory",
	"no space left on device",
	"input/output error",
	"read-only file system",
}

// toldPatterns match what the phrases say, with anything in place of their placeholders.
var toldPatterns = sync.OnceValue(func() []*regexp.Regexp {
	var patterns []*regexp.Regexp
	for _, p := range toldPhrases {
		pieces := placeholders.Split(string(p), -1)
		for i := range pieces {
			pieces[i] = regexp.QuoteMeta(pieces[i])
		}
		patterns = append(patterns, regexp.MustCompile(`^`+strings.Join(pieces, `(.+?)`)+`$`))
	}
	return patterns
})

// told says in another language what a package says in English, as far as it is known here.
func (t tongue) told(s string) string {
	if t == nil {
		return s
	}
	for i, p := range toldPatterns() {
		found := p.FindStringSubmatch(s)
		if found == nil {
			continue
		}
		var args []any
		for _, s := range found[1:] {
			args = append(args, told(s))
		}
		return t.text(toldPhrases[i], args...)
	}
	return s
}
