package viewer

import (
	"path"
	"strings"

	"satchel/bundle"
	"satchel/bundle/sanitize"
)

// What a browser gets to see of an item's type is decided here, from the signed
// type and from nothing else. What is in none of these lists is bytes to save.

// shownPictures are the pictures that browsers draw without running anything.
var shownPictures = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp",
	"image/avif": ".avif", "image/bmp": ".bmp", "image/x-icon": ".ico",
	"image/vnd.microsoft.icon": ".ico", "image/svg+xml": ".svg", "image/apng": ".png",
}

// playedMedia are the sounds and films that are streamed.
var playedMedia = map[string]string{
	"audio/mpeg": ".mp3", "audio/ogg": ".ogg", "audio/opus": ".opus", "audio/mp4": ".m4a",
	"audio/x-m4a": ".m4a", "audio/aac": ".aac", "audio/flac": ".flac", "audio/wav": ".wav",
	"audio/x-wav": ".wav", "audio/vnd.wave": ".wav", "audio/webm": ".weba",
	"video/mp4": ".mp4", "video/webm": ".webm", "video/ogg": ".ogv",
	"video/quicktime": ".mov", "video/x-matroska": ".mkv", "video/x-m4v": ".m4v",
	"video/3gpp": ".3gp",
}

// fonts are what a site's style sheets load.
var fonts = map[string]string{
	"font/woff2": ".woff2", "font/woff": ".woff", "font/ttf": ".ttf", "font/otf": ".otf",
	"font/sfnt": ".ttf", "application/font-woff": ".woff", "application/font-sfnt": ".ttf",
	"application/x-font-ttf": ".ttf", "application/vnd.ms-fontobject": ".eot",
}

// saved are the file names that what is saved may end in, beside those above.
var saved = map[string]string{
	"application/pdf": ".pdf", "application/epub+zip": ".epub", "application/zip": ".zip",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
	"application/vnd.oasis.opendocument.text":                                 ".odt",
	"application/haansofthwpx":                                                ".hwpx",
	"application/hwp+zip":                                                     ".hwpx",
	"application/gzip":                                                        ".gz",
	"application/x-7z-compressed":                                             ".7z",
	"application/x-tar":                                                       ".tar",
	"text/plain":                                                              ".txt",
	"text/markdown":                                                           ".md",
	"text/csv":                                                                ".csv",
	"text/vtt":                                                                ".vtt",
	"application/x-subrip":                                                    ".srt",
	"text/x-subrip":                                                           ".srt",
	"application/x-sami":                                                      ".smi",
	"text/x-ssa":                                                              ".ass",
	"image/tiff":                                                              ".tif",
	"image/heic":                                                              ".heic",
	"image/heif":                                                              ".heif",
	"video/x-msvideo":                                                         ".avi",
}

// A form is how an item is shown.
type form int

const (
	formSave    form = iota // not at all: it can be saved
	formPage                // in a frame, after the allow-list
	formText                // as text
	formPicture             // drawn
	formSound
	formVideo
	formStyle // only as part of pages
	formFont  // only as part of pages
)

// baseType returns a media type without its parameters.
func baseType(mediaType string) string {
	base, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(base))
}

// formOf decides how an item is shown, from its signed type and kind.
func formOf(e bundle.Entry) form {
	base := baseType(e.Type)
	switch {
	case base == "text/html" || base == "application/xhtml+xml":
		return formPage
	case base == "text/css":
		return formStyle
	case shownPictures[base] != "":
		return formPicture
	case fonts[base] != "":
		return formFont
	case playedMedia[base] != "" && strings.HasPrefix(base, "audio/"):
		return formSound
	case playedMedia[base] != "":
		return formVideo
	case e.Kind == bundle.KindCaptions && !isVTT(e):
		return formSave // the packer could not read them either
	case isText(base) || e.Kind == bundle.KindText:
		return formText
	}
	return formSave
}

// isText says whether a type is one to read as it stands.
func isText(base string) bool {
	switch base {
	case "application/json", "application/xml":
		return true
	}
	return strings.HasPrefix(base, "text/")
}

// fileExtension returns what the name of a saved item ends in: never what the item's own
// name says, which may pretend.
func fileExtension(mediaType string) string {
	base := baseType(mediaType)
	for _, known := range []map[string]string{shownPictures, playedMedia, fonts, saved} {
		if ext := known[base]; ext != "" {
			return ext
		}
	}
	if isText(base) {
		return ".txt"
	}
	return ".bin"
}

// isSaved says whether an item may be saved as it is. A page or a drawing may not: opened
// from a disk it would be shown without the allow-list, and could ask for what it
// likes.
func isSaved(e bundle.Entry) bool {
	switch baseType(e.Type) {
	case "image/svg+xml", "application/xml", "text/xml":
		return false
	}
	switch formOf(e) {
	case formPage, formStyle, formFont:
		return false
	}
	return true
}

// stem returns the path of an item without its extension.
func stem(p string) string { return strings.TrimSuffix(p, path.Ext(p)) }

// listHead is how many bytes of a sound or film tell whether it is a list.
const listHead = 256

// isList says whether what calls itself a sound or a film is a list of addresses to play:
// HLS, DASH and their like, which players know by their first bytes, whatever their type.
// Chromium and Safari then fetch what is in it. No sound or film begins as these texts do.
func (vol *volume) isList(e bundle.Entry) bool {
	if f := formOf(e); f != formSound && f != formVideo {
		return false
	}
	head := make([]byte, listHead)
	n, _ := vol.r.Content(e).ReadAt(head, 0) // what cannot be read is told where it is shown
	return sanitize.IsPlaylist(head[:n])
}
