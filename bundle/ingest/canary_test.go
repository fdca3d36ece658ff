package ingest

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
)

// canary is what nobody must find in a bundle.
const canary = "CANARY-d41c9f"

// forms are the spellings in which the canary is looked for: UTF-8, UTF-16 of both orders, and base64,
// of which there are three, by where it begins.
func forms() map[string][]byte {
	found := map[string][]byte{"UTF-8": []byte(canary)}
	var le, be []byte
	for _, u := range utf16.Encode([]rune(canary)) {
		le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
	}
	found["UTF-16LE"], found["UTF-16BE"] = le, be
	for i, name := range []string{"base64", "base64+1", "base64+2"} {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", i) + canary))
		// the first and the last letters also say what stands beside it
		found[name] = []byte(text[[]int{0, 2, 3}[i] : (i+len(canary))*8/6])
	}
	return found
}

// findCanary says in which form the canary is in data, or in what is packed in it: in archives, zlib
// streams (as in PDF and PNG) and zstd frames.
func findCanary(t *testing.T, data []byte, depth int) string {
	t.Helper()
	for name, form := range forms() {
		if bytes.Contains(data, form) {
			return name
		}
	}
	if depth == 0 {
		return ""
	}
	for _, inner := range slices.Concat(inZIP(data), inZlib(data), inZstd(t, data)) {
		if form := findCanary(t, inner, depth-1); form != "" {
			return "packed " + form
		}
	}
	return ""
}

const maxInner = 4 << 20

func inZIP(data []byte) (all [][]byte) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil
	}
	for _, f := range z.File {
		if r, err := f.Open(); err == nil {
			inner, _ := io.ReadAll(io.LimitReader(r, maxInner)) // as far as it can be read
			all = append(all, inner)
		}
	}
	return all
}

// inZlib tries every place at which a zlib stream could begin.
func inZlib(data []byte) (all [][]byte) {
	for i := 0; i+2 < len(data); i++ {
		if data[i] != 0x78 || (uint(data[i])<<8|uint(data[i+1]))%31 != 0 {
			continue
		}
		if r, err := zlib.NewReader(bytes.NewReader(data[i:])); err == nil {
			if inner, _ := io.ReadAll(io.LimitReader(r, maxInner)); len(inner) >= len(canary) {
				all = append(all, inner)
			}
		}
	}
	return all
}

func inZstd(t *testing.T, data []byte) (all [][]byte) {
	t.Helper()
	magic := []byte("\x28\xb5\x2f\xfd")
	for i := bytes.Index(data, magic); i >= 0; {
		d, err := zstd.NewReader(bytes.NewReader(data[i:]), zstd.WithDecoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		inner, _ := io.ReadAll(io.LimitReader(d, maxInner))
		d.Close()
		all = append(all, inner)
		next := bytes.Index(data[i+4:], magic)
		if next < 0 {
			break
		}
		i += 4 + next
	}
	return all
}

// TestE01E03E04E05E06E08OneCanary plants one canary in every place that tells of who made a file, in
// files of all kinds, packs them, and looks for it in the whole bundle, unpacked to the last stream.
// The same search finds it in every file before, and in what is kept as it is.
func TestE01E03E04E05E06E08OneCanary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plantPictures(t, dir)
	plantMedia(t, dir)
	put(t, dir, plantedDocuments(t))
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) < 30 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		if findCanary(t, readFile(t, name), 3) == "" {
			t.Errorf("the canary was not planted in %s", filepath.Base(name))
		}
	}
	kept, _ := unpack(t, pack(t, Options{KeepMetadata: bundle.Kinds}, bundle.Options{}, dir))
	for path, data := range kept {
		if isPreview(bundle.Item{Path: path}) {
			delete(kept, path)
			continue
		}
		if findCanary(t, data, 3) == "" {
			t.Errorf("the canary is not found in %s, which is kept as it is", path)
		}
	}
	for _, how := range []collection.HTML{collection.Article, collection.Site} {
		name := pack(t, Options{HTML: how, DropBylines: true}, bundle.Options{}, dir)
		content, said := unpack(t, name)
		for path, data := range content {
			if form := findCanary(t, data, 3); form != "" {
				t.Errorf("%s: the canary is in %s, in %s", how, path, form)
			}
			if form := findCanary(t, []byte(said[path]), 0); form != "" {
				t.Errorf("%s: the canary is said of %s", how, path)
			}
		}
		if form := findCanary(t, readFile(t, name), 2); form != "" {
			t.Errorf("%s: the canary is in the bundle, in %s", how, form)
		}
		for path := range content {
			if isPreview(bundle.Item{Path: path}) {
				delete(content, path)
			}
		}
		if len(content) != len(names) || len(kept) != len(names) {
			t.Errorf("%s: %d items of %d files", how, len(content), len(names))
		}
	}
}

// plantPictures lets exiftool write into pictures of all kinds what cameras and editors do.
func plantPictures(t *testing.T, dir string) {
	t.Helper()
	photo := encoded(t, asJPEG)
	thumbnail := photo[:2] + "\xff\xfe\x00" + string(rune(len(canary)+2)) + canary + photo[2:]
	put(t, dir, map[string]string{"photo.jpg": photo, "thumb": thumbnail})
	execute(t, dir, "ffmpeg", "-v", "error", "-i", "photo.jpg", "-c:v", "libwebp", "photo.webp", "-c:v", "png", "photo.png",
		"-c:v", "gif", "photo.gif", "-c:v", "tiff", "photo.tiff")
	execute(t, dir, "avifenc", "-s", "10", "photo.png", "photo.avif")
	execute(t, dir, "heif-enc", "photo.png", "-o", "photo.heic")
	all := []string{"-q", "-overwrite_original", "-EXIF:Artist=" + canary, "-EXIF:Make=" + canary, "-EXIF:UserComment=" + canary, "-EXIF:XPComment=" + canary,
		"-EXIF:SerialNumber=" + canary, "-EXIF:OwnerName=" + canary, "-EXIF:GPSProcessingMethod=" + canary, "-EXIF:GPSLatitude=1", "-EXIF:GPSLatitudeRef=N",
		"-XMP:Creator=" + canary, "-XMP:HistorySoftwareAgent=" + canary, "-XMP:City=" + canary}
	execute(t, dir, "exiftool", append(all, "photo.jpg", "photo.webp", "photo.png", "photo.tiff", "photo.avif", "photo.heic")...)
	execute(t, dir, "exiftool", "-q", "-overwrite_original", "-IPTC:By-line="+canary, "-IPTC:City="+canary, "-Comment="+canary, "-ThumbnailImage<=thumb",
		"-Photoshop:PhotoshopThumbnail<=thumb", "-ICC_Profile:all=", "photo.jpg")
	execute(t, dir, "exiftool", "-q", "-overwrite_original", "-Comment="+canary, "-XMP:Creator="+canary, "photo.gif")
	execute(t, dir, "exiftool", "-q", "-z", "-overwrite_original", "-PNG:Author="+canary, "-PNG:Software="+canary, "-PNG:Comment="+strings.Repeat(canary+" ", 40),
		"-PNG:Title-fa="+canary, "photo.png")
	if err := os.Remove(filepath.Join(dir, "thumb")); err != nil {
		t.Fatal(err)
	}
	put(t, dir, map[string]string{
		"behind.jpg": photo + canary, "behind.png": encoded(t, asPNG) + canary, "behind.gif": encoded(t, asGIF) + canary,
	})
}

// plantMedia lets ffmpeg write tags into films and recordings, in all fields but title and artist,
// which are shown.
func plantMedia(t *testing.T, dir string) {
	t.Helper()
	var tags []string
	for _, field := range []string{"comment", "encoder", "encoded_by", "description", "composer", "publisher", "location", "location-eng", "make",
		"model", "com.apple.quicktime.location.ISO6709", "synopsis", "show", "grouping", "lyrics", "TXXX", "software", "performer", "originator"} {
		tags = append(tags, "-metadata", field+"="+canary)
	}
	cover := filepath.Join(dir, "photo.png") // has the canary in it
	base := []string{"-v", "error", "-f", "lavfi", "-i", "testsrc=d=0.5:s=64x48:r=10", "-f", "lavfi", "-i", "sine=d=0.5", "-i", cover}
	make := func(name string, args ...string) {
		execute(t, dir, "ffmpeg", slices.Concat(base, args, tags, []string{"-metadata:s:0", "handler_name=" + canary, name})...)
	}
	film, sound := []string{"-map", "0", "-map", "1", "-pix_fmt", "yuv420p"}, []string{"-map", "1"}
	make("film.mp4", append(film, "-movflags", "use_metadata_tags")...)
	make("film2.mp4", film...)
	make("film.mov", film...)
	make("film.mkv", film...)
	make("film.webm", append(film, "-deadline", "realtime")...)
	make("sound.mp3", "-map", "1", "-map", "2", "-c:v", "copy", "-disposition:v", "attached_pic")
	make("sound.flac", "-map", "1", "-map", "2", "-c:v", "copy", "-disposition:v", "attached_pic")
	make("sound.m4a", append(sound, "-c:a", "aac")...)
	make("sound.wav", append(sound, "-write_bext", "1")...)
	make("vorbis.ogg", append(sound, "-c:a", "libvorbis", "-metadata:s:a", "comment="+canary)...)
	make("sound.opus", append(sound, "-c:a", "libopus", "-metadata:s:a", "comment="+canary)...)
	execute(t, dir, "exiftool", "-q", "-overwrite_original", "-XMP:Creator="+canary, "-Keys:Author="+canary, "-UserData:Make="+canary, "-UserData:GPSCoordinates=1 2 3", "film2.mp4", "film.mov")
	put(t, dir, map[string]string{"behind.mp4": string(readFile(t, filepath.Join(dir, "film2.mp4"))) + "\x00\x00\x00\x15free" + canary})
}

// TestCanaryIsFound: a search that finds nothing proves nothing.
func TestCanaryIsFound(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write([]byte("before " + canary)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	hidden := map[string][]byte{
		"an archive":   []byte(zipped(t, "a.txt", canary)),
		"a stream":     append([]byte("stream\n"), packed.Bytes()...),
		"a frame":      e.EncodeAll([]byte(canary), []byte("....")),
		"a nested one": e.EncodeAll([]byte(zipped(t, "a.pdf", packed.String())), nil),
	}
	for form := range forms() {
		hidden[form] = append([]byte("xyz"), forms()[form]...)
	}
	for i := range 3 {
		text := strings.Repeat("z", i) + canary + "and more"
		hidden["base64 from "+text] = []byte(base64.StdEncoding.EncodeToString([]byte(text)))
	}
	for where, data := range hidden {
		if findCanary(t, data, 3) == "" {
			t.Errorf("it is not found in %s", where)
		}
	}
	if form := findCanary(t, []byte("CANARY-d41c9"), 3); form != "" {
		t.Errorf("it is found where it is not, in %s", form)
	}
}
