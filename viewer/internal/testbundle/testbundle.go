// Package testbundle makes small bundles for the viewer's tests: good ones, and by
// changing their bytes, bad ones.
package testbundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math/rand/v2"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/bundle/sign"
)

// Files are what a bundle is made of: paths and content. The kind and the type of
// an item follow from its extension.
type Files map[string]string

// types are the kinds and media types of the extensions that tests use.
var types = map[string]struct {
	kind      bundle.Kind
	mediaType string
}{
	".html": {bundle.KindPage, "text/html; charset=utf-8"},
	".txt":  {bundle.KindText, "text/plain; charset=utf-8"},
	".md":   {bundle.KindText, "text/markdown; charset=utf-8"},
	".pdf":  {bundle.KindDocument, "application/pdf"},
	".epub": {bundle.KindBook, "application/epub+zip"},
	".tiff": {bundle.KindPicture, "image/tiff"},
	".png":  {bundle.KindPicture, "image/png"},
	".jpg":  {bundle.KindPicture, "image/jpeg"},
	".svg":  {bundle.KindPicture, "image/svg+xml"},
	".mp3":  {bundle.KindSound, "audio/mpeg"},
	".mp4":  {bundle.KindVideo, "video/mp4"},
	".webm": {bundle.KindVideo, "video/webm"},
	".vtt":  {bundle.KindCaptions, "text/vtt; charset=utf-8"},
	".srt":  {bundle.KindCaptions, "application/x-subrip"},
	".css":  {bundle.KindResource, "text/css; charset=utf-8"},
	".woff": {bundle.KindResource, "font/woff"},
	".xml":  {bundle.KindResource, "application/xml"},
	".js":   {bundle.KindResource, "text/javascript"},
	".bin":  {bundle.KindFile, "application/octet-stream"},
}

// Items makes Files a source. A title is the file's name; what stands between two
// dots in it, such as film.ko.vtt, is the language.
func (f Files) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		for name, content := range f {
			t, ok := types[path.Ext(name)]
			if !ok {
				yield(bundle.Item{}, fmt.Errorf("testbundle: %q has no type", name))
				return
			}
			base := strings.TrimSuffix(path.Base(name), path.Ext(name))
			item := bundle.Item{Path: name, Kind: t.kind, Type: t.mediaType, Title: base,
				Size: int64(len(content)), Language: strings.TrimPrefix(path.Ext(base), ".")}
			if !yield(item, nil) {
				return
			}
		}
	}
}

// Typed is Files, some of which have another media type than their names say.
type Typed struct {
	Files
	Types map[string]string
}

// Items yields the items of Files with the types in Types.
func (t Typed) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		for item, err := range t.Files.Items() {
			if mediaType := t.Types[item.Path]; mediaType != "" {
				item.Type = mediaType
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

// Said is Files that say more of themselves than their names do.
type Said struct {
	Files
	Say func(*bundle.Item)
}

// Items yields the items of Files after Say has changed them.
func (s Said) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		for item, err := range s.Files.Items() {
			s.Say(&item)
			if !yield(item, err) {
				return
			}
		}
	}
}

// Open returns the content of a file.
func (f Files) Open(name string) (io.ReadCloser, error) {
	content, ok := f[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(strings.NewReader(content)), nil
}

// Key returns a key pair that is always the same for a number.
func Key(t testing.TB, n uint64) sign.PrivateKey {
	t.Helper()
	var seed [32]byte
	seed[0] = byte(n)
	k, err := sign.GenerateKey(rand.NewChaCha8(seed))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Pack writes a bundle and returns its name.
func Pack(t testing.TB, src bundle.Source, o bundle.Options) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "news.zip")
	if _, err := bundle.Create(context.Background(), name, src, o); err != nil {
		t.Fatal(err)
	}
	return name
}

// Open opens a bundle until the test ends.
func Open(t testing.TB, name string) *bundle.Reader {
	t.Helper()
	r, err := bundle.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// New packs files and opens them; with a key, signed.
func New(t testing.TB, f Files, signers ...sign.PrivateKey) *bundle.Reader {
	t.Helper()
	return Open(t, Pack(t, f, bundle.Options{Title: "Test collection", Signers: signers}))
}

// NewBytes opens a bundle that lies in memory.
func NewBytes(t testing.TB, data []byte) *bundle.Reader {
	t.Helper()
	r, err := bundle.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// Flip changes a byte in each place where what stands in data.
func Flip(t testing.TB, data []byte, what string) []byte {
	t.Helper()
	data = slices.Clone(data)
	found := false
	for at := 0; ; at++ {
		i := bytes.Index(data[at:], []byte(what))
		if i < 0 {
			break
		}
		at += i
		data[at] ^= 1
		found = true
	}
	if !found {
		t.Fatal(errors.New("testbundle: there is nothing to change"))
	}
	return data
}

// Letters returns n letters that do not compress, the same for the same seed.
func Letters(n int, seed uint64) string {
	b := []byte(Noise(n, seed))
	for i := range b {
		b[i] = 'a' + b[i]%26
	}
	return string(b)
}

// Noise returns n bytes that do not compress, the same for the same seed.
func Noise(n int, seed uint64) string {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(seed)})
	r.Read(b)
	return string(b)
}
