package bundle

import "strings"

// Previews are small JPEG pictures that stand for items. They are resources like others, in a folder of
// their own that no curator has, under the path of what they show: that of a/b.png is
// .previews/small/a/b.png.jpg, or large instead of small. Nothing of a verdict depends on them.
const PreviewFolder = ".previews"

// The sizes of previews, as their folders are called: for lists, and for screens that the item itself is too
// large for or that do not show it.
const (
	PreviewSmall = "small"
	PreviewLarge = "large"
)

const previewEnding = ".jpg"

// PreviewPath is where the preview of the item at a path lies, in a size.
func PreviewPath(size, path string) string {
	return PreviewFolder + "/" + size + "/" + path + previewEnding
}

// PreviewOf returns the path of the item that a preview is for, in whatever size. It is not ok for other paths.
func PreviewOf(preview string) (path string, ok bool) {
	rest, ok := strings.CutPrefix(preview, PreviewFolder+"/")
	_, rest, sized := strings.Cut(rest, "/")
	path, ends := strings.CutSuffix(rest, previewEnding)
	return path, ok && sized && ends
}
