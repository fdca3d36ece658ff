package scrub

import (
	"bytes"
	"errors"
	"slices"
)

// An mkvTrack is a track.
type mkvTrack struct {
	number  uint64
	stays   bool
	first   bool                           // its first block was seen
	encoder func(block []byte) []blankSpan // finds what the encoder says of itself; nil if nothing is known
}

// mkvCaptions is the kind of tracks of captions.
const mkvCaptions = 17

// mkvKinds are the kinds of tracks that stay: picture, sound, captions.
var mkvKinds = map[uint64]bool{1: true, 2: true, mkvCaptions: true}

// readTracks reads the tracks, and makes Voids of those that go.
func (f *mkvFile) readTracks(b []byte) error {
	for e, ok := range ebmlEach(b) {
		if !ok || e.id != mkvTrackEntry {
			continue
		}
		kind, codec := ebmlUint(ebmlFind(e.body, 0x83)), string(ebmlFind(e.body, 0x86))
		t := &mkvTrack{number: ebmlUint(ebmlFind(e.body, 0xD7)), stays: mkvKinds[kind]}
		f.tracks = append(f.tracks, t)
		if !t.stays {
			f.res.remove("a track that is neither picture nor sound nor captions", int64(len(e.all)))
			ebmlVoid(e.all)
			continue
		}
		if kind == mkvCaptions {
			f.res.Texts++
		}
		if kind == 1 && f.res.Width == 0 {
			f.res.Width, f.res.Height = mkvShown(e.body)
		}
		private := ebmlFind(e.body, mkvPrivate)
		if ebmlFind(e.body, 0x6D80) == nil {
			t.encoder = mkvEncoder(codec, private)
		}
		if err := f.private(codec, private); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(f.tracks, func(t *mkvTrack) bool { return t.stays }) {
		return brokenf("it has neither picture nor sound")
	}
	return nil
}

// mkvShown is how large a picture is shown, in pixels.
func mkvShown(entry []byte) (width, height int) {
	video := ebmlFind(entry, 0xE0)
	value := func(id uint32) int { return int(min(ebmlUint(ebmlFind(video, id)), 1<<20)) }
	if unit := value(0x54B2); unit == 0 && value(0x54B0) > 0 && value(0x54BA) > 0 {
		return value(0x54B0), value(0x54BA)
	}
	return max(0, value(0xB0)-value(0x54CC)-value(0x54DD)), max(0, value(0xBA)-value(0x54BB)-value(0x54AA))
}

// mkvEncoder is what finds the name of an encoder in a block.
func mkvEncoder(codec string, private []byte) func([]byte) []blankSpan {
	switch {
	case codec == "V_MPEG4/ISO/AVC" && len(private) > 4:
		n := int(private[4]&3) + 1
		return func(b []byte) []blankSpan { return h264Info(b, n, private[1]) }
	case codec == "V_MPEGH/ISO/HEVC" && len(private) > 21:
		n := int(private[21]&3) + 1
		return func(b []byte) []blankSpan { return h265Info(b, n) }
	case codec == "A_AAC":
		return aacInfo
	}
	return nil
}

// private cleans what a codec needs to know, in its place.
func (f *mkvFile) private(codec string, b []byte) error {
	old := bytes.Clone(b)
	switch codec {
	case "A_VORBIS":
		xiphClean(b, "\x03vorbis", "\x01")
	case "V_THEORA":
		xiphClean(b, "\x81theora", "")
	case "A_FLAC":
		flacBlank(b)
	case "S_TEXT/ASS", "S_TEXT/SSA":
		assBlank(b)
	case "V_MPEGH/ISO/HEVC":
		c := &isoCleaner{res: &f.res}
		return c.fixHEVC(&isoBox{typ: "hvcC", body: b})
	}
	if !bytes.Equal(old, b) {
		f.res.remove("tags: titles, makers, places", countDifferent(old, b))
	}
	return nil
}

func countDifferent(a, b []byte) (n int64) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// xiphClean empties the comments among three headers, whose lengths come first (RFC 9559, 6.2;
// Xiph lacing). Zeros are behind them instead.
func xiphClean(b []byte, comments, after string) {
	if len(b) == 0 || b[0] != 2 {
		return
	}
	at, lengths := 1, [2]int{}
	for i := range lengths {
		for at < len(b) && b[at] == 255 {
			lengths[i], at = lengths[i]+255, at+1
		}
		if at == len(b) {
			return
		}
		lengths[i], at = lengths[i]+int(b[at]), at+1
	}
	empty := comments + string(emptyComments) + after
	if lengths[0]+lengths[1] > len(b)-at || lengths[1] < len(empty) {
		return
	}
	packet := b[at+lengths[0]:][:lengths[1]]
	clear(packet[copy(packet, empty):])
}

// flacBlank makes padding of the blocks that go.
func flacBlank(b []byte) {
	for at := 4; at+4 <= len(b); {
		n := int(isoU32(b, at) & 0xFFFFFF)
		kind, last := b[at]&0x7F, b[at]&0x80
		body := b[at+4:][:min(n, len(b)-at-4)]
		if kind != flacStreamInfo && kind != flacSeekTable {
			b[at] = last | flacPadding
			clear(body)
		}
		at += 4 + len(body)
	}
}

// assStays are the lines of a script's first section that say how to show it. Others say who wrote
// it, with which program, and where the film lay on the disk.
var assStays = [][]byte{[]byte("scripttype"), []byte("playresx"), []byte("playresy"), []byte("layoutresx"), []byte("layoutresy"),
	[]byte("wrapstyle"), []byte("scaledborderandshadow"), []byte("ycbcr matrix"), []byte("collisions"), []byte("timer"),
	[]byte("kerning")}

// assBlank makes spaces of lines that go in the head of a script (Advanced SubStation Alpha).
func assBlank(b []byte) {
	section := "[script info]"
	for len(b) > 0 {
		n := bytes.IndexAny(b, "\r\n")
		if n < 0 {
			n = len(b)
		}
		line := bytes.ToLower(bytes.Trim(b[:n], " \t\ufeff"))
		if bytes.HasPrefix(line, []byte("[")) {
			section = string(line)
		}
		if !assKeeps(section, line) {
			for i := range b[:n] {
				b[i] = ' '
			}
		}
		b = b[min(n+1, len(b)):]
	}
}

func assKeeps(section string, line []byte) bool {
	switch section {
	case "[script info]":
		key, _, _ := bytes.Cut(line, []byte(":"))
		return string(line) == section ||
			slices.ContainsFunc(assStays, func(s []byte) bool { return bytes.Equal(s, bytes.TrimSpace(key)) })
	case "[v4 styles]", "[v4+ styles]", "[events]":
		return !bytes.HasPrefix(line, []byte(";")) && !bytes.HasPrefix(line, []byte("!:"))
	}
	return false
}

// clusters goes through the clusters that something is to be done in: the first, where encoders say
// what they are; all of them if a track goes; the last if it is not known how long the film is.
func (f *mkvFile) clusters() error {
	drops := slices.ContainsFunc(f.tracks, func(t *mkvTrack) bool { return !t.stays })
	last := len(f.tops) - 1
	for ; last >= 0 && f.tops[last].id != mkvCluster; last-- {
	}
	seen := 0
	for i, e := range f.tops {
		if e.id != mkvCluster || !drops && f.begun(seen) && (i != last || f.res.Millis > 0) {
			continue
		}
		n, err := f.cluster(e)
		if err != nil {
			return err
		}
		seen += n
	}
	return nil
}

// begun says whether all that can be found of encoders is found.
func (f *mkvFile) begun(blocks int) bool {
	return blocks > maxMKVFirst || !slices.ContainsFunc(f.tracks, func(t *mkvTrack) bool { return !t.first })
}

// cluster goes through a cluster. One that changes loses its check sum.
func (f *mkvFile) cluster(cluster mkvElement) (blocks int, err error) {
	before, start := len(f.patches), uint64(0)
	var sums []mkvElement
	for at := cluster.body; at < cluster.end; {
		e, known, err := f.element(at, cluster.end)
		if errors.Is(err, ErrFormat) && cluster.end == f.size {
			break // cut off
		}
		if err != nil || !known {
			return 0, brokenf("an element is longer than the one around it")
		}
		if err := f.step(); err != nil {
			return 0, err
		}
		switch e.id {
		case ebmlCRCID:
			sums = append(sums, e)
		case mkvTimestamp:
			b, err := f.peek(e.body, int(min(8, e.end-e.body)))
			if err != nil {
				return 0, err
			}
			start = ebmlUint(b)
		case mkvSimpleBlock, mkvBlockGroup:
			blocks++
			if err := f.block(e, start); err != nil {
				return 0, err
			}
		}
		at = e.end
	}
	if len(f.patches) > before {
		for _, e := range sums {
			f.void(e)
		}
	}
	return blocks, nil
}

// block looks at a block, or the one in a group.
func (f *mkvFile) block(all mkvElement, start uint64) error {
	e := all
	for at := all.body; all.id == mkvBlockGroup && e.id != mkvBlock; at = e.end {
		if at >= all.end {
			return nil
		}
		var known bool
		var err error
		if e, known, err = f.element(at, all.end); err != nil || !known {
			return brokenf("a block is broken")
		}
		if err := f.step(); err != nil {
			return err
		}
	}
	b, err := f.peek(e.body, int(min(16, e.end-e.body)))
	if err != nil {
		return err
	}
	number, n := mkvVint(b)
	i := slices.IndexFunc(f.tracks, func(t *mkvTrack) bool { return t.number == number })
	if n == 0 || i < 0 || !f.tracks[i].stays {
		f.res.remove("samples of a track that goes", all.end-all.at)
		f.void(all)
		return nil
	}
	f.last = max(f.last, mkvTicks(b[n:], start))
	t, laced := f.tracks[i], len(b) < n+3 || b[n+2]&6 != 0
	if t.first {
		return nil
	}
	t.first = true
	size := e.end - e.body - int64(n+3)
	if t.encoder == nil || laced || size > maxFirstSample {
		return nil
	}
	return f.blankEncoder(t, e.body+int64(n+3), size)
}

func (f *mkvFile) blankEncoder(t *mkvTrack, at, size int64) error {
	sample, err := f.read(at, size)
	if err != nil {
		return err
	}
	for _, s := range t.encoder(sample) {
		if bytes.Count(sample[s.from:s.to], []byte{s.with}) < s.to-s.from {
			f.patches = append(f.patches, mediaPatch{at + int64(s.from), int64(s.to - s.from),
				bytes.Repeat([]byte{s.with}, s.to-s.from)})
			f.res.remove("the encoder and its settings", int64(s.to-s.from))
		}
	}
	return nil
}
