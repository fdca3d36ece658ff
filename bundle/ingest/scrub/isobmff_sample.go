package scrub

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// An isoChunk is where some samples of one track lie next to each other.
type isoChunk struct{ offset, size int64 }

// An isoRun is a part of the original that is carried over whole, and where it comes to lie in the
// new mdat.
type isoRun struct{ offset, size, out int64 }

// isoSizes are the sizes of samples, of stsz or stz2.
type isoSizes struct {
	fixed int64
	count int64
	bits  int64 // of an entry of the table
	table []byte
	// frame: of sound that QuickTime counts in sound frames, this many take this many bytes
	frames, bytes int64
}

func (t *isoTrack) sizes() (z isoSizes, err error) {
	b := t.stbl.kid("stsz")
	z.bits = 32
	if b == nil {
		if b = t.stbl.kid("stz2"); b == nil {
			return z, brokenf("a track does not say how large its samples are")
		}
		if z.bits = int64(b.body[7]); z.bits != 4 && z.bits != 8 && z.bits != 16 {
			return z, brokenf("sample sizes of %d bits", z.bits)
		}
	} else {
		z.fixed = int64(isoU32(b.body, 4))
	}
	z.count, z.table = int64(isoU32(b.body, 8)), b.body[12:b.used]
	if z.fixed != 0 && t.kind == "soun" {
		z.frames, z.bytes = isoFrames(t.stbl.kid("stsd").kids[0], z.fixed)
	}
	return z, nil
}

// isoFrames says how sound is packed whose samples QuickTime says are all of one size: it means
// uncompressed sample frames then, whatever the size it names.
func isoFrames(e *isoBox, fixed int64) (frames, size int64) {
	u16 := func(at int) int64 { return int64(binary.BigEndian.Uint16(e.body[at:])) }
	switch version := u16(8); {
	case version == 1 && len(e.body) >= 44:
		frames, size = int64(isoU32(e.body, 28)), int64(isoU32(e.body, 36))
	case version == 2 && len(e.body) >= 64:
		frames, size = int64(isoU32(e.body, 60)), int64(isoU32(e.body, 56))
	case fixed == 1:
		frames, size = 1, u16(16)*max(1, u16(18)/8)
	}
	if frames < 1 || size < 1 {
		return 1, fixed
	}
	return frames, size
}

// length is how many bytes n samples from one on have.
func (z *isoSizes) length(from, n int64) (sum int64) {
	n = max(0, min(n, z.count-from))
	switch {
	case z.frames > 0:
		return (n + z.frames - 1) / z.frames * z.bytes
	case z.fixed > 0:
		return n * z.fixed
	}
	for i := from; i < from+n; i++ {
		switch z.bits {
		case 32:
			sum += int64(binary.BigEndian.Uint32(z.table[4*i:]))
		case 16:
			sum += int64(binary.BigEndian.Uint16(z.table[2*i:]))
		case 8:
			sum += int64(z.table[i])
		case 4:
			sum += int64(z.table[i/2] >> (4 - i%2*4) & 15)
		}
	}
	return sum
}

// first is how many bytes the first sample has.
func (z *isoSizes) first() int64 { return z.length(0, 1) }

// readChunks finds the chunks of a track, with their sizes.
func (t *isoTrack) readChunks() error {
	if t.offsets == nil || isoU32(t.offsets.body, 4) == 0 {
		return nil
	}
	z, err := t.sizes()
	stsc := t.stbl.kid("stsc")
	if err != nil || stsc == nil {
		return cmp.Or(err, brokenf("a track does not say what is in its chunks"))
	}
	wide := t.offsets.typ == "co64"
	n := int(isoU32(t.offsets.body, 4))
	if n > maxISOChunks {
		return limitf("more than %d chunks", maxISOChunks)
	}
	t.chunks = make([]isoChunk, n)
	runs, perChunk, sample := stsc.body[8:stsc.used], int64(0), int64(0)
	for i := range t.chunks {
		for len(runs) >= 12 && int64(isoU32(runs, 0)) <= int64(i)+1 {
			perChunk, runs = int64(isoU32(runs, 4)), runs[12:]
		}
		t.chunks[i] = isoChunk{t.offset(i, wide), z.length(sample, perChunk)}
		sample += perChunk
	}
	t.noteFirst(t.chunks[0].offset, z.first())
	return nil
}

func (t *isoTrack) offset(i int, wide bool) int64 {
	if wide {
		return int64(binary.BigEndian.Uint64(t.offsets.body[8+8*i:]) &^ (1 << 63))
	}
	return int64(isoU32(t.offsets.body, 8+4*i))
}

// chunks returns the chunks of all tracks, sorted by where they are.
func (f *isoFile) chunks() ([]isoChunk, error) {
	var all []isoChunk
	for _, t := range f.tracks {
		if len(all)+len(t.chunks) > maxISOChunks {
			return nil, limitf("more than %d chunks", maxISOChunks)
		}
		for _, c := range t.chunks {
			if c.size > 0 {
				all = append(all, c)
			}
		}
	}
	sortChunks(all)
	return all, nil
}

func sortChunks(chunks []isoChunk) {
	slices.SortFunc(chunks, func(a, b isoChunk) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.size, b.size))
	})
}

// merge makes runs of chunks, sorted, that touch. Chunks may overlap: no byte is carried over twice,
// so a film cannot grow.
func (f *isoFile) merge(chunks []isoChunk) error {
	slices.SortFunc(f.mdats, func(a, b isoTop) int { return cmp.Compare(a.offset, b.offset) })
	mdat, out := 0, int64(0)
	for _, c := range chunks {
		for mdat < len(f.mdats) && f.mdats[mdat].offset+f.mdats[mdat].size <= c.offset {
			mdat++
		}
		if mdat == len(f.mdats) || c.offset < f.mdats[mdat].offset+f.mdats[mdat].head ||
			c.size > f.mdats[mdat].offset+f.mdats[mdat].size-c.offset {
			return brokenf("it is cut off, or its index points outside of its data")
		}
		n := len(f.runs) - 1
		if n < 0 || c.offset > f.runs[n].offset+f.runs[n].size {
			f.runs = append(f.runs, isoRun{c.offset, c.size, out})
			out += c.size
			continue
		}
		if grow := c.offset + c.size - f.runs[n].offset - f.runs[n].size; grow > 0 {
			f.runs[n].size += grow
			out += grow
		}
	}
	return nil
}

// place writes the new offsets of a track's chunks. Where one needs 64 bits, all have them.
func (t *isoTrack) place(runs []isoRun, dataAt int64) {
	if t.offsets == nil {
		return
	}
	entry := 4
	if n := len(runs); n > 0 && dataAt+runs[n-1].out+runs[n-1].size > 1<<32-1 &&
		slices.ContainsFunc(t.chunks, func(c isoChunk) bool { return newPlace(runs, c, dataAt) > 1<<32-1 }) {
		entry = 8
	}
	t.offsets.typ = map[int]string{4: "stco", 8: "co64"}[entry]
	body := binary.BigEndian.AppendUint32(make([]byte, 4, 8+entry*len(t.chunks)), uint32(len(t.chunks)))
	for _, c := range t.chunks {
		if to := newPlace(runs, c, dataAt); entry == 8 {
			body = binary.BigEndian.AppendUint64(body, uint64(to))
		} else {
			body = binary.BigEndian.AppendUint32(body, uint32(to))
		}
	}
	t.offsets.body, t.offsets.used = body, len(body)
}

// newPlace is where a chunk is in the new file. An empty one is where the data begins.
func newPlace(runs []isoRun, c isoChunk, dataAt int64) int64 {
	i, found := slices.BinarySearchFunc(runs, c.offset, func(r isoRun, at int64) int {
		return cmp.Compare(r.offset, at)
	})
	if !found {
		i--
	}
	if c.size == 0 || i < 0 {
		return dataAt
	}
	return dataAt + runs[i].out + c.offset - runs[i].offset
}

// telemetry says whether captions are a drone's or camera's: it writes there where it is.
func (f *isoFile) telemetry(t *isoTrack) (why string, err error) {
	if err := t.readChunks(); err != nil || t.kind != "text" {
		return "", err
	}
	for _, c := range t.chunks[:min(16, len(t.chunks))] {
		b, err := f.peek(c.offset, int(min(c.size, 1024)))
		if err != nil {
			return "", err
		}
		if isTelemetry(b) {
			return "captions with positions", nil
		}
	}
	return "", nil
}

// isTelemetry knows what drones (DJI: [latitude: …], GPS (…)) and car cameras ($GPRMC) write.
func isTelemetry(b []byte) bool {
	b = bytes.ToLower(b)
	for _, word := range []string{"latitude", "longitude", "longtitude", "$gprmc", "$gpgga", "$gnrmc", "gps(",
		"gps (", "gps:", "home("} {
		if bytes.Contains(b, []byte(word)) {
			return true
		}
	}
	return false
}
