package scrub

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Pictures are cleaned without being decoded: what codes pixels is copied. So a picture still has the
// traces of the program that coded it, such as the quantisation of a JPEG, and what somebody drew into
// the pixels. JPEG, PNG, GIF and WebP are chains of parts, from which parts are left out. In HEIF, TIFF
// and BMP parts say where others lie, so what goes is overwritten with zeros.

// Limits on pictures, whatever their format.
const (
	// picMaxPixels is how many pixels a picture may claim to have. A reader's machine would have to
	// make room for them all: a file of a few kilobytes could stop it.
	picMaxPixels = 1 << 28
	// picMaxPieces bounds the plan: a file made of scraps would need more memory than it is long.
	picMaxPieces = 1 << 16
	// picMaxProfile is the longest colour profile that is kept. Those of printing presses come to 2 MiB.
	picMaxProfile = 4 << 20
	// picMaxExif is how much of Exif data is looked at. In a JPEG there is room for 64 KiB.
	picMaxExif = 1 << 20
	// picWindow is how much is read at a time.
	picWindow = 64 << 10
)

// What pictures hold beside pixels, as people read it.
const (
	whatExif       = "Exif (camera, times)"
	whatGPS        = "GPS position"
	whatThumbnail  = "thumbnail"
	whatXMP        = "XMP"
	whatIPTC       = "IPTC and Photoshop data"
	whatComment    = "comment"
	whatBehind     = "data behind the picture"
	whatMotion     = "film behind the picture"
	whatBetween    = "data between the parts of the picture"
	whatUnknown    = "data that no viewer needs"
	whatFurther    = "further pictures in the file"
	whatTimes      = "times"
	whatText       = "text"
	whatHeader     = "header fields without use"
	whatProfile    = "names and times in the colour profile"
	whatSRGB       = "colour profile (sRGB, which goes without saying)"
	whatBadProfile = "colour profile (broken)"
)

func init() {
	for mediaType, c := range map[string]cleaner{
		"image/jpeg": cleanJPEG,
		"image/png":  cleanPNG,
		"image/gif":  cleanGIF,
		"image/webp": cleanWebP,
		"image/avif": cleanHEIF,
		"image/heic": cleanHEIF,
		"image/heif": cleanHEIF,
		"image/tiff": cleanTIFF,
		"image/bmp":  cleanBMP,

		"image/vnd.microsoft.icon": cleanICO,
	} {
		cleaners[mediaType] = c
	}
}

// A picFile is a picture while it is cleaned: its bytes through a window, and what came of it.
type picFile struct {
	r      io.ReaderAt
	size   int64
	window []byte // bytes of the file from start on
	start  int64
	zeroed int64 // how much was overwritten with zeros
	Result
}

func newPicFile(r io.ReaderAt, size int64) picFile { return picFile{r: r, size: size} }

// errEnds says that a file ends inside of something.
var errEnds = fmt.Errorf("%w: it ends too soon", ErrFormat)

// peek returns n bytes from offset on, which stay valid until the next call. Where the file has no
// n bytes there, it returns errEnds.
func (f *picFile) peek(offset int64, n int) ([]byte, error) {
	if offset < 0 || n < 0 || offset > f.size || int64(n) > f.size-offset {
		return nil, errEnds
	}
	if offset < f.start || offset+int64(n) > f.start+int64(len(f.window)) {
		if err := f.fill(offset, n); err != nil {
			return nil, err
		}
	}
	i := int(offset - f.start)
	return f.window[i : i+n], nil
}

// fill moves the window to offset, and makes it n bytes at least.
func (f *picFile) fill(offset int64, n int) error {
	n = int(min(int64(max(n, picWindow)), f.size-offset))
	if cap(f.window) < n {
		f.window = make([]byte, n)
	}
	f.window, f.start = f.window[:n], offset
	got, err := f.r.ReadAt(f.window, offset)
	if got == n {
		return nil
	}
	f.window = f.window[:0]
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF // it was longer a moment ago
	}
	return err
}

// load returns n bytes from offset on, for the caller to keep. More than limit bytes are ErrLimit.
func (f *picFile) load(offset, n, limit int64) ([]byte, error) {
	if n > limit {
		return nil, ErrLimit
	}
	b, err := f.peek(offset, int(n))
	return slices.Clone(b), err
}

// find returns where the byte c is found first from offset on, or the size of the file.
func (f *picFile) find(offset int64, c byte) (int64, error) {
	for offset < f.size {
		if _, err := f.peek(offset, 1); err != nil {
			return 0, err
		}
		rest := f.window[offset-f.start:]
		if i := bytes.IndexByte(rest, c); i >= 0 {
			return offset + int64(i), nil
		}
		offset += int64(len(rest))
	}
	return f.size, nil
}

// blank says whether a part of the file is nothing but zeros.
func (f *picFile) blank(offset, end int64) (bool, error) {
	for offset < end {
		if _, err := f.peek(offset, 1); err != nil {
			return false, err
		}
		rest := f.window[offset-f.start:]
		rest = rest[:min(int64(len(rest)), end-offset)]
		for _, b := range rest {
			if b != 0 {
				return false, nil
			}
		}
		offset += int64(len(rest))
	}
	return true, nil
}

// drop leaves a part of the file out of the plan.
func (f *picFile) drop(what string, offset, end int64) {
	if end > offset {
		f.remove(what, end-offset)
	}
}

// dropTail leaves out what follows a picture, from offset on.
func (f *picFile) dropTail(offset int64) {
	what := whatBehind
	if b, err := f.peek(offset, 8); err == nil && string(b[4:]) == "ftyp" {
		what = whatMotion
	}
	f.drop(what, offset, f.size)
}

// dropExif notes Exif data that takes up size bytes of the file, by what is in it.
func (f *picFile) dropExif(x exif, size int64) {
	if x.gps > 0 {
		f.remove(whatGPS, x.gps)
	}
	if x.thumbnail > 0 {
		f.remove(whatThumbnail, x.thumbnail)
	}
	f.remove(whatExif, max(size-x.gps-x.thumbnail, 0))
}

// picZeros is what parts of a file are overwritten with that must keep their place.
var picZeros [picWindow]byte

// zero puts zeros in the place of a part of the file, and counts them in zeroed. Where there are none
// but zeros, it is copied.
func (f *picFile) zero(offset, end int64) error {
	if end <= offset {
		return nil
	}
	blank, err := f.blank(offset, end)
	if err != nil {
		return err
	}
	if blank {
		f.Plan.copy(offset, end-offset)
		return nil
	}
	f.zeroed += end - offset
	for ; offset < end; offset += picWindow {
		f.Plan.add(picZeros[:min(end-offset, picWindow)])
		if err := f.bounded(); err != nil {
			return err
		}
	}
	return nil
}

// bounded says whether the plan is still short enough.
func (f *picFile) bounded() error {
	if len(f.Plan) > picMaxPieces {
		return fmt.Errorf("%w: it lies in too many pieces", ErrLimit)
	}
	return nil
}

// shown sets how large the picture is, given its orientation. Sizes that no viewer could show are ErrLimit.
func (f *picFile) shown(width, height int64, orientation int) error {
	if width < 0 || height < 0 || width > picMaxPixels || height > picMaxPixels || width*height > picMaxPixels {
		return fmt.Errorf("%w: %d by %d pixels", ErrLimit, width, height)
	}
	if orientation >= 5 {
		width, height = height, width
	}
	f.Width, f.Height = int(width), int(height)
	return nil
}

// done returns the result. Where nothing was taken out, the plan is the whole file.
func (f *picFile) done() (*Result, error) {
	if err := f.bounded(); err != nil {
		return nil, err
	}
	if len(f.Removed) == 0 {
		f.Plan = Plan{{Size: f.size}}
	}
	return &f.Result, nil
}

// A picSpan is a part of a file, from offset up to end.
type picSpan struct{ offset, end int64 }

// picSpans are parts of a file that stay.
type picSpans []picSpan

// join sorts spans and joins those that touch or overlap.
func (s picSpans) join() picSpans {
	slices.SortFunc(s, func(a, b picSpan) int {
		if a.offset != b.offset {
			return int(max(min(a.offset-b.offset, 1), -1))
		}
		return int(max(min(a.end-b.end, 1), -1))
	})
	var joined picSpans
	for _, x := range s {
		if n := len(joined); n > 0 && x.offset <= joined[n-1].end {
			joined[n-1].end = max(joined[n-1].end, x.end)
			continue
		}
		joined = append(joined, x)
	}
	return joined
}

// keep copies what is in spans, which are joined, of the file between offset and end, and puts zeros
// in the place of the rest.
func (f *picFile) keep(spans picSpans, offset, end int64) error {
	i, _ := slices.BinarySearchFunc(spans, offset, func(s picSpan, at int64) int {
		if s.end <= at {
			return -1
		}
		return 1
	})
	for ; i < len(spans) && spans[i].offset < end; i++ {
		from, to := max(spans[i].offset, offset), min(spans[i].end, end)
		if err := f.zero(offset, from); err != nil {
			return err
		}
		f.Plan.copy(from, to-from)
		offset = to
		if err := f.bounded(); err != nil {
			return err
		}
	}
	return f.zero(offset, end)
}

// broken wraps ErrFormat with what is wrong.
func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

// cutShort says whether an error only says that the file ends: what is there of it can be shown.
func cutShort(err error) bool { return errors.Is(err, errEnds) }
