package scrub

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// Files made here have the canary in each place where such a file may say something that is neither
// picture nor sound. SOUND stands for what must stay.

var (
	be = binary.BigEndian
	le = binary.LittleEndian
)

const sound = "SOUND"

// told is the canary, in all encodings.
func told() []byte {
	b := []byte(canary)
	for _, order := range []binary.AppendByteOrder{le, be} {
		for _, u := range utf16.Encode([]rune(canary)) {
			b = order.AppendUint16(b, u)
		}
	}
	return b
}

func join(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		case byte:
			b = append(b, p)
		case int:
			b = be.AppendUint32(b, uint32(p))
		}
	}
	return b
}

func nul(n int) []byte { return make([]byte, n) }

// box makes a box of ISO/IEC 14496-12.
func box(typ string, parts ...any) []byte {
	body := join(parts...)
	return join(len(body)+8, typ, body)
}

// A made file is one whose canaries must go.
type madeFile struct {
	name, mediaType string
	data            []byte
}

func madeFiles() []madeFile {
	files := []madeFile{
		{"film", "video/mp4", madeFilm(false)},
		{"fragments", "video/mp4", madeFilm(true)},
		{"mp3", "audio/mpeg", madeMP3()},
		{"aac", "audio/aac", madeAAC()},
		{"amr", "audio/amr", join("#!AMR\n", byte(0x3C), sound, nul(26), byte(0x7C), told())},
		{"flac", "audio/flac", madeFLAC()},
		{"vorbis", "audio/ogg", madeOgg("\x01vorbis"+string(nul(5))+"\x44\xAC"+string(nul(16)), join("\x03vorbis", madeComments(), byte(1)), join("\x05vorbis", sound))},
		{"opus", "audio/ogg", madeOgg("OpusHead\x01\x01"+string(nul(9)), join("OpusTags", madeComments(), told()))},
		{"theora", "video/ogg", madeOgg("\x80theora"+string(nul(15))+"\x00\x00\x00\x19\x00\x00\x00\x01"+string(nul(12)), join("\x81theora", madeComments()), join("\x82theora", sound))},
		{"speex", "audio/ogg", madeOgg("Speex   "+canary+string(nul(9+8))+"\x80\x3E"+string(nul(42)), madeComments())},
		{"oggflac", "audio/ogg", madeOgg("\x7FFLAC\x01\x00\x00\x02fLaC\x00\x00\x00\x22"+string(madeStreamInfo()),
			flacBlock(flacComments, madeComments()), flacBlock(2, told()), flacBlock(0x80|flacPictures, madeFLACPicture()))},
		{"wav", "audio/wav", madeWAV("RIFF")},
		{"rf64", "audio/wav", madeWAV("RF64")},
		{"aiff", "audio/aiff", madeAIFF()},
		{"avi", "video/x-msvideo", madeAVI()},
		{"matroska", "video/x-matroska", madeMatroska(false)},
		{"live", "video/webm", madeMatroska(true)},
	}
	return files
}

func TestE04CanaryMedia(t *testing.T) {
	t.Parallel()
	for _, f := range madeFiles() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			if !bytes.Contains(f.data, told()) && f.name != "speex" {
				t.Fatal("no canary was planted")
			}
			res, out := clean(t, f.mediaType, f.data)
			checkNoCanary(t, out)
			if !bytes.Contains(out, []byte(sound)) {
				t.Error("the sound is gone as well")
			}
			if len(res.Removed) == 0 {
				t.Error("nothing is said to be removed")
			}
			if res.Millis == 0 {
				t.Error("it is not said how long it plays")
			}
		})
	}
}

// TestMediaCut cuts files at each length, and breaks each byte: that may be an error of ours, and no
// panic, and nothing that was planted comes through.
func TestMediaCut(t *testing.T) {
	t.Parallel()
	for _, f := range madeFiles() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for n := 0; n < len(f.data); n += 3 {
				checkAny(t, f.mediaType, f.data[:n])
				broken := bytes.Clone(f.data)
				broken[n] ^= 0xFF
				checkAny(t, f.mediaType, broken)
			}
		})
	}
}

// checkAny cleans what may be anything. What is cleaned is clean the second time.
func checkAny(t testing.TB, mediaType string, data []byte) {
	t.Helper()
	res, err := File(mediaType, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrLimit) {
			t.Fatalf("an error of neither kind: %v", err)
		}
		return
	}
	out := planned(t, res.Plan, data)
	if int64(len(out)) > int64(len(data))+1<<10 {
		t.Fatalf("%d bytes became %d", len(data), len(out))
	}
	if len(res.Removed) == 0 && !bytes.Equal(out, data) {
		t.Fatal("it changed, and nothing is said to be removed")
	}
	if res.Cover != nil {
		planned(t, Plan{res.Cover.Piece}, data)
	}
	again, err := File(mediaType, bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatalf("what was cleaned is broken: %v\n%q", err, data)
	}
	if len(again.Removed) > 0 {
		twice, at := planned(t, again.Plan, out), 0
		for at < min(len(out), len(twice)) && out[at] == twice[at] {
			at++
		}
		t.Fatalf("cleaned twice: %v\n%q\n%.99q became\n%.99q at %d", again.Removed, data, out[at:], twice[at:], at)
	}
}

func FuzzISO(f *testing.F)      { fuzzMedia(f, "video/mp4") }
func FuzzMatroska(f *testing.F) { fuzzMedia(f, "video/webm") }
func FuzzMP3(f *testing.F)      { fuzzMedia(f, "audio/mpeg") }
func FuzzAAC(f *testing.F)      { fuzzMedia(f, "audio/aac") }
func FuzzAMR(f *testing.F)      { fuzzMedia(f, "audio/amr") }
func FuzzFLAC(f *testing.F)     { fuzzMedia(f, "audio/flac") }
func FuzzOgg(f *testing.F)      { fuzzMedia(f, "audio/ogg") }
func FuzzWAV(f *testing.F)      { fuzzMedia(f, "audio/wav") }
func FuzzAIFF(f *testing.F)     { fuzzMedia(f, "audio/aiff") }
func FuzzAVI(f *testing.F)      { fuzzMedia(f, "video/x-msvideo") }

func fuzzMedia(f *testing.F, mediaType string) {
	for _, m := range madeFiles() {
		if strings.TrimPrefix(m.mediaType, "video/x-") == "matroska" && mediaType == "video/webm" ||
			m.mediaType == "video/ogg" && mediaType == "audio/ogg" || m.mediaType == mediaType {
			f.Add(m.data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkAny(t, mediaType, data) })
}

// madeFilm is a film of three tracks, of which the first stays.
func madeFilm(fragments bool) []byte {
	ftyp := box("ftyp", "mp42", 512, "mp42", "isom", "7f3a")
	before := join(box("free", told()), box("uuid", nul(16), told()))
	// The data begins with what nothing refers to.
	samples := join(told(), sound, told(), told())
	at := len(ftyp) + len(before) + 8
	data := box("mdat", samples)
	mvex := []byte{}
	offsets := []int{at + len(told()), at + len(told()) + len(sound), at + 2*len(told()) + len(sound)}
	if fragments {
		mvex = box("mvex", box("trex", 0, 1, 1, 40, 5, 0), box("trex", 0, 2, 1, 40, 5, 0), box("uuid", nul(16), told()))
	}
	moov := box("moov",
		madeHeader(),
		madeTrak(1, "vide", madeVisual(), offsets[0], len(sound)),
		madeTrak(2, "meta", box("mebx", nul(8), told()), offsets[1], len(told())),
		madeTrak(3, "text", box("text", nul(8), nul(43), byte(0)), 0, 0),
		mvex, madeUserData(), box("uuid", nul(16), told()))
	film := join(ftyp, before, data, moov, box("Xtra", told()))
	if !fragments {
		return join(film, "junk", told())
	}
	moof := func(offset int) []byte {
		traf := func(id, from, n int) []byte {
			return box("traf", box("tfhd", 0x20000, id), box("tfdt", 0, 1000),
				box("trun", 0x201, 1, offset+from, n), box("uuid", nul(16), told()))
		}
		return box("moof", box("mfhd", 0, 1), traf(1, 0, len(sound)), traf(2, len(sound), len(told())), box("free", told()))
	}
	fragment := moof(0)
	fragment = moof(len(fragment) + 8)
	return join(film, box("styp", "msdh", 0, "msdh", "7f3a"), box("emsg", told()), box("prft", told()), fragment,
		box("mdat", sound, told(), told()))
}

func madeHeader() []byte {
	return box("mvhd", 0, 0x7F3A0001, 0x7F3A0002, 1000, 1000, 0x10000, nul(12), madeMatrix(), nul(24), 4)
}

func madeMatrix() []byte { return join(0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000) }

func madeVisual() []byte {
	return box("avc1", nul(6), byte(0), byte(1), nul(4), canary[:4], 512, 512, byte(0), byte(64), byte(0), byte(48), nul(14),
		byte(31), canary, nul(31-len(canary)), byte(0), byte(24), byte(255), byte(255),
		box("avcC", "\x01\x42\x00\x0a\xff\xe0\x00"), box("colr", "prof", told()), box("uuid", nul(16), told()))
}

// madeTrak is a track of one sample.
func madeTrak(id int, handler string, entry []byte, offset, size int) []byte {
	return madeTrakOf(id, handler, box("stbl", box("stsd", 0, 1, entry), box("stts", 0, 1, 1, 1000, told()),
		box("stsc", 0, 1, 1, 1, 1, told()), box("stsz", 0, 0, 1, size, told()), box("stco", 0, 1, offset, told()),
		box("sgpd", 0x1000000, told())))
}

func madeTrakOf(id int, handler string, stbl []byte) []byte {
	return box("trak",
		box("tkhd", 7, 0x7F3A0001, 0x7F3A0002, id, 0, 1000, nul(16), madeMatrix(), 64<<16, 48<<16),
		box("edts", box("elst", 0, 1, 1000, 0, 0x10000, told())),
		box("tref", box("cdsc", 2), box("hint", told())),
		box("mdia",
			box("mdhd", 0, 0x7F3A0001, 0x7F3A0002, 1000, 1000, 0x55C40000),
			box("hdlr", 0, "mhlr", handler, "appl", nul(8), told(), byte(0)),
			box("minf", box("vmhd", 1, nul(8)), box("hdlr", 0, "dhlr", "alis", "appl", nul(8), told()),
				box("dinf", box("dref", 0, 1, box("alis", 1, told()))),
				stbl)),
		box("udta", box("name", told())), box("meta", told()), box("free", told()))
}

func madeUserData() []byte {
	item := func(typ string) []byte { return box(typ, box("data", 1, 0, told())) }
	return box("udta", box("\xa9xyz", nul(4), told()), box("XMP_", told()),
		box("meta", 0, box("hdlr", nul(8), "mdir", nul(12)),
			box("ilst", item("\xa9nam"), item("\xa9ART"), item("\xa9too"),
				box("covr", box("data", 13, 0, "\xff\xd8\xff", told())), box("----", box("mean", told())))))
}

func madeID3(version byte) []byte {
	frame := func(name string, body []byte) []byte {
		if version == 2 {
			return join(name[:3], be.AppendUint32(nil, uint32(len(body)))[1:], body)
		}
		size := be.AppendUint32(nil, uint32(len(body)&0x7F|len(body)>>7<<8))
		if version == 3 {
			size = be.AppendUint32(nil, uint32(len(body)))
		}
		return join(name, size, nul(2), body)
	}
	frames := join(frame("TIT2", join(byte(3), "Title ", told())), frame("PRIV", told()),
		frame("APIC", join(byte(0), "image/jpeg\x00\x03\x00\xff\xd8\xff", told())))
	return join("ID3", version, byte(0), byte(0), byte(0), byte(0), byte(len(frames)>>7), byte(len(frames)&0x7F), frames)
}

// mp3Silence is a frame of 128 kbit/s at 44.1 kHz, with some text in it.
func mp3Silence(text string) []byte {
	return join("\xff\xfb\x90\x00", nul(32), text, nul(417-36-len(text)))
}

func madeMP3() []byte {
	xing := join("\xff\xfb\x90\x00", nul(32), "Xing", 1, 4, told(), nul(417-36-12-len(told())))
	ape := func(flags string) []byte {
		return join("APETAGEX\xd0\x07\x00\x00", le.AppendUint32(nil, uint32(32+9+5+len(told()))), "\x01\x00\x00\x00\x00\x00\x00", flags, nul(8))
	}
	item := join(le.AppendUint32(nil, uint32(len(told()))), nul(4), "Title\x00", told())
	v1 := join("TAG", canary, nul(125-len(canary)))
	return join(madeID3(2), madeID3(3), madeID3(4), "junk", told(), xing, mp3Silence(sound), mp3Silence(""), mp3Silence("LAME3.100"),
		mp3Silence(""), "LYRICSBEGIN", told(), "000042LYRICS200", ape("\xa0"), item, ape("\x80"), v1)
}

func madeAAC() []byte {
	frame := func(body []byte) []byte {
		n := len(body) + 7
		return join("\xff\xf1\x50", byte(0x80|n>>11), byte(n>>3), byte(n<<5|0x1F), byte(0xFC), body)
	}
	name := join("\xde", byte(2*len(canary)+8), byte(0), canary, canary, nul(16))
	return join(madeID3(4), frame(name), frame([]byte(sound)), frame(nul(9)), frame(nul(9)), told())
}

func madeComments() []byte {
	count := func(b []byte) []byte { return join(le.AppendUint32(nil, uint32(len(b))), b) }
	picture := base64.StdEncoding.AppendEncode([]byte("METADATA_BLOCK_PICTURE="), madeFLACPicture())
	list := [][]byte{join("TITLE=", told()), join("ARTIST=", told()), join("LOCATION=", told()), picture}
	b := join(count(told()), le.AppendUint32(nil, uint32(len(list))))
	for _, c := range list {
		b = append(b, count(c)...)
	}
	return b
}

// madeFLACPicture is large enough to take pages of its own.
func madeFLACPicture() []byte {
	picture := join("\xff\xd8\xff", bytes.Repeat(told(), 20))
	return join(3, 10, "image/jpeg", len(told()), told(), nul(16), len(picture), picture)
}

func madeStreamInfo() []byte {
	return join("\x10\x00\x10\x00", nul(6), "\x0a\xc4\x40\xf0", 44100, nul(16))
}

func flacBlock(kind byte, body []byte) []byte { return join(int(kind)<<24|len(body), body) }

func madeFLAC() []byte {
	return join(madeID3(3), "fLaC", flacBlock(flacStreamInfo, madeStreamInfo()), flacBlock(flacComments, madeComments()),
		flacBlock(2, told()), flacBlock(flacSeekTable, join(nul(18), told()[:17])), flacBlock(flacPictures, madeFLACPicture()),
		flacBlock(5, told()), flacBlock(0x80|flacPadding, told()), "\xff\xf8", sound, "TAG", canary, nul(125-len(canary)))
}

// madeOgg is two links of the same headers, on short pages, beside a stream that goes.
func madeOgg(packets ...any) []byte {
	var out []byte
	for link := range uint32(2) {
		p := oggPage{flags: oggBegins, serial: 1 + 10*link}
		first := join(packets[0])
		out = append(out, oggWrite(&p, 0, []byte{byte(len(first))}, first)...)
		out = append(out, oggWrite(&oggPage{flags: oggBegins, serial: 2 + 10*link}, 0, []byte{byte(len(told()))}, told())...)
		for _, packet := range packets[1:] {
			out = append(out, madePages(&p, join(packet))...)
		}
		p.number++
		page := oggWrite(&p, 0, []byte{5}, []byte(sound))
		le.PutUint64(page[6:], 240)
		le.PutUint32(page[22:], oggSum(page))
		out = join(out, page, "junk", told())
	}
	return out
}

func madePages(p *oggPage, packet []byte) (out []byte) {
	lacing := append(bytes.Repeat([]byte{255}, len(packet)/255), byte(len(packet)%255))
	continued := byte(0)
	for here := range slices.Chunk(lacing, 3) {
		n := 0
		for _, c := range here {
			n += int(c)
		}
		p.number, p.flags = p.number+1, 0
		out = append(out, oggWrite(p, continued, here, packet[:n])...)
		packet, continued = packet[n:], oggContinued
	}
	return out
}

func riff(id string, parts ...any) []byte {
	body := join(parts...)
	return join(id, le.AppendUint32(nil, uint32(len(body))), body, nul(len(body)&1))
}

func madeWAV(form string) []byte {
	data := []byte(sound + sound)
	ds64 := []byte{}
	if form == "RF64" {
		ds64 = riff("ds64", nul(8), le.AppendUint64(nil, uint64(len(data))), nul(12), told())
	}
	return join(riff(form, "WAVE", ds64, riff("JUNK", told()),
		riff("fmt ", "\x01\x00\x01\x00\x40\x1F\x00\x00\x40\x00\x00\x00\x02\x00\x10\x00\x00\x00", told()),
		riff("fact", le.AppendUint32(nil, 5), told()), riff("bext", told()), riff("LIST", "INFO", riff("INAM", told()), riff("ISFT", told())),
		riff("data", data), riff("id3 ", madeID3(3)), riff("iXML", told()), riff("_PMX", told())), told())
}

func madeAIFF() []byte {
	chunk := func(id string, parts ...any) []byte {
		body := join(parts...)
		return join(id, len(body), body, nul(len(body)&1))
	}
	return join(chunk("FORM", "AIFC", chunk("FVER", told()[:4]), chunk("NAME", told()), chunk("AUTH", told()), chunk("(c) ", told()),
		chunk("COMM", "\x00\x01\x00\x00\x00\x50\x00\x10\x40\x05\xA0", nul(7), "NONE", byte(len(canary)), canary, told()),
		chunk("APPL", told()), chunk("COMT", told()), chunk("SSND", nul(8), sound), chunk("ID3 ", madeID3(4))), told())
}

func madeAVI() []byte {
	avih := join(le.AppendUint32(nil, 40000), nul(12), le.AppendUint32(nil, 25), nul(36))
	return join(riff("RIFF", "AVI ", riff("LIST", "hdrl", riff("avih", avih),
		riff("LIST", "strl", riff("strh", "vidsH264", nul(48)), riff("strf", nul(40)), riff("strd", told()), riff("strn", told())),
		riff("LIST", "strl", riff("strh", "txts", nul(52))), riff("IDIT", told()), riff("LIST", "odml", riff("dmlh", le.AppendUint32(nil, 25)))),
		riff("LIST", "INFO", riff("INAM", told()), riff("ISFT", told())), riff("LIST", "ncdt", told()), riff("JUNK", told()),
		riff("LIST", "movi", riff("00dc", sound), riff("01tx", told()), riff("LIST", "rec ", riff("00dc", sound), riff("JUNK", told()))),
		riff("idx1", nul(16))), told())
}

// ebml makes an element.
func ebml(id int, parts ...any) []byte {
	body := join(parts...)
	head := bytes.TrimLeft(be.AppendUint32(nil, uint32(id)), "\x00")
	return join(head, "\x10", be.AppendUint32(nil, uint32(len(body)))[1:], body)
}

func madeMatroska(live bool) []byte {
	cluster := func(tc byte) []byte {
		body := join(ebml(mkvTimestamp, tc), ebml(mkvSimpleBlock, "\x81\x00\x10\x80", sound), ebml(mkvSimpleBlock, "\x82\x00\x00\x80", told()),
			ebml(mkvBlockGroup, ebml(mkvBlock, "\x82\x00\x00\x00", told())))
		if live {
			return join("\x1F\x43\xB6\x75\x01\xff\xff\xff\xff\xff\xff\xff", body)
		}
		return join(ebml(mkvCluster, "\xBF\x84\x01\x02\x03\x04", body))
	}
	track := func(n, kind byte, more ...any) []byte {
		return ebml(mkvTrackEntry, ebml(0xD7, n), ebml(0x73C5, n), ebml(0x83, kind), ebml(0x536E, told()), ebml(0x86, "S_TEXT/ASS"),
			ebml(0x258688, told()), ebml(0x41E4, ebml(0x41A4, told())), join(more...))
	}
	script := "[Script Info]\n; " + canary + "\nTitle: " + canary + "\nPlayResX: 640\n[Aegisub Project Garbage]\nVideo File: " + canary +
		"\n[V4+ Styles]\n"
	segment := join(
		ebml(mkvSeekHead, ebml(mkvSeek, ebml(0x53AB, mkvTags), ebml(0x53AC, told())), ebml(mkvSeek, ebml(0x53AB, mkvInfo), ebml(0x53AC, byte(0)))),
		"\xBF\x84", canary[:4], "\xEC", byte(0x80|len(told())), told(),
		ebml(mkvInfo, "\xBF\x84", canary[:4], ebml(mkvTitle, told()), ebml(0x4461, told()), ebml(0x73A4, told()), ebml(0x7384, told()),
			ebml(mkvMuxingApp, told()), ebml(mkvWritingApp, told()), ebml(0x7F7F, told())),
		ebml(mkvTracks, track(1, 17, ebml(mkvPrivate, script)), track(2, 33)),
		ebml(mkvChapters, ebml(0x45B9, ebml(0xB6, ebml(0x91, byte(0)), ebml(0x80, ebml(0x85, "One")), ebml(0x6E67, told())))),
		ebml(mkvTags, ebml(0x7373, ebml(0x67C8, ebml(0x45A3, "ARTIST"), ebml(0x4487, told())))),
		ebml(mkvAttached, ebml(0x61A7, ebml(0x466E, told()), ebml(0x465C, "\xff\xd8\xff", told()))),
		cluster(1), cluster(2), ebml(0x7F7F, told()))
	head := ebml(mkvHeader, ebml(0x4282, "matroska"), ebml(ebmlVoidID, told()))
	if live {
		return join(head, "\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff", segment)
	}
	return join(head, ebml(mkvSegment, segment), told())
}
