//go:build !js

package viewer

import (
	pictures "image"
	_ "image/gif"  // a picture in a book
	_ "image/jpeg" // as well
	_ "image/png"  // as well
	"io"

	_ "golang.org/x/image/webp" // as well
)

// edgesIn returns how wide and high a picture is, in pixels, as its first bytes say it, or 0.
func edgesIn(picture io.Reader) (width, height int64) {
	c, _, err := pictures.DecodeConfig(picture)
	if err != nil {
		return 0, 0
	}
	return believed(int64(c.Width), int64(c.Height))
}
