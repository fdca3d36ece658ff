package scrub

import (
	"encoding/binary"
	"slices"
)

// heifFilm are the boxes of a film that stay, and whether they hold boxes themselves (ISO/IEC
// 14496-12, section 8).
var heifFilm = map[string]bool{
	"moov": true, "trak": true, "edts": true, "mdia": true, "minf": true, "stbl": true,
	"mvhd": false, "tkhd": false, "mdhd": false, "hdlr": false, "vmhd": false, "dinf": false, "elst": false,
	"tref": false, "stsd": false, "stts": false, "ctts": false, "stss": false, "stsz": false, "stsc": false,
	"stco": false, "co64": false, "sgpd": false, "sbgp": false,
}

// heifSample are the boxes in the description of a track's pictures that stay.
var heifSample = []string{
	"av1C", "hvcC", "avcC", "vvcC", "ccst", "auxi", "colr", "pasp", "clap", "clli", "mdcv",
}

// cleanFilm clears the times and names in the description of a film.
func (h *heifCleaner) cleanFilm() error {
	if h.film == nil {
		return nil
	}
	return h.filmBoxes(h.film, heifMaxDepth)
}

func (h *heifCleaner) filmBoxes(b []byte, depth int) error {
	return h.each(b, func(kind string, box []byte, body int) error {
		holds, stays := heifFilm[kind]
		switch {
		case !stays || depth == 0 || kind == "dinf" && len(box) != 36:
			h.free(whatUnknown, box, body)
			return nil
		case kind == "trak":
			return h.filmTrack(box[body:], depth-1)
		case holds:
			return h.filmBoxes(box[body:], depth-1)
		}
		return h.filmBox(kind, box[body:])
	})
}

// A heifTrack is where the samples of a track are (ISO/IEC 14496-12, sections 8.7.3 to 8.7.5). The tables
// are as in the file.
type heifTrack struct {
	size   uint64 // of every sample, or 0
	sizes  []byte // of each, four bytes
	runs   []byte // the first chunk that has so many samples, so many, and something else: twelve bytes
	chunks []byte // where chunks of samples are
	width  int    // of an entry of chunks
}

// filmTrack cleans a track, and marks its samples as staying.
func (h *heifCleaner) filmTrack(b []byte, depth int) error {
	t := &heifTrack{width: 4}
	h.track = t
	if err := h.filmBoxes(b, depth); err != nil {
		return err
	}
	samples := uint64(0)
	for n := uint64(1); len(t.chunks) >= t.width; n++ {
		offset := (&heifReader{b: t.chunks}).number(t.width)
		t.chunks = t.chunks[t.width:]
		for ; len(t.runs) >= 12 && uint64(binary.BigEndian.Uint32(t.runs)) <= n; t.runs = t.runs[12:] {
			samples = uint64(binary.BigEndian.Uint32(t.runs[4:]))
		}
		length := t.next(samples)
		if size := uint64(h.size); offset < size && length > 0 {
			h.spans = append(h.spans, picSpan{int64(offset), int64(offset + min(length, size-offset))})
		}
	}
	return nil
}

// next is how long the next samples are.
func (t *heifTrack) next(samples uint64) (length uint64) {
	if t.size > 0 {
		return samples * t.size
	}
	for ; samples > 0 && len(t.sizes) >= 4; samples-- {
		length += uint64(binary.BigEndian.Uint32(t.sizes))
		t.sizes = t.sizes[4:]
	}
	return length
}

// filmTable notes a table of a track.
func (h *heifCleaner) filmTable(kind string, b []byte) error {
	if h.track == nil || len(b) < 8 {
		return broken("a box %q is not where it should be", kind)
	}
	switch t := h.track; kind {
	case "stsz":
		if t.size = uint64(binary.BigEndian.Uint32(b[4:])); len(b) > 12 {
			t.sizes = b[12:]
		}
	case "stsc":
		t.runs = b[8:]
	case "stco":
		t.chunks, t.width = b[8:], 4
	case "co64":
		t.chunks, t.width = b[8:], 8
	}
	return nil
}

func (h *heifCleaner) filmBox(kind string, b []byte) error {
	switch kind {
	case "mvhd", "tkhd", "mdhd":
		n := 8 // two times
		if len(b) > 0 && b[0] == 1 {
			n = 16
		}
		if len(b) < 4+n {
			return broken("a box %q is too short", kind)
		}
		h.clear(whatTimes, b[4:4+n])
	case "hdlr":
		if len(b) < 12 {
			return broken("a box %q is too short", kind)
		}
		if k := string(b[8:12]); !slices.Contains([]string{"pict", "vide", "auxv"}, k) {
			return broken("its film has a track of kind %q", k)
		}
		h.clear(whatHeader, b[12:])
	case "stsz", "stsc", "stco", "co64":
		return h.filmTable(kind, b)
	case "stsd":
		if len(b) < 8 {
			return broken("a box %q is too short", kind)
		}
		return h.each(b[8:], h.sample)
	}
	return nil
}

// sample clears the name of the encoder in the description of pictures (ISO/IEC 14496-12, section 12.1.3).
func (h *heifCleaner) sample(_ string, box []byte, body int) error {
	const name, boxes = 42, 78
	if len(box) < body+boxes {
		return broken("a track's pictures are described in no known way")
	}
	h.clear(whatHeader, box[body+name:body+name+32])
	return h.each(box[body+boxes:], func(kind string, box []byte, body int) error {
		if kind == "colr" && (len(box) < body+4 || string(box[body:body+4]) != "nclx") ||
			!slices.Contains(heifSample, kind) {
			h.free(whatUnknown, box, body)
		}
		return nil
	})
}
