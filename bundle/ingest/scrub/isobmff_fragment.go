package scrub

import (
	"bytes"
	"slices"
)

// An isoField is a field that is there where a flag says so.
type isoField struct {
	flag uint32
	size int
}

const (
	tfhdBase     = 0x1 // flags of tfhd (ISO/IEC 14496-12, 8.8.7)
	tfhdDuration = 0x8
	tfhdSize     = 0x10
	tfhdMoofBase = 0x20000
	trunOffset   = 0x1 // flags of trun (8.8.8)
	trunDuration = 0x100
	trunSize     = 0x200
)

// The fields of tfhd and trun in their order: base, sample entry, defaults of a sample; offset and
// flags of the first sample; of each sample duration, size, flags and shift.
var (
	tfhdFields  = []isoField{{tfhdBase, 8}, {2, 4}, {tfhdDuration, 4}, {tfhdSize, 4}, {0x20, 4}}
	trunFields  = []isoField{{trunOffset, 4}, {4, 4}}
	trunColumns = []isoField{{trunDuration, 4}, {trunSize, 4}, {0x400, 4}, {0x800, 4}}
)

// blank cleans a film in fragments where it lies.
func (f *isoFile) blank() error {
	chunks, err := f.chunks()
	if err != nil {
		return err
	}
	for _, t := range f.tops {
		more, err := f.blankTop(t)
		if err != nil {
			return err
		}
		if chunks = append(chunks, more...); len(chunks) > maxISOChunks {
			return limitf("more than %d runs of samples", maxISOChunks)
		}
	}
	sortChunks(chunks)
	if err := f.merge(chunks); err != nil {
		return err
	}
	f.zeroUnused()
	for _, t := range f.tracks {
		if err := f.blankFirst(t); err != nil {
			return err
		}
	}
	sortPatches(f.patches)
	f.res.Plan.patched(0, f.end, f.patches)
	f.noteTops(isoFragmentStays)
	return nil
}

func (f *isoFile) zero(offset, size int64) {
	f.patches = append(f.patches, mediaPatch{offset: offset, size: size})
}

func (f *isoFile) replace(offset int64, data []byte) {
	f.patches = append(f.patches, mediaPatch{offset, int64(len(data)), data})
}

// blankTop cleans a box at the top in its place, and returns where the samples of a fragment are.
func (f *isoFile) blankTop(t isoTop) ([]isoChunk, error) {
	switch {
	case t.typ == "mdat", t.typ == "ssix":
		return nil, nil
	case t.typ == "sidx":
		return nil, f.blankSegments(t)
	case t.typ == "moov":
		f.replace(t.offset, f.moov.append(nil, false))
		return nil, nil
	case t.typ == "ftyp", t.typ == "styp":
		return nil, f.blankBrands(t)
	case t.typ == "moof", t.typ == "mfra" && !f.dropped:
		return f.blankFragment(t)
	}
	f.replace(t.offset+4, []byte("free"))
	f.zero(t.offset+t.head, t.size-t.head)
	return nil, nil
}

// blankSegments takes out what is behind the table of sidx (ISO/IEC 14496-12, 8.16.3).
func (f *isoFile) blankSegments(t isoTop) error {
	b, err := f.peek(t.offset+t.head, int(min(32, t.size-t.head)))
	if err != nil {
		return err
	}
	n := []int{24, 32}[isoVersion(b)]
	if len(b) < n {
		return brokenf("a box %q is too short", t.typ)
	}
	used := t.head + int64(n) + 12*int64(isoU32(b, n-4)&0xFFFF)
	if used < t.size {
		f.zero(t.offset+used, t.size-used)
	}
	return nil
}

func (f *isoFile) blankBrands(t isoTop) error {
	if t.size-t.head < 8 || t.size-t.head > 8+4*maxISOBrands {
		return brokenf("its list of brands has %d bytes", t.size)
	}
	b, err := f.read(t.offset+t.head, t.size-t.head)
	if err != nil {
		return err
	}
	clean := f.cleanBrands(b, false)
	f.replace(t.offset+t.head, append(clean, make([]byte, len(b)-len(clean))...))
	return nil
}

// blankFragment cleans a moof or mfra.
func (f *isoFile) blankFragment(t isoTop) ([]isoChunk, error) {
	if t.size > maxISOIndex {
		return nil, limitf("an index of more than %d bytes", maxISOIndex)
	}
	raw, err := f.read(t.offset, t.size)
	if err != nil {
		return nil, err
	}
	old := slices.Clone(raw)
	c := &isoCleaner{res: &f.res}
	box, err := c.parse(t.typ, raw, t.head)
	if err != nil {
		return nil, err
	}
	var chunks []isoChunk
	base := t.offset
	for _, traf := range box.kids {
		if traf.typ == "traf" {
			if chunks, base, err = f.fragment(chunks, traf, t.offset, base); err != nil {
				return nil, err
			}
		}
	}
	if now := box.append(nil, false); !bytes.Equal(old, now) {
		f.replace(t.offset, now)
	}
	return chunks, nil
}

// fragment adds where the samples of a track in a fragment are. Where it does not say where they
// begin, they follow those of the track before.
func (f *isoFile) fragment(chunks []isoChunk, traf *isoBox, moof, base int64) ([]isoChunk, int64, error) {
	tfhd := traf.kid("tfhd")
	if tfhd == nil || len(tfhd.body) < 8 {
		return nil, 0, brokenf("a fragment does not say of which track it is")
	}
	t := f.trackByID(isoU32(tfhd.body, 4))
	d := f.defaults(t, tfhd.body)
	switch flags := isoU32(tfhd.body, 0); {
	case flags&tfhdBase != 0:
		base = int64(uint64(isoU32(tfhd.body, 8))<<32|uint64(isoU32(tfhd.body, 12))) &^ (-1 << 62)
	case flags&tfhdMoofBase != 0:
		base = moof
	}
	at, length := base, uint64(0)
	for _, trun := range traf.kids {
		if trun.typ != "trun" {
			continue
		}
		run := d.run(trun)
		if run.placed {
			at = base + run.offset
		}
		length += run.duration
		if t != nil && at >= 0 && at < f.size && run.size > 0 {
			t.noteFirst(at, run.first)
			chunks = append(chunks, isoChunk{at, min(run.size, f.size-at)}) // the last may be cut off
		}
		at = min(at+run.size, 1<<62)
	}
	if t == nil {
		f.res.remove("samples of a track that goes", 0)
		traf.drop()
		return chunks, at, nil
	}
	t.played(traf.kid("tfdt"), length)
	return chunks, at, nil
}

func (f *isoFile) trackByID(id uint32) *isoTrack {
	i := slices.IndexFunc(f.tracks, func(t *isoTrack) bool { return t.id == id })
	if i < 0 {
		return nil
	}
	return f.tracks[i]
}

// played notes until when a track has samples.
func (t *isoTrack) played(tfdt *isoBox, length uint64) {
	if tfdt != nil {
		length += isoDuration(tfdt.body, 4)
	} else {
		length += t.length
	}
	t.length = max(t.length, length)
}

// isoDefaults are how long and large samples are where a run does not say it.
type isoDefaults struct{ duration, size uint32 }

func (f *isoFile) defaults(t *isoTrack, tfhd []byte) (d isoDefaults) {
	if mvex := f.moov.kid("mvex"); mvex != nil && t != nil {
		for _, trex := range mvex.kids {
			if trex.typ == "trex" && isoU32(trex.body, 4) == t.id {
				d = isoDefaults{isoU32(trex.body, 12), isoU32(trex.body, 16)}
			}
		}
	}
	at, flags := 8, isoU32(tfhd, 0)
	for _, field := range tfhdFields {
		if flags&field.flag == 0 {
			continue
		}
		switch field.flag {
		case tfhdDuration:
			d.duration = isoU32(tfhd, at)
		case tfhdSize:
			d.size = isoU32(tfhd, at)
		}
		at += field.size
	}
	return d
}

// An isoTrun is a run of samples.
type isoTrun struct {
	placed      bool
	offset      int64 // from the base, if placed
	size, first int64 // of all samples, and of the first
	duration    uint64
}

// run reads a run. Its length was checked when it was cut.
func (d isoDefaults) run(trun *isoBox) (r isoTrun) {
	b := trun.body
	flags, count, at := isoU32(b, 0), int64(isoU32(b, 4)), isoFieldsLen(trun, 8, trunFields)
	if r.placed = flags&trunOffset != 0; r.placed {
		r.offset = int64(int32(isoU32(b, 8)))
	}
	entry := isoFieldsLen(trun, 0, trunColumns)
	r.size, r.first, r.duration = count*int64(d.size), int64(d.size), uint64(count)*uint64(d.duration)
	if flags&trunDuration != 0 {
		r.duration = uint64(sumU32(b, at, entry, int(count)))
		at += 4
	}
	if flags&trunSize != 0 {
		r.size, r.first = sumU32(b, at, entry, int(count)), int64(isoU32(b, at))
	}
	return r
}

// sumU32 sums a column of a table.
func sumU32(b []byte, at, step, n int) (sum int64) {
	for ; n > 0; n-- {
		sum += int64(isoU32(b, at))
		at += step
	}
	return sum
}

// zeroUnused makes zeros of what no track refers to.
func (f *isoFile) zeroUnused() {
	runs := f.runs
	for _, t := range f.mdats {
		at, end := t.offset+t.head, t.offset+t.size
		for len(runs) > 0 && runs[0].offset < end {
			f.zeroGap(at, runs[0].offset)
			at, runs = runs[0].offset+runs[0].size, runs[1:]
		}
		f.zeroGap(at, end)
	}
}

// zeroGap leaves alone what is zeros already, so that a clean film stays as it is.
func (f *isoFile) zeroGap(from, to int64) {
	if from < to {
		f.zero(from, to-from)
		f.res.remove("data that no picture or sound refers to", to-from)
	}
}
