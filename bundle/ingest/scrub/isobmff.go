package scrub

import (
	"encoding/binary"
	"io"
	"slices"
)

// Films and sound in boxes: MP4 (ISO/IEC 14496-12 and -14), QuickTime (QuickTime File Format
// Specification), 3GP (3GPP TS 26.244).
//
// The index, moov, is read into memory and cleaned there: boxes that are not on the list of those
// that stay go, and times, names and makers in those that stay are zeros. Then a film in one piece
// is laid out anew: ftyp, the index, and of mdat what the tracks that stay refer to, in the order of
// the file. Bytes that no track refers to are not carried over. A film in fragments, which refer to
// each other in many ways, is cleaned where it lies: what goes becomes free space, all zeros.

const (
	maxISOTop    = 1 << 18  // boxes at the top: a film of fragments has four every few seconds
	maxISOIndex  = 64 << 20 // bytes of moov, of a moof, of mfra: a day of film has 20 MB of index
	maxISOBoxes  = 1 << 16  // boxes in an index: a track has about 30
	maxISOChunks = 1 << 21  // chunks, or runs of samples: eight hours where each sample is one
	maxISOBrands = 64
)

// isoBrands are brands that name a standard. Others name a camera or a program.
var isoBrands = isoSet(`isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 isoa isob isoc mp41 mp42 mp71 avc1
	av01 hvc1 hev1 M4A· M4B· M4P· M4V· qt·· 3gp4 3gp5 3gp6 3gp7 3gp8 3gp9 3gr6 3gr7 3gs6 3gs7 3gs9 3ge6
	3ge7 3gg6 3gh9 3g2a 3g2b 3g2c dash msdh msix risx lmsg cmfc cmfs cmff cmfl cmf2 dby1 f4v· iso0 piff`)

// isoTopStays are the boxes at the top that stay. Those of the second list are in fragments only.
var (
	isoTopStays      = isoSet("ftyp moov mdat")
	isoFragmentStays = isoSet("ftyp styp moov moof mdat sidx ssix mfra")
)

// An isoTop is a box at the top of a file.
type isoTop struct {
	typ          string
	offset, size int64 // with its head
	head         int64
}

// An isoFile is a file on its way.
type isoFile struct {
	*mediaSource
	res     Result
	tops    []isoTop
	end     int64 // of the last box
	mdats   []isoTop
	moovAt  isoTop
	moov    *isoBox
	tracks  []*isoTrack // those that stay
	dropped bool        // some do not
	patches []mediaPatch
	runs    []isoRun
}

// cleanISO cleans films and sound in boxes. An index may have 64 MiB, and a film 2^21 chunks. One that
// keeps its samples in other files, or its index compressed, is an ErrFormat.
func cleanISO(r io.ReaderAt, size int64) (*Result, error) {
	f := &isoFile{mediaSource: newMediaSource(r, size, 4<<10)}
	if err := f.scan(); err != nil {
		return nil, err
	}
	if err := f.index(); err != nil {
		return nil, err
	}
	lay := f.rebuild
	if f.moov.kid("mvex") != nil || slices.ContainsFunc(f.tops, func(t isoTop) bool { return t.typ == "moof" }) {
		lay = f.blank
	}
	if err := lay(); err != nil {
		return nil, err
	}
	f.measure()
	return f.finish(&f.res)
}

// scan finds the boxes at the top. Behind the index and the samples, what is no box is junk.
func (f *isoFile) scan() error {
	for f.end < f.size {
		t, ok, err := f.top(f.end)
		switch {
		case err != nil:
			return err
		case !ok && f.moovAt.size > 0:
			f.res.remove("bytes behind the end", f.size-f.end)
			return nil
		case !ok:
			return brokenf("no box where one should be, at %d", f.end)
		case len(f.tops) == maxISOTop:
			return limitf("more than %d boxes", maxISOTop)
		case t.typ == "moov" && f.moovAt.size > 0:
			return brokenf("it has two indexes")
		}
		switch t.typ {
		case "moov":
			f.moovAt = t
		case "mdat":
			f.mdats = append(f.mdats, t)
		}
		f.tops = append(f.tops, t)
		f.end += t.size
	}
	if f.moovAt.size == 0 {
		return brokenf("it has no index")
	}
	return nil
}

// top reads the head of a box at the top. A last mdat that is cut off has what is there.
func (f *isoFile) top(at int64) (t isoTop, ok bool, err error) {
	b, err := f.peek(at, 16)
	if err != nil || len(b) < 8 {
		return t, false, err
	}
	t = isoTop{string(b[4:8]), at, int64(binary.BigEndian.Uint32(b)), 8}
	switch {
	case t.size == 0:
		t.size = f.size - at
	case t.size == 1 && len(b) == 16:
		t.head, t.size = 16, int64(binary.BigEndian.Uint64(b[8:]))
	}
	if t.typ == "mdat" && t.size > f.size-at {
		t.size = f.size - at
	}
	return t, isLegible(b[4:8]) && t.size >= t.head && t.size <= f.size-at, nil
}

// isLegible says whether the type of a box may be one.
func isLegible(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c < ' ' || c > '~' && c != 0xA9 })
}

// index reads the index and cleans it.
func (f *isoFile) index() error {
	if f.moovAt.size > maxISOIndex {
		return limitf("its index has more than %d bytes", maxISOIndex)
	}
	raw, err := f.read(f.moovAt.offset, f.moovAt.size)
	if err != nil {
		return err
	}
	c := &isoCleaner{res: &f.res}
	f.tags(raw[f.moovAt.head:], f.moovAt.offset+f.moovAt.head)
	f.moov, err = c.parse("moov", raw, f.moovAt.head)
	if err != nil {
		return err
	}
	if f.moov.kid("mvhd") == nil {
		return brokenf("its index says nothing of the film")
	}
	f.tracks, err = f.pickTracks(c)
	if err == nil && len(f.tracks) == 0 {
		err = brokenf("it has neither picture nor sound")
	}
	return err
}

// rebuild lays out a film in one piece.
func (f *isoFile) rebuild() error {
	chunks, err := f.chunks()
	if err != nil {
		return err
	}
	if err := f.merge(chunks); err != nil {
		return err
	}
	for _, t := range f.tracks {
		if err := f.blankFirst(t); err != nil {
			return err
		}
	}
	sortPatches(f.patches)
	ftyp, err := f.brands()
	if err != nil {
		return err
	}
	moov, dataAt := f.settle(int64(len(ftyp)))
	f.res.Plan.add(ftyp)
	f.res.Plan.add(moov)
	f.data(dataAt - int64(len(ftyp)+len(moov)))
	f.noteTops(isoTopStays)
	return nil
}

// settle gives all chunks their new places. The index grows where offsets need 64 bits, which moves
// the chunks: so until nothing changes.
func (f *isoFile) settle(ftyp int64) (moov []byte, dataAt int64) {
	head := int64(8)
	if f.dataLen()+head > 1<<32-1 {
		head = 16
	}
	size := f.moov.size()
	for {
		dataAt = ftyp + size + head
		for _, t := range f.tracks {
			t.place(f.runs, dataAt)
		}
		if now := f.moov.size(); now != size {
			size = now
			continue
		}
		return f.moov.append(nil, true), dataAt
	}
}

func (f *isoFile) dataLen() (n int64) {
	if len(f.runs) > 0 {
		last := f.runs[len(f.runs)-1]
		n = last.out + last.size
	}
	return n
}

// data adds mdat to the plan.
func (f *isoFile) data(head int64) {
	n := f.dataLen()
	b := binary.BigEndian.AppendUint32(nil, uint32(n+head))
	if head == 16 {
		b = binary.BigEndian.AppendUint32(b[:0], 1)
	}
	b = append(b, "mdat"...)
	if head == 16 {
		b = binary.BigEndian.AppendUint64(b, uint64(n+head))
	}
	f.res.Plan.add(b)
	for _, run := range f.runs {
		f.res.Plan.patched(run.offset, run.size, f.patches)
	}
	for _, t := range f.mdats {
		n -= t.size - t.head
	}
	if n < 0 {
		f.res.remove("data that no picture or sound refers to", -n)
	}
}

// brands returns ftyp with the brands that name standards; none where the file has none, as old
// QuickTime films.
func (f *isoFile) brands() ([]byte, error) {
	i := slices.IndexFunc(f.tops, func(t isoTop) bool { return t.typ == "ftyp" })
	if i < 0 {
		return nil, nil
	}
	t := f.tops[i]
	if t.size-t.head < 8 || t.size-t.head > 8+4*maxISOBrands {
		return nil, brokenf("its list of brands has %d bytes", t.size)
	}
	b, err := f.read(t.offset+t.head, t.size-t.head)
	if err != nil {
		return nil, err
	}
	b = append([]byte("\x00\x00\x00\x00ftyp"), f.cleanBrands(b, true)...)
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b, nil
}

// cleanBrands cleans the body of ftyp or styp. Where it may not become shorter, what goes is isom.
func (f *isoFile) cleanBrands(b []byte, shorter bool) []byte {
	major := string(b[:4])
	if !isoBrands[major] {
		f.res.remove("the brand of a camera or program", 4)
		major = "isom"
	}
	out := append([]byte(major), 0, 0, 0, 0) // the minor version tells programs apart
	for b = b[8:]; len(b) >= 4; b = b[4:] {
		brand := string(b[:4])
		switch {
		case isoBrands[brand]:
			out = append(out, brand...)
		case !shorter:
			out = append(out, "isom"...)
		}
		if !isoBrands[brand] {
			f.res.remove("the brand of a camera or program", 4)
		}
	}
	return out
}

// noteTops notes boxes at the top that go.
func (f *isoFile) noteTops(stays map[string]bool) {
	for _, t := range f.tops {
		if !stays[t.typ] {
			f.res.remove(isoWhat(t.typ), t.size)
		}
	}
}
