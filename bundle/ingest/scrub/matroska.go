package scrub

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
)

// Matroska and WebM (RFC 9559). Parts of such a file refer to each other by where they are, so
// nothing moves: what goes becomes a Void of the same length, all zeros. Clusters, which hold picture
// and sound, are stepped over by their sizes. Only those of unknown size, as browsers record, and
// those with blocks of tracks that go, are walked through.

const (
	maxMKVIndex  = 64 << 20 // bytes of an element that is read into memory
	maxMKVTop    = 1 << 20  // elements in the segment: a cluster has some seconds
	maxMKVBlocks = 1 << 24  // blocks that are stepped over, 30 hours of them
	maxMKVFirst  = 256      // blocks at the start in which each track begins

	mkvHeader   = 0x1A45DFA3
	mkvSegment  = 0x18538067
	mkvSeekHead = 0x114D9B74
	mkvInfo     = 0x1549A966
	mkvTracks   = 0x1654AE6B
	mkvCluster  = 0x1F43B675
	mkvCues     = 0x1C53BB6B
	mkvChapters = 0x1043A770
	mkvTags     = 0x1254C367
	mkvAttached = 0x1941A469

	mkvTimestamp   = 0xE7
	mkvSimpleBlock = 0xA3
	mkvBlockGroup  = 0xA0
	mkvBlock       = 0xA1
	mkvMuxingApp   = 0x4D80
	mkvWritingApp  = 0x5741
	mkvPrivate     = 0x63A2
	mkvTrackEntry  = 0xAE
	mkvSeek        = 0x4DBB
	mkvTitle       = 0x7BA9
)

// mkvStays are the elements of the segment that stay, and what stays in them.
var mkvStays = map[uint32]ebmlSchema{
	mkvSeekHead: ebmlSchema{}.with(mkvSeek, ebmlValues(0x53AB, 0x53AC)),
	mkvInfo:     ebmlValues(0x2AD7B1, 0x4489, mkvMuxingApp, mkvWritingApp), // scale, duration
	mkvTracks:   ebmlSchema{}.with(mkvTrackEntry, mkvTrackStays),
	mkvCues: ebmlSchema{}.with(0xBB, ebmlValues(0xB3).with(0xB7,
		ebmlValues(0xF7, 0xF1, 0xF0, 0xB2, 0x5378, 0xEA).with(0xDB, ebmlValues(0x96)))),
	mkvChapters: ebmlSchema{}.with(0x45B9, ebmlValues(0x45BC, 0x45BD, 0x45DB, 0x45DD).with(0xB6, mkvChapter)),
}

// mkvTrackStays are numbers, languages, and how to decode and to show (RFC 9559, 5.1.4).
var mkvTrackStays = ebmlValues(0xD7, 0x73C5, 0x83, 0xB9, 0x88, 0x55AA, 0x55AB, 0x55AC, 0x55AD, 0x55AE, 0x55AF, 0x9C,
	0x6DE7, 0x6DF8, 0x23E383, 0x234E7A, 0x23314F, 0x55EE, 0x22B59C, 0x22B59D, 0x86, mkvPrivate, 0xAA, 0x6FAB,
	0x56AA, 0x56BB).
	with(0x41E4, ebmlValues(0x41F0, 0x41E7, 0x41ED)).
	with(0xE0, ebmlValues(0x9A, 0x9D, 0x53B8, 0x53C0, 0xB0, 0xBA, 0x54AA, 0x54BB, 0x54CC, 0x54DD, 0x54B0, 0x54BA,
		0x54B2, 0x54B3, 0x2EB524, 0x2FB523, 0x2383E3).
		with(0x55B0, ebmlValues(0x55B1, 0x55B2, 0x55B3, 0x55B4, 0x55B5, 0x55B6, 0x55B7, 0x55B8, 0x55B9, 0x55BA,
			0x55BB, 0x55BC, 0x55BD).with(0x55D0, ebmlValues(0x55D1, 0x55D2, 0x55D3, 0x55D4, 0x55D5, 0x55D6,
			0x55D7, 0x55D8, 0x55D9, 0x55DA))).
		with(0x7670, ebmlValues(0x7671, 0x7672, 0x7673, 0x7674, 0x7675))).
	with(0xE1, ebmlValues(0xB5, 0x78B5, 0x9F, 0x7D7B, 0x6264, 0x52F1)).
	with(0xE2, ebmlSchema{}.with(0xE3, ebmlSchema{}.with(0xE4, ebmlValues(0xE5, 0xE6))).with(0xE9, ebmlValues(0xED))).
	with(0x6D80, ebmlSchema{}.with(0x6240, ebmlValues(0x5031, 0x5032, 0x5033, 0x5035).
		with(0x5034, ebmlValues(0x4254, 0x4255))))

// mkvChapter is a chapter, which may have chapters in it.
var mkvChapter = func() ebmlSchema {
	s := ebmlValues(0x73C4, 0x91, 0x92, 0x98, 0x4598).with(0x80, ebmlValues(0x85, 0x437C, 0x437D, 0x437E)).
		with(0x8F, ebmlValues(0x89))
	return s.with(0xB6, s)
}()

var mkvHeaderStays = ebmlValues(0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4282, 0x4287, 0x4285)

// An mkvElement is an element in the file.
type mkvElement struct {
	id       uint32
	at, body int64 // where it and its body begin
	end      int64
}

// An mkvFile is a file on its way.
type mkvFile struct {
	*mediaSource
	res     Result
	patches []mediaPatch
	tops    []mkvElement // in the segment
	tracks  []*mkvTrack
	scale   uint64 // nanoseconds of a tick
	last    uint64 // the latest block that was seen, in ticks
	steps   int
}

// cleanMatroska cleans Matroska and WebM. Without a segment of a known kind it is an ErrFormat.
func cleanMatroska(r io.ReaderAt, size int64) (*Result, error) {
	f := &mkvFile{mediaSource: newMediaSource(r, size, 4<<10), scale: 1_000_000}
	end, err := f.scan()
	if err != nil {
		return nil, err
	}
	for _, e := range f.tops {
		if err := f.top(e); err != nil {
			return nil, err
		}
	}
	if len(f.tracks) == 0 {
		return nil, brokenf("it has neither picture nor sound")
	}
	if err := f.clusters(); err != nil {
		return nil, err
	}
	if end < size {
		f.res.remove("bytes behind the end", size-end)
	}
	if f.res.Millis == 0 {
		f.res.Millis = millis(f.last, 1_000_000_000/max(1, min(f.scale, 1_000_000_000)))
	}
	sortPatches(f.patches)
	f.res.Plan.patched(0, end, f.patches)
	return f.finish(&f.res)
}

// element reads the head of an element. One that is cut off by the end of the file ends there.
func (f *mkvFile) element(at, limit int64) (e mkvElement, known bool, err error) {
	b, err := f.peek(at, maxEBMLHead)
	if err != nil {
		return e, false, err
	}
	id, head, size, ok := ebmlHead(b)
	if !ok {
		return e, false, brokenf("no element where one should be, at %d", at)
	}
	e = mkvElement{id, at, at + int64(head), limit}
	if size >= 0 && size <= limit-e.body {
		e.end = e.body + size
	}
	if known = size >= 0; known && size > limit-e.body && id != mkvSegment && id != mkvCluster {
		return e, false, brokenf("it ends too early")
	}
	return e, known, nil
}

// scan finds the elements of the segment, and where it ends.
func (f *mkvFile) scan() (end int64, err error) {
	head, known, err := f.element(0, f.size)
	if err != nil {
		return 0, err
	}
	if head.id != mkvHeader || !known {
		return 0, brokenf("no Matroska")
	}
	if err := f.reduce(head, mkvHeaderStays); err != nil {
		return 0, err
	}
	at := head.end
	for {
		e, known, err := f.element(at, f.size)
		switch {
		case err != nil:
			return 0, err
		case e.id == mkvSegment:
			return e.end, f.scanSegment(e)
		case !known:
			return 0, brokenf("no segment")
		}
		f.void(e)
		at = e.end
	}
}

func (f *mkvFile) scanSegment(segment mkvElement) error {
	for at := segment.body; at < segment.end; {
		e, known, err := f.element(at, segment.end)
		if err != nil {
			return err
		}
		if !known {
			if e.id != mkvCluster {
				return brokenf("an element of unknown size")
			}
			if e.end, err = f.clusterEnd(e); err != nil {
				return err
			}
		}
		if len(f.tops) == maxMKVTop {
			return limitf("more than %d elements", maxMKVTop)
		}
		f.tops = append(f.tops, e)
		at = e.end
	}
	return nil
}

// mkvClusterStays are the elements of a cluster that stay, where it is walked through.
var mkvClusterStays = ebmlValues(mkvTimestamp, 0xA7, 0xAB, mkvSimpleBlock, mkvBlockGroup, 0xAF)

// clusterEnd finds the end of a cluster of unknown size: the next element of the segment.
func (f *mkvFile) clusterEnd(cluster mkvElement) (int64, error) {
	at := cluster.body
	for at < cluster.end {
		e, known, err := f.element(at, cluster.end)
		switch {
		case err != nil:
			return 0, err
		case mkvIsTop(e.id):
			return at, nil
		case !known:
			return 0, brokenf("an element of unknown size")
		}
		if err := f.step(); err != nil {
			return 0, err
		}
		if _, stays := mkvClusterStays[e.id]; !stays {
			f.res.remove(mkvWhat(e.id), e.end-e.at)
			f.void(e)
		}
		at = e.end
	}
	return at, nil
}

// step counts what takes time.
func (f *mkvFile) step() error {
	if f.steps++; f.steps > maxMKVBlocks {
		return limitf("more than %d blocks", maxMKVBlocks)
	}
	return nil
}

func mkvIsTop(id uint32) bool {
	_, stays := mkvStays[id]
	return stays || id == mkvCluster || id == mkvTags || id == mkvAttached || id == mkvSegment || id == mkvHeader
}

// void makes a Void of an element of any length.
func (f *mkvFile) void(e mkvElement) {
	head := ebmlVoidHead(e.end - e.at)
	f.patches = append(f.patches, mediaPatch{e.at, int64(len(head)), head},
		mediaPatch{e.at + int64(len(head)), e.end - e.at - int64(len(head)), nil})
}

// top cleans an element of the segment.
func (f *mkvFile) top(e mkvElement) error {
	if e.id == mkvCluster {
		return nil
	}
	if schema := mkvStays[e.id]; schema != nil {
		return f.reduce(e, schema)
	}
	if e.id == mkvTags || e.id == mkvAttached {
		if err := f.says(e); err != nil {
			return err
		}
	}
	f.res.remove(mkvWhat(e.id), e.end-e.at)
	f.void(e)
	return nil
}

func mkvWhat(id uint32) string {
	switch id {
	case mkvTags, mkvTitle, 0x536E: // the name of a track
		return "tags: titles, makers, places"
	case mkvAttached:
		return "attached files"
	case 0x4461: // DateUTC
		return "times it was made and changed"
	case 0x73A4, 0x7384, 0x3CB923, 0x3C83AB, 0x3EB923, 0x3E83BB, 0x4444:
		return "names of files that belong to it"
	case ebmlVoidID:
		return "free space"
	case ebmlCRCID, mkvSeek:
		return "check sums and references of what goes"
	}
	return "private data of programs"
}

// reduce cleans an element that stays.
func (f *mkvFile) reduce(e mkvElement, schema ebmlSchema) error {
	if e.end-e.body > maxMKVIndex {
		return limitf("an index of more than %d bytes", maxMKVIndex)
	}
	b, err := f.read(e.body, e.end-e.body)
	if err != nil {
		return err
	}
	old := slices.Clone(b)
	gone := func(x ebmlElement) {
		if x.id == mkvTitle {
			f.res.setTitle(mediaText(x.body))
		}
		f.res.remove(mkvWhat(x.id), int64(len(x.all)))
	}
	if err := ebmlReduce(b, schema, 0, gone); err != nil {
		return err
	}
	switch e.id {
	case mkvInfo:
		f.info(b)
	case mkvTracks:
		err = f.readTracks(b)
	case mkvSeekHead:
		f.seekHead(b)
	}
	if err == nil && !bytes.Equal(old, b) {
		f.patches = append(f.patches, mediaPatch{e.body, int64(len(b)), b})
	}
	return err
}

// info reads scale and duration, and empties the names of the programs, which must be there.
func (f *mkvFile) info(b []byte) {
	if scale := ebmlUint(ebmlFind(b, 0x2AD7B1)); scale > 0 {
		f.scale = scale
	}
	ticks := ebmlFloat(ebmlFind(b, 0x4489))
	if ns := ticks * float64(f.scale); ns > 0 && ns < 1<<60 {
		f.res.Millis = millis(uint64(ns), 1_000_000_000)
	}
	for e, ok := range ebmlEach(b) {
		if ok && (e.id == mkvMuxingApp || e.id == mkvWritingApp) {
			if n := countNonZero(e.body); n > 0 {
				f.res.remove("names of programs", n)
			}
			clear(e.body)
		}
	}
}

// seekHead drops references to what goes.
func (f *mkvFile) seekHead(b []byte) {
	for e, ok := range ebmlEach(b) {
		if !ok || e.id != mkvSeek {
			continue
		}
		id := uint32(ebmlUint(ebmlFind(e.body, 0x53AB)))
		if _, stays := mkvStays[id]; !stays && id != mkvCluster {
			f.res.remove(mkvWhat(mkvSeek), int64(len(e.all)))
			ebmlVoid(e.all)
		}
	}
}

// says reads title, artist and cover from tags and attachments.
func (f *mkvFile) says(e mkvElement) error {
	for at := e.body; at < e.end; {
		x, known, err := f.element(at, e.end)
		if err != nil || !known {
			return nil // it goes anyhow
		}
		if err := f.step(); err != nil {
			return err
		}
		switch {
		case x.id == 0x7373 && x.end-x.body <= maxTag:
			b, err := f.read(x.body, x.end-x.body)
			if err != nil {
				return err
			}
			f.tag(b)
		case x.id == 0x61A7:
			if err := f.attached(x); err != nil {
				return err
			}
		}
		at = x.end
	}
	return nil
}

// tag reads a tag that is of the whole file (RFC 9559, 5.1.8).
func (f *mkvFile) tag(b []byte) {
	if level := ebmlUint(ebmlFind(b, 0x63C0, 0x68CA)); level != 0 && level != 50 && level != 30 {
		return
	}
	for e, ok := range ebmlEach(b) {
		if !ok || e.id != 0x67C8 {
			continue
		}
		value := mediaText(ebmlFind(e.body, 0x4487))
		switch string(bytes.ToUpper(ebmlFind(e.body, 0x45A3))) {
		case "TITLE":
			f.res.setTitle(value)
		case "ARTIST":
			f.res.setArtist(value)
		}
	}
}

// attached takes the first attached picture for the cover.
func (f *mkvFile) attached(file mkvElement) error {
	for at := file.body; at < file.end; {
		e, known, err := f.element(at, file.end)
		if err != nil || !known {
			return nil
		}
		if err := f.step(); err != nil {
			return err
		}
		if e.id == 0x465C {
			b, err := f.peek(e.body, int(min(16, e.end-e.body)))
			if err != nil {
				return err
			}
			f.res.setCover(b, Piece{Offset: e.body, Size: e.end - e.body})
		}
		at = e.end
	}
	return nil
}

// mkvVint reads a number that a block begins with: its track.
func mkvVint(b []byte) (n uint64, size int) {
	if size = ebmlLen(b); size == 0 || size > len(b) {
		return 0, 0
	}
	n = ebmlUint(b[:size]) &^ (1 << (7 * size))
	return n, size
}

// mkvTicks is when a block plays, after its cluster.
func mkvTicks(b []byte, cluster uint64) uint64 {
	if len(b) < 2 {
		return cluster
	}
	return uint64(max(0, int64(cluster&(1<<62-1))+int64(int16(binary.BigEndian.Uint16(b)))))
}
