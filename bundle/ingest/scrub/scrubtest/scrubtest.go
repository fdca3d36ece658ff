// Package scrubtest makes small films and recordings that are clean already, for tests that need one
// to be packed as it lies. They have heads that hold; what should be picture or sound may be anything.
package scrubtest

import (
	"bytes"
	"encoding/binary"
)

var (
	be = binary.BigEndian
	le = binary.LittleEndian
)

// Film makes an MP4 of one picture track, whose only sample is given. Its major brand is brand, of four
// letters, such as isom or "qt  ".
func Film(brand string, sample []byte) []byte {
	ftyp := box("ftyp", brand, u32(0), brand)
	size := len(ftyp) + len(filmIndex(0, len(sample))) + 8
	return join(ftyp, filmIndex(size, len(sample)), box("mdat", sample))
}

// filmIndex is moov, of a film that plays for a second (ISO/IEC 14496-12, 8).
func filmIndex(at, size int) []byte {
	matrix := join(u32(0x10000), nul(12), u32(0x10000), nul(12), u32(0x40000000))
	entry := box("avc1", nul(6), u16(1), nul(16), u16(64), u16(48), nul(14), nul(32), u16(24), u16(0xFFFF))
	stbl := box("stbl", box("stsd", u32(0), u32(1), entry), box("stts", u32(0), u32(1), u32(1), u32(1000)),
		box("stsc", u32(0), u32(1), u32(1), u32(1), u32(1)), box("stsz", u32(0), u32(0), u32(1), u32(size)),
		box("stco", u32(0), u32(1), u32(at)))
	dinf := box("dinf", box("dref", u32(0), u32(1), box("url ", u32(1))))
	return box("moov", box("mvhd", nul(12), u32(1000), u32(1000), u32(0x10000), nul(12), matrix, nul(24), u32(2)),
		box("trak", box("tkhd", u32(3), nul(8), u32(1), nul(4), u32(1000), nul(16), matrix, u32(64<<16), u32(48<<16)),
			box("mdia", box("mdhd", nul(12), u32(1000), u32(1000), u32(0x55C40000)),
				box("hdlr", nul(8), "vide", nul(13)), box("minf", box("vmhd", u32(1), nul(8)), dinf, stbl))))
}

// Small makes a small file of a media type that scrub knows, and nil for others.
func Small(mediaType string) []byte {
	switch mediaType {
	case "video/mp4", "audio/mp4":
		return Film("isom", []byte("sample"))
	case "video/quicktime":
		return Film("qt  ", []byte("sample"))
	case "video/3gpp", "video/3gpp2", "audio/3gpp":
		return Film("3gp4", []byte("sample"))
	case "video/webm", "audio/webm":
		return matroska("webm")
	case "video/x-matroska", "audio/x-matroska":
		return matroska("matroska")
	case "audio/mpeg":
		return bytes.Repeat(join("\xff\xfb\x90\x00", nul(413)), 4)
	case "audio/aac":
		return bytes.Repeat([]byte("\xff\xf1\x50\x80\x02\x1f\xfc\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 4)
	case "audio/amr":
		return join("#!AMR\n", bytes.Repeat([]byte("\x7c"), 50))
	case "audio/flac":
		return join("fLaC\x80\x00\x00\x22\x10\x00\x10\x00", nul(6), "\x0a\xc4\x40\xf0", u32(44100), nul(16), "\xff\xf8")
	case "audio/ogg", "video/ogg":
		return opus()
	case "audio/wav":
		return riff("RIFF", "WAVE", riff("fmt ", "\x01\x00\x01\x00\x40\x1F\x00\x00\x80\x3E\x00\x00\x02\x00\x10\x00"), riff("data", "sample"))
	case "audio/aiff":
		return join("FORM", u32(52), "AIFF", "COMM", u32(18), u16(1), u32(3), u16(16), "\x40\x0b\xfa", nul(7), "SSND", u32(14), nul(8), "sample")
	case "video/x-msvideo":
		return riff("RIFF", "AVI ", riff("LIST", "hdrl", riff("avih", nul(56)), riff("LIST", "strl", riff("strh", "vids", nul(52)),
			riff("strf", nul(40)))), riff("LIST", "movi", riff("00dc", "sample")))
	}
	return nil
}

func matroska(docType string) []byte {
	track := ebml("\xAE", ebml("\xD7", "\x01"), ebml("\x83", "\x01"), ebml("\x86", "V_VP8"))
	return join(ebml("\x1A\x45\xDF\xA3", ebml("\x42\x82", docType)), ebml("\x18\x53\x80\x67",
		ebml("\x15\x49\xA9\x66", ebml("\x2A\xD7\xB1", "\x0F\x42\x40")), ebml("\x16\x54\xAE\x6B", track),
		ebml("\x1F\x43\xB6\x75", ebml("\xE7", "\x00"), ebml("\xA3", "\x81\x00\x00\x80sample"))))
}

// opus is three pages of Ogg, without check sums, which only players look at.
func opus() []byte {
	page := func(flags, number byte, granule uint64, packet string) []byte {
		return join("OggS\x00", []byte{flags}, le.AppendUint64(nil, granule), "\x01\x00\x00\x00", []byte{number, 0, 0, 0},
			nul(4), "\x01", []byte{byte(len(packet))}, packet)
	}
	return join(page(2, 0, 0, "OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00"),
		page(0, 1, 0, "OpusTags\x00\x00\x00\x00\x00\x00\x00\x00"), page(4, 2, 960, "sample"))
}

func box(typ string, parts ...any) []byte {
	body := join(parts...)
	return join(u32(len(body)+8), typ, body)
}

func riff(id string, parts ...any) []byte {
	body := join(parts...)
	return join(id, le.AppendUint32(nil, uint32(len(body))), body, nul(len(body)&1))
}

// ebml makes an element of up to 126 bytes, or 16,382.
func ebml(id string, parts ...any) []byte {
	body := join(parts...)
	if len(body) > 126 {
		return join(id, u16(0x4000|len(body)), body)
	}
	return join(id, []byte{0x80 | byte(len(body))}, body)
}

func nul(n int) []byte { return make([]byte, n) }

func u32(n int) []byte { return be.AppendUint32(nil, uint32(n)) }

func u16(n int) []byte { return be.AppendUint16(nil, uint16(n)) }

func join(parts ...any) (b []byte) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		}
	}
	return b
}
