package viewer

import (
	"strings"

	"satchel/bundle"
)

// What stands for an item in a list is a picture that its bundle names: a preview that the packer made,
// or a picture item. A bundle may name anything there. So a cover is followed a few steps and no
// further, and is shown only where browsers show its type and it is small enough to be one of many.

// Limits of what stands for an item. Where the packer made no preview, a picture is smaller than that.
const (
	coverSteps = 3       // a film, the picture that was chosen for it, and its preview
	maxThumb   = 1 << 20 // bytes
	maxEdge    = 4096    // pixels, as far as the bundle tells them
)

// cover returns the picture that stands for an item in a list: the last on its way that can.
func (vol *volume) cover(e bundle.Entry) (found bundle.Entry, ok bool) {
	for range coverSteps {
		if isThumb(e) {
			found, ok = e, true
		}
		if e.Cover == "" {
			break
		}
		next, err := vol.r.Lookup(e.Cover)
		if err != nil {
			vol.met(err)
		}
		if err != nil || !isImage(next) {
			break
		}
		e = next
	}
	return found, ok
}

// poster returns the picture that stands for an item on its own page: its cover, larger where there is
// one.
func (vol *volume) poster(e bundle.Entry) (bundle.Entry, bool) {
	small, ok := vol.cover(e)
	if path, is := bundle.PreviewOf(small.Path); is {
		if large, err := vol.r.Lookup(bundle.PreviewPath(bundle.PreviewLarge, path)); err == nil && isPoster(large) {
			return large, true
		}
	}
	return small, ok
}

// preview returns the preview of a picture itself in a size, whatever its cover is.
func (vol *volume) preview(e bundle.Entry, size string) (bundle.Entry, bool) {
	found, err := vol.r.Lookup(bundle.PreviewPath(size, e.Path))
	return found, err == nil && isPoster(found)
}

// isImage says whether an item is a picture of any type: also one that only its preview shows.
func isImage(e bundle.Entry) bool { return strings.HasPrefix(baseType(e.Type), "image/") }

func isThumb(e bundle.Entry) bool {
	return formOf(e) == formPicture && e.Size <= maxThumb && max(e.Width, e.Height) <= maxEdge
}

func isPoster(e bundle.Entry) bool { return formOf(e) == formPicture && e.Size <= maxPicture }

// An image is a picture as a page shows it. Without a width and a height it has its own.
type image struct {
	Address       string
	Width, Height int64
	Drawn         bool // and not taken, as far as its type tells: nothing may be cut off
}

func (p *page) image(e bundle.Entry) *image {
	i := &image{Address: p.address(viewContent, e.Path)}
	i.Width, i.Height = edges(e)
	switch baseType(e.Type) {
	case "image/svg+xml", "image/png", "image/gif":
		i.Drawn = true
	}
	return i
}

// maxEdges is what is believed of the width of a picture or a film.
const maxEdges = 1 << 16

// edges returns how wide and high a picture or a film says it is, or 0 where that is nonsense.
func edges(e bundle.Entry) (width, height int64) {
	return believed(e.Width, e.Height)
}

// believed is the width and height that something says it has, or 0 where that is nonsense.
func believed(width, height int64) (int64, int64) {
	if min(width, height) > 0 && max(width, height) <= maxEdges {
		return width, height
	}
	return 0, 0
}
