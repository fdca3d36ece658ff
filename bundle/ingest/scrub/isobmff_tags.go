package scrub

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
)

// tags reads what the tags of an index say, before they go. body is that of moov, at its place in
// the file.
func (f *isoFile) tags(body []byte, at int64) {
	if hasPosition(body) {
		f.res.remove("GPS position", 0)
	}
	for typ, box := range isoEach(body) {
		switch typ {
		case "udta":
			f.userData(box.body, at+box.at)
		case "meta":
			f.metadata(box.body, at+box.at)
		}
	}
}

// hasPosition finds the usual places: ©xyz of QuickTime, loci of 3GPP, and a key of Apple's.
func hasPosition(moov []byte) bool {
	for _, s := range []string{"\xa9xyz", "loci", "location.ISO6709"} {
		if bytes.Contains(moov, []byte(s)) {
			return true
		}
	}
	return false
}

// An isoSpan is a box in memory, and where its body begins.
type isoSpan struct {
	body []byte
	at   int64
}

// isoEach goes over the boxes in b.
func isoEach(b []byte) func(func(string, isoSpan) bool) {
	return func(yield func(string, isoSpan) bool) {
		for at := int64(0); ; {
			typ, head, size, ok := isoHead(b[at:])
			if !ok || !yield(typ, isoSpan{b[at+head : at+size], at + head}) {
				return
			}
			at += size
		}
	}
}

// userData reads udta: texts of QuickTime, whose types begin with ©, and of 3GPP (TS 26.244, 8).
func (f *isoFile) userData(body []byte, at int64) {
	for typ, box := range isoEach(body) {
		b := box.body
		switch typ {
		case "meta":
			f.metadata(b, at+box.at)
		case "\xa9nam", "\xa9ART":
			if len(b) > 4 { // length, language
				f.tag(typ, mediaLatin1(b[4:min(len(b), 4+int(binary.BigEndian.Uint16(b)))]))
			}
		case "titl", "perf":
			if len(b) > 6 { // version, flags, language
				f.tag(typ, text3GPP(b[6:]))
			}
		}
	}
}

func text3GPP(b []byte) string {
	if len(b) > 1 && (b[0] == 0xFE || b[0] == 0xFF) {
		return mediaUTF16(b, binary.BigEndian)
	}
	return mediaLatin1(b)
}

func (f *isoFile) tag(typ, text string) {
	switch typ {
	case "\xa9nam", "titl", "title", "com.apple.quicktime.title":
		f.res.setTitle(text)
	case "\xa9ART", "perf", "artist", "com.apple.quicktime.artist":
		f.res.setArtist(text)
	}
}

// metadata reads meta, as iTunes and QuickTime write it: values in ilst, named by their types or by
// the keys before them. That of QuickTime has no version and flags.
func (f *isoFile) metadata(body []byte, at int64) {
	if len(body) >= 8 && string(body[4:8]) != "hdlr" {
		body, at = body[4:], at+4
	}
	var keys []string
	for typ, box := range isoEach(body) {
		switch typ {
		case "keys":
			keys = isoKeys(box.body)
		case "ilst":
			f.items(box, at, keys)
		}
	}
}

// utf16Value is a type of values (QuickTime File Format Specification, well-known types).
const utf16Value = 2

func isoKeys(body []byte) (keys []string) {
	for _, box := range isoEach(body[min(8, len(body)):]) {
		if len(keys) == 1024 {
			break
		}
		keys = append(keys, string(box.body[:min(len(box.body), 64)]))
	}
	return keys
}

func (f *isoFile) items(list isoSpan, at int64, keys []string) {
	for typ, item := range isoEach(list.body) {
		if i := int(binary.BigEndian.Uint32([]byte(typ))) - 1; i >= 0 && i < len(keys) {
			typ = keys[i]
		}
		for kind, data := range isoEach(item.body) {
			if kind != "data" || len(data.body) < 8 { // what it is, language
				continue
			}
			value := data.body[8:]
			if typ == "covr" {
				f.res.setCover(value, Piece{Offset: at + list.at + item.at + data.at + 8, Size: int64(len(value))})
				continue
			}
			if kind := isoU32(data.body, 0); kind == utf16Value {
				f.tag(typ, mediaUTF16(value, binary.BigEndian))
			} else {
				f.tag(typ, mediaText(value))
			}
		}
	}
}

// measure fills in how large a film is and how long it plays.
func (f *isoFile) measure() {
	b := f.moov.kid("mvhd").body
	end := isoTimesEnd(b)
	scale, length := uint64(isoU32(b, end)), isoDuration(b, end+4)
	if mehd := f.moov.kid("mvex", "mehd"); length == 0 && mehd != nil {
		length = isoDuration(mehd.body, 4)
	}
	f.res.Millis = millis(length, scale)
	for _, t := range f.tracks {
		b := t.box.kid("mdia", "mdhd").body
		f.res.Millis = max(f.res.Millis, millis(t.length, uint64(isoU32(b, isoTimesEnd(b)))))
	}
	i := slices.IndexFunc(f.tracks, func(t *isoTrack) bool { return t.kind == "vide" })
	if i < 0 {
		return
	}
	f.res.Width, f.res.Height = f.tracks[i].shown()
}

// isoDuration is a duration of a box whose version is 0 or 1. All ones stand for unknown.
func isoDuration(body []byte, at int) uint64 {
	if isoVersion(body) == 0 {
		if n := isoU32(body, at); n != math.MaxUint32 {
			return uint64(n)
		}
		return 0
	}
	if n := uint64(isoU32(body, at))<<32 | uint64(isoU32(body, at+4)); n != math.MaxUint64 {
		return n
	}
	return 0
}

// shown is how large a track is shown: its matrix may turn it (ISO/IEC 14496-12, 8.3.2).
func (t *isoTrack) shown() (width, height int) {
	b := t.box.kid("tkhd").body
	matrix := len(b) - 8 - 36
	if n := []int{84, 96}[isoVersion(b)]; len(b) > n {
		matrix = n - 8 - 36
	}
	width, height = int(isoU32(b, matrix+36)>>16), int(isoU32(b, matrix+40)>>16)
	if width == 0 || height == 0 {
		e := t.stbl.kid("stsd").kids[0].body
		width, height = int(binary.BigEndian.Uint16(e[24:])), int(binary.BigEndian.Uint16(e[26:]))
	}
	if isoU32(b, matrix) == 0 && isoU32(b, matrix+16) == 0 { // a and d
		width, height = height, width
	}
	return width, height
}
