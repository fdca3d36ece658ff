package scrub

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
)

// Sound in chunks: WAV (Multimedia Programming Interface and Data Specifications 1.0; RF64, EBU
// Tech 3306) and AIFF (Audio Interchange File Format 1.3; AIFF-C draft of 1991). Only what is needed
// to play stays: how the sound is coded, and the sound.

const (
	maxChunks      = 1 << 16
	maxFormatChunk = 64 << 10 // bytes of a chunk that says how sound is coded
)

// A chunkFile is a file of chunks on its way.
type chunkFile struct {
	*mediaSource
	res   Result
	order binary.ByteOrder
	end   int64 // of the file, as it says
}

// A chunk is a part of it.
type chunk struct {
	id       string
	at, size int64 // of its body
}

// openChunks checks the head of a file. A size that is not known yet, or beyond the file, is that of
// the file.
func openChunks(r io.ReaderAt, size int64, order binary.ByteOrder) (f *chunkFile, head string, err error) {
	f = &chunkFile{mediaSource: newMediaSource(r, size, 4<<10), order: order, end: size}
	b, err := f.read(0, 12)
	if err != nil {
		return nil, "", err
	}
	if n := int64(order.Uint32(b[4:])) + 8; n > 12 && n < size {
		f.end = n
	}
	return f, string(b[:4]) + string(b[8:]), nil
}

// each goes over the chunks. Those for whom take says no go.
func (f *chunkFile) each(sizeOf func(chunk) int64, take func(chunk) (bool, error)) error {
	at := int64(12)
	for n := 0; at+8 <= f.end; n++ {
		head, err := f.peek(at, 8)
		if err != nil {
			return err
		}
		if n == maxChunks {
			return limitf("more than %d chunks", n)
		}
		c := chunk{string(head[:4]), at + 8, int64(f.order.Uint32(head[4:]))}
		c.size = min(sizeOf(c), f.end-c.at)
		taken, err := take(c)
		if err != nil {
			return err
		}
		if !taken {
			f.res.remove(chunkWhat(c.id), c.size+8)
		}
		at = c.at + c.size + c.size&1
	}
	if at < f.size {
		f.res.remove("bytes behind the end", f.size-at)
	}
	return nil
}

func chunkWhat(id string) string {
	switch id {
	case "LIST", "ID3 ", "id3 ", "NAME", "AUTH", "ANNO", "(c) ", "COMT", "bext", "iXML", "_PMX":
		return "tags: titles, makers, places"
	case "JUNK", "PAD ", "FLLR":
		return "free space"
	}
	return "private data of programs"
}

// A wavFile is a WAV file.
type wavFile struct {
	*chunkFile
	wide         bool // RF64: sizes of 64 bits
	ds64         []byte
	format, fact []byte
	data         chunk
}

// cleanWAV cleans WAV and RF64.
func cleanWAV(r io.ReaderAt, size int64) (*Result, error) {
	f, head, err := openChunks(r, size, binary.LittleEndian)
	if err != nil {
		return nil, err
	}
	w := &wavFile{chunkFile: f, wide: head == "RF64WAVE" || head == "BW64WAVE"}
	if head != "RIFFWAVE" && !w.wide {
		return nil, brokenf("no WAV")
	}
	if w.wide {
		f.end = size
	}
	if err := f.each(w.sizeOf, w.take); err != nil {
		return nil, err
	}
	if w.format == nil || w.data.at == 0 {
		return nil, brokenf("there is no sound in it")
	}
	w.plan()
	return f.finish(&f.res)
}

// sizeOf is the size of a chunk. RF64 has that of the data in ds64; programs that could not go back
// to write it leave all ones.
func (w *wavFile) sizeOf(c chunk) int64 {
	if c.id == "data" && c.size == math.MaxUint32 {
		if w.wide && len(w.ds64) >= 16 {
			return int64(binary.LittleEndian.Uint64(w.ds64[8:]) &^ (1 << 63))
		}
		return math.MaxInt64
	}
	return c.size
}

func (w *wavFile) take(c chunk) (ok bool, err error) {
	if c.id == "data" {
		ok = w.data.at == 0
		if ok {
			w.data = c
		}
		return ok, nil
	}
	into := map[string]*[]byte{"ds64": &w.ds64, "fmt ": &w.format, "fact": &w.fact}[c.id]
	if into == nil || *into != nil || c.size > maxFormatChunk || c.id == "ds64" && !w.wide {
		return false, w.tag(c)
	}
	*into, err = w.read(c.at, c.size)
	if err == nil && c.id == "fmt " {
		err = w.cutFormat()
	}
	return true, err
}

// cutFormat keeps of a format what it says it has.
func (w *wavFile) cutFormat() error {
	n := len(w.format)
	switch {
	case n < 16:
		return brokenf("it does not say how its sound is coded")
	case n < 18:
		w.format = w.format[:16]
	default:
		w.format = w.format[:min(n, 18+int(binary.LittleEndian.Uint16(w.format[16:])))]
	}
	return nil
}

// tag reads title and artist from chunks that go: INFO, and ID3.
func (w *wavFile) tag(c chunk) error {
	if c.id == "id3 " || c.id == "ID3 " {
		return w.readID3(&w.res, c.at)
	}
	if c.id != "LIST" || c.size > maxFormatChunk {
		return nil
	}
	b, err := w.read(c.at, c.size)
	if err != nil || !bytes.HasPrefix(b, []byte("INFO")) {
		return err
	}
	w.res.riffInfo(b[4:])
	return nil
}

// riffInfo reads title and artist from a list of INFO.
func (r *Result) riffInfo(b []byte) {
	for len(b) >= 8 {
		text, rest, ok := cutLE32(b[4:])
		if !ok {
			return
		}
		switch string(b[:4]) {
		case "INAM":
			r.setTitle(mediaLatin1(text))
		case "IART":
			r.setArtist(mediaLatin1(text))
		}
		b = rest[min(len(rest), len(text)&1):]
	}
}

func (w *wavFile) plan() {
	body := []byte("WAVE")
	dataSize := uint32(min(w.data.size, math.MaxUint32))
	if w.wide {
		ds64 := binary.LittleEndian.AppendUint64(make([]byte, 8), uint64(w.data.size))
		samples := make([]byte, 8)
		if len(w.ds64) >= 24 {
			samples = w.ds64[16:24]
		}
		body = appendChunk(body, "ds64", append(append(ds64, samples...), 0, 0, 0, 0))
		dataSize = math.MaxUint32
	}
	body = appendChunk(body, "fmt ", w.format)
	if len(w.fact) >= 4 {
		body = appendChunk(body, "fact", w.fact[:4])
	}
	body = binary.LittleEndian.AppendUint32(append(body, "data"...), dataSize)
	total := int64(len(body)) + w.data.size + w.data.size&1
	head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(min(total, math.MaxUint32)))
	if w.wide {
		head = binary.LittleEndian.AppendUint32([]byte("RF64"), math.MaxUint32)
		binary.LittleEndian.PutUint64(body[12:], uint64(total))
	}
	w.res.Plan.add(append(head, body...))
	w.res.Plan.copy(w.data.at, w.data.size)
	w.res.Plan.add(make([]byte, w.data.size&1))
	w.res.Millis = millis(uint64(w.data.size), uint64(binary.LittleEndian.Uint32(w.format[8:])))
}

func appendChunk(b []byte, id string, body []byte) []byte {
	b = binary.LittleEndian.AppendUint32(append(b, id...), uint32(len(body)))
	b = append(b, body...)
	return append(b, make([]byte, len(body)&1)...)
}

// An aiffFile is an AIFF or AIFF-C file.
type aiffFile struct {
	*chunkFile
	form    string
	version bool
	common  []byte
	sound   chunk
}

// cleanAIFF cleans AIFF and AIFF-C.
func cleanAIFF(r io.ReaderAt, size int64) (*Result, error) {
	f, head, err := openChunks(r, size, binary.BigEndian)
	if err != nil {
		return nil, err
	}
	if head != "FORMAIFF" && head != "FORMAIFC" {
		return nil, brokenf("no AIFF")
	}
	a := &aiffFile{chunkFile: f, form: head[4:]}
	if err := f.each(func(c chunk) int64 { return c.size }, a.take); err != nil {
		return nil, err
	}
	if a.common == nil || a.sound.at == 0 {
		return nil, brokenf("there is no sound in it")
	}
	a.plan()
	return f.finish(&f.res)
}

func (a *aiffFile) take(c chunk) (ok bool, err error) {
	switch {
	case c.id == "FVER" && !a.version && c.size == 4:
		a.version = true
	case c.id == "COMM" && a.common == nil && c.size <= maxFormatChunk:
		a.common, err = a.read(c.at, c.size)
		if err == nil {
			err = a.cutCommon()
		}
	case c.id == "SSND" && a.sound.at == 0 && c.size >= 8:
		a.sound = c
	default:
		return false, a.tag(c)
	}
	return true, err
}

// cutCommon empties the name of the compression.
func (a *aiffFile) cutCommon() error {
	n := 18
	if a.form == "AIFC" {
		n = 22
	}
	if len(a.common) < n {
		return brokenf("it does not say how its sound is coded")
	}
	if a.common = a.common[:n]; a.form == "AIFC" {
		a.common = append(a.common, 0, 0) // an empty name, to an even length
	}
	return nil
}

func (a *aiffFile) tag(c chunk) error {
	switch c.id {
	case "ID3 ":
		return a.readID3(&a.res, c.at)
	case "NAME", "AUTH":
		b, err := a.read(c.at, min(c.size, maxMediaText))
		if c.id == "NAME" {
			a.res.setTitle(mediaLatin1(b))
		} else {
			a.res.setArtist(mediaLatin1(b))
		}
		return err
	}
	return nil
}

func (a *aiffFile) plan() {
	be := binary.BigEndian
	body := []byte(a.form)
	if a.version { // of the only version there is
		body = append(body, "FVER\x00\x00\x00\x04\xA2\x80\x51\x40"...)
	}
	body = be.AppendUint32(append(body, "COMM"...), uint32(len(a.common)))
	body = append(body, a.common...)
	body = be.AppendUint32(append(body, "SSND"...), uint32(a.sound.size))
	total := int64(len(body)) + a.sound.size + a.sound.size&1
	a.res.Plan.add(append(be.AppendUint32([]byte("FORM"), uint32(total)), body...))
	a.res.Plan.copy(a.sound.at, a.sound.size)
	a.res.Plan.add(make([]byte, a.sound.size&1))
	a.res.Millis = millis(uint64(be.Uint32(a.common[2:])), uint64(extended(a.common[8:18])))
}

// extended reads the whole part of a number of 80 bits (IEEE 754, double extended).
func extended(b []byte) uint64 {
	exponent := int(binary.BigEndian.Uint16(b)&0x7FFF) - 16383
	if exponent < 0 || exponent > 32 {
		return 0
	}
	return binary.BigEndian.Uint64(b[2:]) >> (63 - exponent)
}
