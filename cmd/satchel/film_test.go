package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"testing"

	"satchel/bundle/ingest/scrub"
)

// film returns an MP4 film of a size, as packing leaves it: it tells nothing of its makers. What is
// shown does not compress, and has text in its middle.
func film(t testing.TB, size int, text string) []byte {
	t.Helper()
	rough := roughFilm(size, text)
	for range 2 { // its index takes room of its own
		r, err := scrub.File("video/mp4", bytes.NewReader(rough), int64(len(rough)))
		if err != nil {
			t.Fatal(err)
		}
		clean, err := io.ReadAll(r.Plan.Reader(bytes.NewReader(rough)))
		if err != nil {
			t.Fatal(err)
		}
		if len(clean) == size {
			return clean
		}
		rough = roughFilm(size-(len(clean)-size), text)
	}
	t.Fatalf("no film of %d bytes came about", size)
	return nil
}

// roughFilm is a film of one track with one sample, which takes all but the boxes.
func roughFilm(size int, text string) []byte {
	sample := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(sample) // never fails
	copy(sample[size/2:], text)
	ftyp := box("ftyp", "isom\x00\x00\x02\x00isommp41")
	mdat := box("mdat", string(sample))
	entry := box("avc1", string(make([]byte, 6)), u16(1), string(make([]byte, 16)), u16(320), u16(180),
		u32(0x480000), u32(0x480000), u32(0), u16(1), string(make([]byte, 32)), u16(24), u16(0xffff),
		box("avcC", "\x01\x42\x00\x0a\xff\xe0\x00"))
	stbl := box("stbl", box("stsd", u32(0), u32(1), entry), box("stts", u32(0), u32(1), u32(1), u32(1000)),
		box("stsc", u32(0), u32(1), u32(1), u32(1), u32(1)), box("stsz", u32(0), u32(uint32(size)), u32(1)),
		box("stco", u32(0), u32(1), u32(uint32(len(ftyp)+8))))
	minf := box("minf", box("vmhd", u32(1), u32(0), u32(0)),
		box("dinf", box("dref", u32(0), u32(1), box("url ", u32(1)))), stbl)
	mdia := box("mdia", box("mdhd", u32(0), u32(0), u32(0), u32(1000), u32(1000), u16(0x55c4), u16(0)),
		box("hdlr", u32(0), u32(0), "vide", string(make([]byte, 12)), "\x00"), minf)
	tkhd := box("tkhd", u32(3), u32(0), u32(0), u32(1), u32(0), u32(1000), string(make([]byte, 8)), u32(0), u32(0),
		matrix(), u32(320<<16), u32(180<<16))
	mvhd := box("mvhd", u32(0), u32(0), u32(0), u32(1000), u32(1000), u32(0x10000), u16(0x100), u16(0),
		u32(0), u32(0), matrix(), string(make([]byte, 24)), u32(2))
	return []byte(ftyp + mdat + box("moov", mvhd, box("trak", tkhd, mdia)))
}

func matrix() string {
	return u32(0x10000) + u32(0) + u32(0) + u32(0) + u32(0x10000) + u32(0) + u32(0) + u32(0) + u32(0x40000000)
}

func box(kind string, parts ...string) string {
	body := ""
	for _, p := range parts {
		body += p
	}
	return u32(uint32(len(body)+8)) + kind + body
}

func u16(n uint16) string { return string(binary.BigEndian.AppendUint16(nil, n)) }
func u32(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }
