package bundle

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// This file says where content lies in a bundle: in which order, in which member,
// in which block. All of it follows from the items alone.

// A class is where content lies in a bundle. Text comes first, then what pages
// show, so that a copy that was cut off keeps what is worth most a byte.
type class byte

const (
	classText class = iota + 1 // compressed, in packs
	classDocument
	classPicture
	classSound
	classVideo
	classOther
)

// Sizes from which stored content is a member of its own. Sound and video are to
// be played where they lie; a member for each small picture would be too many.
const (
	ownMedia = 256 << 10
	ownOther = 1 << 20
)

// compressible are media types that are not text/* and yet compress well.
var compressible = map[string]bool{
	"application/json": true, "application/xml": true, "application/xhtml+xml": true,
	"application/javascript": true, "application/atom+xml": true, "application/rss+xml": true,
	"application/ld+json": true, "application/manifest+json": true, "application/x-subrip": true,
	"application/rtf": true, "application/postscript": true, "application/x-tex": true,
	"image/svg+xml": true, "image/bmp": true, "image/x-icon": true, "image/vnd.microsoft.icon": true,
	"image/tiff": true, "font/ttf": true, "font/otf": true, "application/vnd.ms-fontobject": true,
}

func classOf(it *Item) class {
	base, _, _ := strings.Cut(it.Type, ";")
	switch {
	case strings.HasPrefix(base, "text/") || compressible[base]:
		return classText
	case it.Kind == KindPicture:
		return classPicture
	case it.Kind == KindSound:
		return classSound
	case it.Kind == KindVideo:
		return classVideo
	case it.Kind == KindFile:
		return classOther
	}
	return classDocument
}

// hasOwn says whether an item's content is a member of its own, when there is one
// left to have.
func hasOwn(it *Item) bool {
	switch classOf(it) {
	case classText:
		return false
	case classSound, classVideo:
		return it.Size >= ownMedia
	}
	return it.Size >= ownOther
}

// contentKey is what contents are sorted by: text before pictures before sound
// before video, and within text alike next to alike.
func contentKey(it *Item) []byte {
	key := []byte{byte(classOf(it))}
	if key[0] == byte(classText) {
		key = append(append(key, path.Ext(it.Path)...), 0)
		key = append(append(key, orderedPath(untranslated(it.Path, namesLanguage))...), 0)
	}
	return append(key, orderedPath(it.Path)...)
}

// untranslated returns a path without the names of languages in it: folders such as
// "ko" or "zh_CN", or a part of the file name as in "water.ko.html". So a page comes to
// lie next to its translations, which halves a handbook in 26 languages; everything
// else lies in the order of paths, which is better for it. What the item says of its
// language does not count: a page that waits for its translator is in English, and yet
// lies in the folder of another language.
func untranslated(p string, isLanguage func(name string) bool) string {
	segments := strings.Split(p, "/")
	last := len(segments) - 1
	parts := strings.Split(segments[last], ".")
	if end := len(parts) - 1; end > 1 {
		parts = slices.Concat(parts[:1], slices.DeleteFunc(parts[1:end:end], isLanguage), parts[end:])
	}
	return strings.Join(append(slices.DeleteFunc(segments[:last:last], isLanguage), strings.Join(parts, ".")), "/")
}

// namesLanguage says whether a name has the form of a language's: two letters, and
// perhaps a country or a script. Others have it, too; what comes of that is an order
// that is no worse than most.
func namesLanguage(name string) bool {
	base, rest, _ := strings.Cut(strings.ReplaceAll(name, "_", "-"), "-")
	return len(base) == 2 && onlyOf(base, "") && !strings.ContainsAny(base, "0123456789") &&
		(rest == "" || (len(rest) == 2 || len(rest) == 4) && isLanguage(base+"-"+rest))
}

// orderedPath sorts paths folder by folder.
func orderedPath(p string) []byte { return []byte(strings.ReplaceAll(p, "/", "\x00")) }

// orderKey is the default order: date descending, undated last, then path.
func orderKey(it *Item) []byte {
	key := make([]byte, 10)
	copy(key, it.Date)
	for i := range key {
		key[i] = ^key[i]
	}
	return append(key, orderedPath(it.Path)...)
}

// sizes of packs and of the frames in them.
const (
	frameSize = 2 << 20   // raw bytes of a zstd frame
	packSize  = 512 << 20 // raw bytes of a pack
)

// A placer says where contents lie that come in order. It is a pure function of
// their sizes and kinds, so both passes agree.
type placer struct {
	search  bool // the search index is a member, behind the text
	member  uint32
	class   class
	own     bool
	started bool
	offset  int64 // in the member, raw
	owns    int
}

func (p *placer) place(it *Item) place {
	k := classOf(it)
	own := hasOwn(it) && p.owns < maxMembers/2
	fresh := !p.started || own || p.own || k != p.class || p.offset >= packSize
	if fresh && p.started {
		p.member++
	}
	if p.search && k != classText {
		p.search = false
		p.member++
	}
	if own {
		p.owns++
	}
	if fresh {
		p.offset = 0
	}
	p.started, p.class, p.own = true, k, own
	return p.within(it.Size)
}

// within places content in the current member. A text that fits a frame lies in
// one frame; a larger one begins with a frame of its own.
func (p *placer) within(size int64) place {
	unit := int64(storedBlock)
	if p.class == classText {
		unit = frameSize
		if rest := p.offset % unit; rest > 0 && rest+size > unit {
			p.offset += unit - rest
		}
	}
	at := place{p.member, uint32(p.offset / unit), uint32(p.offset % unit)}
	p.offset += size
	return at
}

// memberName names a member by its class and its number among those named alike.
func memberName(k class, own bool, n int, mediaType string) string {
	switch {
	case k == classText:
		return fmt.Sprintf("p%04d.zst", n)
	case own:
		return fmt.Sprintf("m%04d%s", n, extension(mediaType))
	}
	return fmt.Sprintf("b%04d", n)
}

// extensions let a player open a member where it lies. No other media type gets
// one: a name should say nothing else.
var extensions = map[string]string{
	"video/mp4": ".mp4", "video/webm": ".webm", "video/x-matroska": ".mkv", "video/quicktime": ".mov",
	"video/x-msvideo": ".avi", "video/3gpp": ".3gp", "video/mpeg": ".mpg", "video/ogg": ".ogv",
	"audio/mpeg": ".mp3", "audio/ogg": ".ogg", "audio/opus": ".opus", "audio/mp4": ".m4a",
	"audio/flac": ".flac", "audio/wav": ".wav", "audio/aac": ".aac", "image/jpeg": ".jpg",
	"image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/avif": ".avif",
	"application/pdf": ".pdf", "application/epub+zip": ".epub",
}

func extension(mediaType string) string {
	base, _, _ := strings.Cut(mediaType, ";")
	return extensions[base]
}
