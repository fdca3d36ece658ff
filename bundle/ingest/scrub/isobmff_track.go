package scrub

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// An isoTrack is a track that stays.
type isoTrack struct {
	box     *isoBox
	id      uint32
	kind    string // vide, soun or text
	stbl    *isoBox
	offsets *isoBox // stco or co64; nil if all samples are in fragments
	chunks  []isoChunk
	first   isoChunk // its first sample
	length  uint64   // how long its fragments play
}

// noteFirst notes where the first sample is.
func (t *isoTrack) noteFirst(offset, size int64) {
	if t.first.size == 0 {
		t.first = isoChunk{offset, size}
	}
}

// isoKinds are the handlers whose tracks stay.
var isoKinds = map[string]string{"vide": "vide", "soun": "soun", "subt": "text", "sbtl": "text",
	"text": "text", "subp": "text", "clcp": "text"}

// isoTexts are the sample entries of captions that stay.
var isoTexts = isoSet("tx3g wvtt stpp text mp4s c608")

// isoReferences are the references between tracks that stay.
var isoReferences = isoSet("chap subt forc fall folw")

// pickTracks finds the tracks that stay, and drops the others.
func (f *isoFile) pickTracks(c *isoCleaner) ([]*isoTrack, error) {
	var tracks []*isoTrack
	chapters := f.chapterIDs()
	for _, b := range f.moov.kids {
		if b.typ != "trak" {
			continue
		}
		t, why, err := c.track(b)
		if err != nil {
			return nil, err
		}
		if t != nil && t.kind == "vide" && chapters[t.id] {
			why = "pictures of chapters"
		}
		if why == "" {
			why, err = f.telemetry(t)
		}
		if err != nil {
			return nil, err
		}
		if why != "" {
			f.res.remove(why, b.size())
			b.drop()
			f.dropped = true
			continue
		}
		if tracks = append(tracks, t); t.kind == "text" {
			f.res.Texts++
		}
	}
	f.dropReferences(tracks)
	return tracks, nil
}

// chapterIDs are the tracks that others have for their chapters.
func (f *isoFile) chapterIDs() map[uint32]bool {
	ids := map[uint32]bool{}
	for _, b := range f.moov.kids {
		if chap := b.kid("tref", "chap"); chap != nil {
			for at := 0; at+4 <= len(chap.body); at += 4 {
				ids[isoU32(chap.body, at)] = true
			}
		}
	}
	return ids
}

// track reads what a track is. One that does not stay comes with the reason.
func (c *isoCleaner) track(b *isoBox) (t *isoTrack, why string, err error) {
	t = &isoTrack{box: b, stbl: b.kid("mdia", "minf", "stbl")}
	header, handler := b.kid("tkhd"), b.kid("mdia", "hdlr")
	if header == nil || handler == nil || t.stbl == nil || b.kid("mdia", "mdhd") == nil {
		return nil, "", brokenf("a track has no header")
	}
	t.id = isoU32(header.body, isoTimesEnd(header.body))
	name := string(handler.body[8:12])
	if t.kind = isoKinds[name]; t.kind == "" {
		return nil, isoTrackWhat(name), nil
	}
	stsd := t.stbl.kid("stsd")
	if stsd == nil || len(stsd.kids) == 0 {
		return nil, "", brokenf("a track does not say how it is coded")
	}
	if t.kind == "text" && !isoTexts[stsd.kids[0].typ] {
		return nil, "a track that is neither picture nor sound nor captions", nil
	}
	for _, e := range stsd.kids {
		if err := c.entry(t.kind, e, isoVersion(stsd.body) == 0); err != nil {
			return nil, "", err
		}
	}
	narrow := t.stbl.kid("stco")
	if t.offsets = t.stbl.kid("co64"); t.offsets == nil {
		t.offsets = narrow
	} else if narrow != nil {
		narrow.drop()
	}
	return t, "", nil
}

func isoTrackWhat(handler string) string {
	switch handler {
	case "tmcd":
		return "a track of time codes"
	case "hint":
		return "hints for servers"
	case "meta", "camm", "gpmd", "data":
		return "a track of positions and other measurements"
	}
	return "a track that is neither picture nor sound nor captions"
}

// dropReferences drops references to tracks that are gone, and what fragments would have of them.
func (f *isoFile) dropReferences(tracks []*isoTrack) {
	stays := map[uint32]bool{}
	for _, t := range tracks {
		stays[t.id] = true
	}
	for _, t := range tracks {
		if tref := t.box.kid("tref"); tref != nil {
			f.pruneReferences(tref, stays)
		}
	}
	mvex := f.moov.kid("mvex")
	if mvex == nil {
		return
	}
	for _, b := range mvex.kids {
		if b.typ == "trex" && !stays[isoU32(b.body, 4)] {
			b.drop()
		}
	}
}

func (f *isoFile) pruneReferences(tref *isoBox, stays map[uint32]bool) {
	gone := 0
	for _, ref := range tref.kids {
		ids := slices.Clone(ref.body)
		clear(ref.body)
		ref.used = 0
		for ; len(ids) >= 4 && isoReferences[ref.typ]; ids = ids[4:] {
			if stays[isoU32(ids, 0)] {
				ref.used += copy(ref.body[ref.used:], ids[:4])
			}
		}
		if ref.used == 0 {
			ref.drop()
			gone++
		}
	}
	if gone == len(tref.kids) {
		tref.drop()
	}
}

// entry cleans a sample entry (ISO/IEC 14496-12, 8.5.2 and 12; QuickTime: sample descriptions).
func (c *isoCleaner) entry(kind string, e *isoBox, old bool) error {
	n := 8 // reserved, and where the data is
	switch {
	case kind == "vide":
		n = 78 + isoPaletteLen(e.body)
	case kind == "soun":
		n = 28 + isoSoundLen(e.body, old)
	case e.typ == "tx3g":
		n = 38
	case e.typ == "stpp":
		n += isoStringsLen(e.body, 3)
	case e.typ == "text":
		n = len(e.body)
	}
	if len(e.body) < n || n < 8 {
		return brokenf("a sample entry %q is too short", e.typ)
	}
	switch kind {
	case "vide":
		c.blank("names of programs", e.body[12:16]) // the vendor
		c.blank("settings of the encoder", e.body[16:24])
		c.blank("names of programs", e.body[42:74]) // the compressor
	case "soun":
		c.blank("names of programs", e.body[12:16])
	}
	return c.inside(kind, e, n)
}

// isoPaletteLen is how long the palette of a QuickTime picture of few colours is.
func isoPaletteLen(body []byte) int {
	if len(body) < 78+8 || binary.BigEndian.Uint16(body[76:]) != 0 {
		return 0
	}
	switch depth := binary.BigEndian.Uint16(body[74:]) &^ 32; depth {
	case 1, 2, 4, 8:
		return 8 + 8*(int(binary.BigEndian.Uint16(body[78+6:]))+1)
	}
	return 0
}

// isoSoundLen is how much longer QuickTime's newer sample descriptions are.
func isoSoundLen(body []byte, old bool) int {
	if len(body) < 10 || !old {
		return 0
	}
	return map[uint16]int{1: 16, 2: 36}[binary.BigEndian.Uint16(body[8:])]
}

// isoStringsLen is how long n strings behind the first 8 bytes are, each with its zero.
func isoStringsLen(body []byte, n int) int {
	at := min(8, len(body))
	for ; n > 0; n-- {
		i := bytes.IndexByte(body[at:], 0)
		if i < 0 {
			return len(body)
		}
		at += i + 1
	}
	return at - 8
}
