package scrub

// Sound that is nothing but frames, one after the other: MPEG audio and AAC in ADTS. All that is no
// frame goes: tags before, behind and between them, whatever their kind.

const (
	frameWindow    = 256 << 10
	confirmLen     = 32 << 10 // bytes in which the next two frames begin
	maxSoundRuns   = 1 << 16  // times that frames are lost and found again
	framesToTrust  = 3        // in a row: fewer may be chance
	maxFrameHeader = 9
)

// A soundFrame is what the head of a frame says.
type soundFrame struct {
	size    int
	head    int // bytes of size before the sound
	samples int // of each channel
	rate    int
	key     uint32 // what all frames of a stream have in common
}

// A soundStream is a walk over frames.
type soundStream struct {
	*mediaSource
	res     *Result
	parse   func(head []byte) (soundFrame, bool)
	runs    []mediaRun
	first   soundFrame
	samples uint64
	millis  int64 // of streams before, at other rates
	rate    int
}

// A mediaRun is a part of the original that stays.
type mediaRun struct{ offset, size int64 }

// walk finds all frames. A tag is stepped over, and other junk searched through for the next frames.
func (s *soundStream) walk() error {
	at, synced, key := int64(0), false, uint32(0)
	for at < s.size {
		head, err := s.peek(at, apeHeadLen)
		if err != nil {
			return err
		}
		f, ok := s.parse(head)
		if ok && (!synced || f.key != key) {
			ok, err = s.trust(at)
		}
		switch {
		case err != nil:
			return err
		case !ok || at+int64(f.size) > s.size:
			skip, err := s.skipTag(head, at)
			if err != nil {
				return err
			}
			at, synced = at+skip, false
			continue
		}
		if err := s.keep(at, f); err != nil {
			return err
		}
		at, synced, key = at+int64(f.size), true, f.key
	}
	if len(s.runs) == 0 {
		return brokenf("there is no sound in it")
	}
	s.count(0)
	return nil
}

// skipTag is how long what is no frame is: a tag, which is read before, or a byte.
func (s *soundStream) skipTag(head []byte, at int64) (int64, error) {
	if n := id3Len(head); n > 0 && n <= s.size-at {
		return n, s.readID3(s.res, at)
	}
	if n := apeLen(head); n > 0 && n <= s.size-at {
		return n, s.readAPE(s.res, at)
	}
	return 1, nil
}

// trust says whether there are frames in a row, or as many as there are before the end or a tag.
func (s *soundStream) trust(at int64) (bool, error) {
	b, err := s.peek(at, confirmLen)
	if err != nil {
		return false, err
	}
	key := uint32(0)
	for n := range framesToTrust {
		f, ok := s.parse(b)
		if n > 0 && (len(b) == 0 || id3Len(b) > 0 || apeLen(b) > 0 || string(b[:min(3, len(b))]) == "TAG") {
			return true, nil
		}
		if !ok || n > 0 && f.key != key || f.size > len(b) {
			return false, nil
		}
		key, b = f.key, b[f.size:]
	}
	return true, nil
}

func (s *soundStream) keep(at int64, f soundFrame) error {
	n := len(s.runs)
	switch {
	case n > 0 && s.runs[n-1].offset+s.runs[n-1].size == at:
		s.runs[n-1].size += int64(f.size)
	case n == maxSoundRuns:
		return limitf("sound in more than %d pieces", maxSoundRuns)
	default:
		s.runs = append(s.runs, mediaRun{at, int64(f.size)})
	}
	if n == 0 {
		s.first, s.rate = f, f.rate
	}
	if f.rate != s.rate {
		s.count(f.rate)
	}
	s.samples += uint64(f.samples)
	return nil
}

// count turns samples into time, before frames at another rate.
func (s *soundStream) count(rate int) {
	s.millis += millis(s.samples, uint64(s.rate))
	s.samples, s.rate = 0, rate
}

// plan keeps the runs, with patches, and says what went.
func (s *soundStream) plan(patches []mediaPatch) {
	sortPatches(patches)
	gone := s.size
	for _, r := range s.runs {
		s.res.Plan.patched(r.offset, r.size, patches)
		gone -= r.size
	}
	if gone > 0 {
		s.res.remove("tags, and all else that is no sound", gone)
	}
	s.res.Millis = s.millis
}
