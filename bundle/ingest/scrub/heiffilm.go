package scrub

import (
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
		case holds:
			return h.filmBoxes(box[body:], depth-1)
		}
		return h.filmBox(kind, box[body:])
	})
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
		if !slices.Contains(heifSample, kind) || kind == "colr" && (len(box) < body+4 || string(box[body:body+4]) != "nclx") {
			h.free(whatUnknown, box, body)
		}
		return nil
	})
}
