package bundle

import (
	"path"
	"strings"
	"sync"
)

// Translations know each other by their paths, which differ in the name of a language: water.ko.html and
// water.fa.html, ko/water.html and fa/water.html.

// A languageSet has the languages of a bundle, without countries and scripts.
type languageSet map[string]bool

func (l languageSet) add(tag string) { l[primaryOf(tag)] = true }

func primaryOf(tag string) string {
	primary, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(primary)
}

// name says whether a part of a path names one of the languages that there are.
func (l languageSet) name(part string) bool {
	primary, _, more := strings.Cut(strings.ReplaceAll(part, "_", "-"), "-")
	return namesLanguage(part) && (more || l[primary])
}

// alike is the same for items that are one thing to who looks for it: those that differ in the language in
// their paths, and a recording and its captions.
func alike(it *Item, l languageSet) []byte {
	p := untranslated(it.Path, l.name)
	switch it.Kind {
	case KindSound, KindVideo, KindCaptions:
		return append(orderedPath(strings.TrimSuffix(p, path.Ext(p))), 1)
	}
	return orderedPath(p)
}

// A tongueCache knows, of folders, those in them that are named for a language. Translators share that of their bundle.
type tongueCache struct {
	mu    sync.Mutex
	known map[string][]string
}

// maxTongueFolders is how many folders a tongueCache knows.
const maxTongueFolders = 4096

func (c *tongueCache) get(folder string) (list []string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	list, ok = c.known[folder]
	return list, ok
}

func (c *tongueCache) put(folder string, list []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) == maxTongueFolders {
		c.known = map[string][]string{}
	}
	c.known[folder] = list
}
