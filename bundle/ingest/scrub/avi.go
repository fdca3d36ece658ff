package scrub

import (
	"encoding/binary"
	"io"
	"slices"
)

// AVI (Microsoft, AVI RIFF File Reference; OpenDML AVI File Format Extensions 1.02). Its indexes
// refer to chunks by where they are, so nothing moves: what goes becomes JUNK of the same length, all
// zeros.

const (
	maxAVIChunks = 1 << 24 // 80 hours of picture and sound
	maxAVIDeep   = 4       // lists in lists
)

// aviStays are the chunks that stay, by the list they are in. Those of the stream list are followed by
// the chunks of the streams, which have names with numbers.
var aviStays = map[string]map[string]bool{
	"AVI ": isoSet("hdrl movi idx1"),
	"AVIX": isoSet("movi idx1"),
	"hdrl": isoSet("avih strl odml"),
	"strl": isoSet("strh strf indx vprp"),
	"odml": isoSet("dmlh"),
	"movi": isoSet("rec·"),
	"rec ": {},
}

// An aviFile is a file on its way.
type aviFile struct {
	*mediaSource
	res     Result
	patches []mediaPatch
	streams []string // their kinds
	chunks  int
	micros  uint64 // of a frame
	frames  uint64
}

// cleanAVI cleans AVI.
func cleanAVI(r io.ReaderAt, size int64) (*Result, error) {
	f := &aviFile{mediaSource: newMediaSource(r, size, 4<<10)}
	at := int64(0)
	for at+12 <= size {
		c, err := f.chunk(at, size)
		if err != nil {
			return nil, err
		}
		if c.id != "RIFF" || aviStays[c.list] == nil || (c.list == "AVI ") != (at == 0) {
			break
		}
		if err := f.list(c, 0); err != nil {
			return nil, err
		}
		at = c.end()
	}
	if !slices.Contains(f.streams, "vids") && !slices.Contains(f.streams, "auds") {
		return nil, brokenf("it has neither picture nor sound")
	}
	if at < size {
		f.res.remove("bytes behind the end", size-at)
	}
	sortPatches(f.patches)
	f.res.Plan.patched(0, min(at, size), f.patches)
	f.res.Millis = millis(min(f.frames, 1<<32)*f.micros, 1_000_000)
	return f.finish(&f.res)
}

// An aviChunk is a chunk, or a list of them.
type aviChunk struct {
	id, list string // list is what a list has
	at, size int64  // of its body
	limit    int64
}

func (c aviChunk) end() int64 { return min(c.at+c.size+c.size&1, c.limit) }

// chunk reads the head of a chunk. One that is cut off by the end of the file ends there.
func (f *aviFile) chunk(at, limit int64) (c aviChunk, err error) {
	if f.chunks++; f.chunks > maxAVIChunks {
		return c, limitf("more than %d chunks", maxAVIChunks)
	}
	b, err := f.peek(at, 12)
	if err != nil || len(b) < 8 {
		return c, brokenf("it ends too early")
	}
	c = aviChunk{string(b[:4]), "", at + 8, int64(binary.LittleEndian.Uint32(b[4:])), limit}
	if c.size > limit-c.at {
		if limit < f.size {
			return c, brokenf("a chunk is longer than the list around it")
		}
		c.size = limit - c.at
	}
	if (c.id == "RIFF" || c.id == "LIST") && c.size >= 4 && len(b) == 12 {
		c.list = string(b[8:])
	}
	return c, nil
}

// list goes over the chunks of a list.
func (f *aviFile) list(l aviChunk, depth int) error {
	if depth > maxAVIDeep {
		return limitf("lists deeper than %d", maxAVIDeep)
	}
	for at := l.at + 4; at+8 <= l.end(); {
		c, err := f.chunk(at, l.end())
		if err != nil {
			return err
		}
		name := c.id
		if c.list != "" {
			name = c.list
		}
		switch {
		case !aviStays[l.list][name] && !f.isStream(l.list, c.id):
			err = f.drop(at, c)
		case c.list != "":
			err = f.list(c, depth+1)
		default:
			err = f.says(c)
		}
		if err != nil {
			return err
		}
		at = c.end()
	}
	return nil
}

// isStream says whether a chunk is picture, sound or the index of them: 00dc, 01wb, ix00.
func (f *aviFile) isStream(list, id string) bool {
	if list != "movi" && list != "rec " {
		return false
	}
	number, kind := id[:2], id[2:]
	if number == "ix" {
		number, kind = kind, number
	}
	n := int(number[0]-'0')*10 + int(number[1]-'0')
	if number[0] < '0' || number[0] > '9' || number[1] < '0' || number[1] > '9' || n >= len(f.streams) {
		return false
	}
	switch kind {
	case "dc", "db", "pc":
		return f.streams[n] == "vids"
	case "wb":
		return f.streams[n] == "auds"
	}
	return kind == "ix"
}

// drop makes junk of a chunk. at is where its head is.
func (f *aviFile) drop(at int64, c aviChunk) error {
	if c.list == "INFO" && c.size <= maxFormatChunk {
		b, err := f.read(c.at+4, c.size-4)
		if err != nil {
			return err
		}
		f.res.riffInfo(b)
	}
	f.res.remove(chunkWhat(c.id), c.size+8)
	f.patches = append(f.patches, mediaPatch{at, 4, []byte("JUNK")}, mediaPatch{c.at, c.size, nil})
	return nil
}

// says reads what a chunk of the headers says.
func (f *aviFile) says(c aviChunk) error {
	b, err := f.peek(c.at, int(min(c.size, 56)))
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	switch {
	case c.id == "strh" && len(b) >= 4:
		f.streams = append(f.streams, string(b[:4]))
	case c.id == "avih" && len(b) >= 40:
		f.micros, f.frames = uint64(le.Uint32(b)), uint64(le.Uint32(b[16:]))
		f.res.Width, f.res.Height = int(min(le.Uint32(b[32:]), 1<<20)), int(min(le.Uint32(b[36:]), 1<<20))
	case c.id == "dmlh" && len(b) >= 4:
		f.frames = max(f.frames, uint64(le.Uint32(b)))
	}
	return nil
}
