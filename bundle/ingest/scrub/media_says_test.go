package scrub

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// TestMediaSays compares what the made files say of themselves.
func TestMediaSays(t *testing.T) {
	t.Parallel()
	raw := mediaText(told()) // the canary and what looks like it, up to the first zero
	want := map[string]Result{
		"film":      {Width: 48, Height: 64, Millis: 1000, Title: raw, Artist: raw},
		"fragments": {Width: 48, Height: 64, Millis: 1040, Title: raw, Artist: raw},
		"mp3":       {Millis: 104, Title: "Title " + raw},
		"aac":       {Millis: 92, Title: "Title " + raw},
		"flac":      {Millis: 1000, Title: "Title " + raw, Artist: raw},
		"vorbis":    {Millis: 10, Title: raw, Artist: raw},
		"theora":    {Width: 0, Height: 0, Millis: 19200, Title: raw, Artist: raw},
		"wav":       {Millis: 156, Title: raw},
		"matroska":  {Millis: 18, Title: raw, Artist: raw},
	}
	covers := []string{"film", "fragments", "mp3", "aac", "flac", "vorbis", "opus", "theora", "speex", "oggflac", "matroska", "live",
		"wav", "rf64", "aiff"}
	for _, f := range madeFiles() {
		res, err := File(f.mediaType, bytes.NewReader(f.data), int64(len(f.data)))
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		w, ok := want[f.name]
		if ok && (res.Title != w.Title || res.Artist != w.Artist || res.Width != w.Width || res.Height != w.Height ||
			res.Millis != w.Millis) {
			t.Errorf("%s says %q %q %d×%d %d ms, want %q %q %d×%d %d ms", f.name, res.Title, res.Artist, res.Width, res.Height,
				res.Millis, w.Title, w.Artist, w.Width, w.Height, w.Millis)
		}
		if has := res.Cover != nil; has != slices.Contains(covers, f.name) {
			t.Errorf("%s: cover %v", f.name, res.Cover)
		}
		if c := res.Cover; c != nil && !bytes.HasPrefix(planned(t, Plan{c.Piece}, f.data), []byte("\xff\xd8\xff")) {
			t.Errorf("%s: the cover is not where it is said to be", f.name)
		}
	}
}

// A sparse file has parts, and zeros between them.
type sparse struct {
	size  int64
	parts map[int64][]byte
	read  int64
}

func (s *sparse) ReadAt(b []byte, at int64) (int, error) {
	n := int(min(int64(len(b)), s.size-at))
	clear(b[:n])
	for from, part := range s.parts {
		for i := max(from, at); i < min(from+int64(len(part)), at+int64(n)); i++ {
			b[i-at] = part[i-from]
		}
	}
	s.read += int64(n)
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// TestISOLong cleans a film of 6 GiB whose index is at its end, by reading no more than the index: its
// last chunk needs an offset of 64 bits, also where it comes to lie.
func TestISOLong(t *testing.T) {
	t.Parallel()
	const half = 1 << 31
	head := join(box("ftyp", "isom", 0, "isom"), 1, "mdat", be.AppendUint64(nil, 16+3*half+uint64(len(told()))+5))
	first := int64(len(head))
	last := first + 3*half + int64(len(told()))
	stbl := box("stbl", box("stsd", 0, 1, madeVisual()), box("stts", 0, 1, 4, 250), box("stsc", 0, 2, 1, 3, 1, 2, 1, 1),
		box("stsz", 0, 0, 4, bytes.Repeat(be.AppendUint32(nil, half), 3), 5), box("co64", 0, 2, be.AppendUint64(nil, uint64(first)), be.AppendUint64(nil, uint64(last))))
	moov := box("moov", madeHeader(), madeTrakOf(1, "vide", stbl))
	s := &sparse{size: last + 5 + int64(len(moov)), parts: map[int64][]byte{
		0: head, last - int64(len(told())): told(), last: join(sound, moov)}}

	res, err := File("video/mp4", s, s.size)
	if err != nil {
		t.Fatal(err)
	}
	index := res.Plan[0].New
	for _, p := range res.Plan[1:] {
		index = join(index, p.New)
	}
	at := bytes.Index(index, []byte("co64"))
	if at < 0 {
		t.Fatal("no offsets of 64 bits")
	}
	var got [2]int64
	for i := range got {
		got[i] = original(res.Plan, int64(be.Uint64(index[at+12+8*i:])))
	}
	if want := [2]int64{first, last}; got != want {
		t.Errorf("the chunks are those at %d, want %d", got, want)
	}
	if s.read > 64<<10 {
		t.Errorf("read %d bytes", s.read)
	}
}

// original is where a byte of a cleaned file is in the original.
func original(p Plan, at int64) int64 {
	for i := range p {
		if n := p[i].length(); at >= n {
			at -= n
		} else if p[i].New == nil {
			return p[i].Offset + at
		} else {
			return -1
		}
	}
	return -1
}

// TestISOMeasurements drops captions that a drone writes.
func TestISOMeasurements(t *testing.T) {
	t.Parallel()
	for text, stays := range map[string]bool{
		"GPS(8.54,47.37,19) HOME(8.5,47.3)": false, "[latitude: 47.3] [longitude: 8.5]": false, "$GPRMC,123519,A": false,
		"We lost the GPS. Where are we?": true, "Hello": true,
	} {
		sample := join(sound, text)
		at := 8
		film := join(box("mdat", sample), box("moov", madeHeader(), madeTrak(1, "vide", madeVisual(), at, len(sound)),
			madeTrak(2, "sbtl", box("tx3g", nul(38)), at+len(sound), len(text))))
		_, out := clean(t, "video/mp4", film)
		if got := bytes.Contains(out, []byte(text)); got != stays {
			t.Errorf("%q stays: %v, want %v", text, got, stays)
		}
	}
}

// TestMediaLimits asks for errors of their kind.
func TestMediaLimits(t *testing.T) {
	t.Parallel()
	film := madeFilm(false)
	for _, c := range []struct {
		name, mediaType string
		data            []byte
		want            error
		says            string
	}{
		{"compressed index", "video/quicktime", box("moov", box("cmov", "zlib")), ErrFormat, "compressed"},
		{"other files", "video/quicktime", bytes.Replace(film, join("alis", 1), join("alis", 0), 1), ErrFormat, "another file"},
		{"no track", "video/mp4", box("moov", box("mvhd", nul(100))), ErrFormat, "neither picture nor sound"},
		{"points outside", "video/mp4", bytes.Replace(film, join("stco", 0, 1), join("stco", 0, 1, byte(1)), 1)[:len(film)], ErrFormat, "outside"},
		{"boxes at the top", "video/mp4", bytes.Repeat(box("free"), maxISOTop+1), ErrLimit, "boxes"},
		{"boxes in the index", "video/mp4", box("moov", bytes.Repeat(box("trak"), maxISOBoxes+1)), ErrLimit, "boxes"},
		{"chapters in chapters", "video/webm", join(ebml(mkvHeader), ebml(mkvSegment, deepChapters(30))), ErrLimit, "deeper"},
		{"pages in junk", "audio/ogg", join("x", bytes.Repeat(join("OggS", nul(23)), maxOggLost+2)), ErrLimit, "page"},
		{"streams", "audio/ogg", manyStreams(maxOggStream + 1), ErrLimit, "streams"},
		{"free format", "audio/mpeg", bytes.Repeat([]byte("\xff\xfb\x00\x00"), 200), ErrFormat, "no sound"},
		{"blocks", "audio/flac", join("fLaC", flacBlock(0, madeStreamInfo()), bytes.Repeat(flacBlock(1, nil), maxFLACBlocks+1)), ErrLimit, "blocks"},
		{"chunks", "audio/wav", riff("RIFF", "WAVE", bytes.Repeat(riff("JUNK"), maxChunks+1)), ErrLimit, "chunks"},
		{"lists in lists", "video/x-msvideo", riff("RIFF", "AVI ", riff("LIST", "hdrl"), deepLists(8)), ErrFormat, "neither"},
		{"nothing", "audio/amr", nil, ErrFormat, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := File(c.mediaType, bytes.NewReader(c.data), int64(len(c.data)))
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %v that says %q", err, c.want, c.says)
			}
		})
	}
}

func deepChapters(n int) []byte {
	b := []byte{}
	for range n {
		b = ebml(0xB6, b)
	}
	return ebml(mkvChapters, ebml(0x45B9, b))
}

func deepLists(n int) []byte {
	b := []byte{}
	for range n {
		b = riff("LIST", "rec ", b)
	}
	return riff("LIST", "movi", b)
}

func manyStreams(n int) (out []byte) {
	for i := range n {
		out = append(out, oggWrite(&oggPage{flags: oggBegins, serial: uint32(i)}, 0, []byte{1}, []byte{0})...)
	}
	return out
}
