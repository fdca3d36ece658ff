package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"satchel/bundle"
	"satchel/bundle/ingest/cache"
	"satchel/bundle/ingest/collection"
	"satchel/bundle/ingest/scrub"
)

// This file makes the pictures that stand for items: previews of large pictures, covers of books and
// recordings, first pictures of films. Item.Cover has the path of the small one.

// The sizes of previews: for lists, and for screens that the picture itself is too large for.
var previewSizes = []struct {
	name string
	box  int
}{{bundle.PreviewSmall, 256}, {bundle.PreviewLarge, 1024}}

// A picture has previews where it is large to copy or to decode, or where browsers do not show it.
const (
	previewBytes  = 192 << 10
	previewPixels = 2_000_000
)

// An extra is an item that is made of a file beside the item that the file is.
type extra struct {
	item    bundle.Item
	product *product
}

// pixels is a picture that stands for an item: inside its file, or made of it.
type pixels struct {
	r         io.ReaderAt
	size      int64
	mediaType string
}

// isForeign says whether browsers do not show pictures of a media type.
func isForeign(mediaType string) bool {
	switch mediaType {
	case "image/tiff", "image/heic", "image/heif", "image/bmp":
		return true
	}
	return false
}

// previews makes the previews of an item, where it has any.
func (f *Folder) previews(m *material, x *pixels) (list []extra) {
	if x == nil {
		return nil
	}
	var boxes []int
	for _, s := range previewSizes {
		boxes = append(boxes, s.box)
	}
	smalls, err := f.small(x, boxes...)
	if err != nil {
		return nil // a preview is nothing that an item needs
	}
	for i, s := range smalls {
		path := bundle.PreviewPath(previewSizes[i].name, m.item.Path)
		if bundle.CheckPath(path) != nil || i > 0 && !worthwhile(len(s.JPEG), m, smalls[0]) {
			break
		}
		list = append(list, previewItem(path, &m.item, s))
	}
	if len(list) > 0 && m.item.Cover == "" {
		m.item.Cover = list[0].item.Path
	}
	return list
}

// worthwhile says whether a large preview of so many bytes is of use beside the picture and the small one.
func worthwhile(size int, m *material, small scrub.Small) bool {
	own := m.item.Kind == bundle.KindPicture && !isForeign(m.item.Type)
	return size > 2*len(small.JPEG) && (!own || int64(size) < m.item.Size/4)
}

func previewItem(path string, of *bundle.Item, s scrub.Small) extra {
	return madeExtra(bundle.Item{Path: path, Kind: bundle.KindResource, Type: "image/jpeg", Title: of.Title,
		Width: int64(s.Width), Height: int64(s.Height)}, s.JPEG)
}

// madeExtra is an item of bytes at hand.
func madeExtra(it bundle.Item, made []byte) extra {
	p := &product{made: made}
	sum := sha256.Sum256(made)
	p.size, p.sum = int64(len(made)), &sum
	it.Size, it.Sum = p.size, p.sum
	return extra{it, p}
}

// small makes a picture fit into each of some boxes, or takes what was made before.
func (f *Folder) small(x *pixels, boxes ...int) ([]scrub.Small, error) {
	var key cache.Key
	if f.options.Cache != nil {
		var err error
		if key, err = hashOf(fmt.Sprintf("%s in %v", x.mediaType, boxes), x.r, x.size); err != nil {
			return nil, err
		}
		if list, ok := unpackSmall(f.options.Cache.Get(key)); ok {
			return list, nil
		}
	}
	list, err := scrub.Previews(x.r, x.size, x.mediaType, boxes...)
	if err == nil || errors.Is(err, scrub.ErrFormat) || errors.Is(err, scrub.ErrLimit) {
		f.options.Cache.Put(key, packSmall(list)) // or that there are none
	} else {
		f.hindered.Store(true)
	}
	return list, err
}

// pictureBoxes are how many pixels wide and high photographs are at most: to fit a large screen, or a
// telephone.
var pictureBoxes = map[collection.Pictures]int{collection.Large: 2048, collection.Small: 1024}

// reduce makes a picture as small as the curator wants it, where that saves space. Drawings stay as they
// are: they suffer from it.
func (f *Folder) reduce(m *material, mediaType string) (*product, error) {
	box := pictureBoxes[f.options.pictures()]
	if box == 0 || max(m.item.Width, m.item.Height) <= int64(box) ||
		mediaType != "image/jpeg" && mediaType != "image/tiff" && mediaType != "image/bmp" {
		return nil, nil
	}
	list, err := f.small(&pixels{m.file, m.size, mediaType}, box)
	if err != nil || len(list) == 0 || int64(len(list[0].JPEG)) >= m.size {
		return nil, nil // it is packed as it is
	}
	m.item.Type, m.item.Width, m.item.Height = "image/jpeg", int64(list[0].Width), int64(list[0].Height)
	m.removed = append(m.removed, scrub.Removal{What: "pixels (smaller)", Bytes: m.size - int64(len(list[0].JPEG))})
	return &product{made: list[0].JPEG}, nil
}

// hashOf stands for what is made of a content in some way. Of a long film it takes only the ends, and the
// times of the file: a picture of it is not worth reading all.
func hashOf(way string, r io.ReaderAt, size int64) (key cache.Key, err error) {
	const whole, end = 64 << 20, 1 << 20
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%d\x00", way, size)
	parts := [][2]int64{{0, size}}
	if file, ok := r.(*os.File); ok && size > whole {
		info, err := file.Stat()
		if err != nil {
			return key, err
		}
		fmt.Fprintf(h, "%d %d ", info.ModTime().UnixNano(), changeTime(info).UnixNano())
		parts = [][2]int64{{0, end}, {size - end, end}}
	}
	for _, p := range parts {
		if _, err := io.Copy(h, io.NewSectionReader(r, p[0], p[1])); err != nil {
			return key, err
		}
	}
	h.Sum(key[:0])
	return key, nil
}

// packSmall writes previews for the cache.
func packSmall(list []scrub.Small) []byte {
	out := []byte{byte(len(list))}
	for _, s := range list {
		for _, n := range []int{s.Width, s.Height, len(s.JPEG)} {
			out = binary.AppendUvarint(out, uint64(n))
		}
		out = append(out, s.JPEG...)
	}
	return out
}

// unpackSmall reads what packSmall wrote.
func unpackSmall(b []byte) (list []scrub.Small, ok bool) {
	if len(b) == 0 {
		return nil, false
	}
	r := bytes.NewReader(b[1:])
	for range b[0] {
		var n [3]uint64
		for i := range n {
			n[i], _ = binary.ReadUvarint(r)
		}
		if n[2] > uint64(r.Len()) {
			return nil, false
		}
		s := scrub.Small{Width: int(n[0]), Height: int(n[1]), JPEG: make([]byte, n[2])}
		if _, err := io.ReadFull(r, s.JPEG); err != nil {
			return nil, false
		}
		list = append(list, s)
	}
	return list, true
}

// pixels returns the picture that stands for an item, of which p is packed, or nil.
func (f *Folder) pixels(m *material, p *product) *pixels {
	mediaType, _, _ := strings.Cut(m.item.Type, ";")
	it := &m.item
	switch {
	case len(m.cover) > 0:
		return &pixels{bytes.NewReader(m.cover), int64(len(m.cover)), coverType(m.cover)}
	case it.Kind != bundle.KindPicture:
		return f.shown(m, p, mediaType)
	case mediaType == svgImage.mime:
		return nil
	case it.Size < previewBytes && it.Width*it.Height < previewPixels && !isForeign(mediaType):
		return nil
	case undecoded[mediaType]:
		return f.shown(m, p, mediaType)
	}
	return &pixels{m.file, m.size, mediaType}
}

// coverType tells the two kinds of covers apart.
func coverType(cover []byte) string {
	if bytes.HasPrefix(cover, []byte("\x89PNG")) {
		return "image/png"
	}
	return "image/jpeg"
}

// undecoded are pictures that we do not decode ourselves.
var undecoded = set("image/avif image/heic image/heif image/vnd.microsoft.icon")
