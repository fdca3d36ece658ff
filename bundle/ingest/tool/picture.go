package tool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"satchel/bundle/ingest/scrub"
)

// maxPicture is the largest HEIC or AVIF file that is decoded. It is held in memory, and copied.
const maxPicture = 128 << 20

// PDFPage draws the first page of a PDF file as PNG, as large as fits into a square of box pixels.
// Errors wrap ErrMissing, ErrLimit, ErrFailed (also for a file that asks for a password), or the
// cause of ctx. f is read from its beginning, to its end.
func (t *Tools) PDFPage(ctx context.Context, f *os.File, box int) ([]byte, error) {
	if err := checkBox(box); err != nil {
		return nil, err
	}
	return t.convert(ctx, pdftoppm, func(b *bench) ([]byte, error) {
		return b.run(pdftoppm, f, "-q", "-png", "-f", "1", "-l", "1", "-singlefile", "-cropbox",
			"-scale-to", strconv.Itoa(box), "-")
	})
}

// HEIC decodes a HEIC, HEIF or AVIF picture, by its media type, in its full size and upright: as
// JPEG, or as PNG where a part of it is transparent. Of several pictures it is the first.
//
// The program gets a copy in Dir that scrub has cleaned, so there is no position or camera in what
// comes back. Errors wrap ErrMissing, also for other media types, ErrLimit, also for files of more than
// 128 MiB, ErrFailed, those of scrub.File, or the cause of ctx. f is read from its beginning.
func (t *Tools) HEIC(ctx context.Context, f *os.File, mediaType string) ([]byte, error) {
	switch mediaType {
	case "image/heic", "image/heif":
		return t.decode(ctx, f, mediaType, heifConvert)
	case "image/avif":
		out, err := t.decode(ctx, f, mediaType, heifConvert)
		if errors.Is(err, ErrMissing) || errors.Is(err, ErrFailed) { // it may have been built without AV1
			if other, e := t.decode(ctx, f, mediaType, avifdec); !errors.Is(e, ErrMissing) {
				return other, e
			}
		}
		return out, err
	}
	return nil, fmt.Errorf("%s: %w", mediaType, ErrMissing)
}

// decode has one program decode a picture.
func (t *Tools) decode(ctx context.Context, f *os.File, mediaType, name string) ([]byte, error) {
	return t.convert(ctx, name, func(b *bench) ([]byte, error) {
		file, err := cleaned(f, mediaType)
		if err != nil {
			return nil, err
		}
		const in, transparentOut = "input.heic", "output.png"
		if err := os.WriteFile(filepath.Join(b.dir, in), file, 0o600); err != nil {
			return nil, err
		}
		out := "output.jpg"
		if transparent(file) {
			out = transparentOut
		}
		if name == avifdec {
			err = b.avifdec(in, out)
		} else {
			_, err = b.run(name, nil, "-q", "95", in, out)
		}
		if err != nil {
			return nil, err
		}
		picture, err := b.read(name, out)
		if err == nil && out == transparentOut && !hasAlpha(picture) {
			return nil, fmt.Errorf("%s: %w: it lost what makes the picture transparent", name, ErrFailed)
		}
		return picture, err
	})
}

// avifdec decodes a picture that need not be turned: the program does not turn any.
func (b *bench) avifdec(in, out string) error {
	said, err := b.run(avifdec, nil, "--info", in)
	if err != nil {
		return err
	}
	if !bytes.Contains(said, []byte("Transformations: None")) {
		return fmt.Errorf("%s: %w: the picture has to be turned", avifdec, ErrFailed)
	}
	_, err = b.run(avifdec, nil, "-q", "95", in, out)
	return err
}

// cleaned reads a picture without what it tells of its makers. Its Exif data would also turn it again.
func cleaned(f *os.File, mediaType string) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxPicture {
		return nil, fmt.Errorf("%w: %d bytes are too many for a picture", ErrLimit, info.Size())
	}
	result, err := scrub.File(mediaType, f, info.Size())
	if err != nil {
		return nil, err
	}
	return io.ReadAll(result.Plan.Reader(f))
}

// transparent says whether a picture may have another that is its transparency. What that hides must
// not come to light, as it would in a JPEG file, and does where heif-convert
// drops it, as some versions do when they turn a picture.
func transparent(file []byte) bool {
	for _, name := range []string{"auxiliary:alpha", "hevc:2015:auxid:1", "avc:2015:auxid:1"} {
		if bytes.Contains(file, []byte(name)) {
			return true
		}
	}
	return false
}

// hasAlpha says whether a PNG file has a channel for transparency (PNG, section 11.2.1: the colour type).
func hasAlpha(file []byte) bool {
	const colourType = 25
	return len(file) > colourType && file[colourType]&4 != 0
}

// read reads what a program wrote. heif-convert numbers pictures where there are several.
func (b *bench) read(name, out string) ([]byte, error) {
	extension := filepath.Ext(out)
	for _, file := range []string{out, out[:len(out)-len(extension)] + "-1" + extension} {
		f, err := os.Open(filepath.Join(b.dir, file))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, maxOutput+1))
		if len(data) > maxOutput {
			return nil, fmt.Errorf("%s: %w", name, errLarge)
		}
		return data, err
	}
	return nil, fmt.Errorf("%s: %w: it wrote nothing", name, ErrFailed)
}
