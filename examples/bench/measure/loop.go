package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
)

// storedBlock is the size of the blocks of what is stored, as in bundle/FORMAT.md.
const storedBlock = 256 << 10

// A stretch is bytes of a file that are hashed as one.
type stretch struct{ offset, size int64 }

// A stored is a file in a bundle, cut into the blocks of its table.
type stored struct {
	blocks []stretch
	size   int64
}

// layout finds the blocks of all files of a bundle as anyone can, from the outside: by
// the ZIP's central directory, and by the heads of the zstd frames in packs.
func layout(f *os.File) ([]stored, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, err
	}
	var files []stored
	for _, entry := range z.File {
		at, err := entry.DataOffset()
		if err != nil {
			return nil, err
		}
		s := stored{size: int64(entry.UncompressedSize64)}
		if strings.HasSuffix(entry.Name, ".zst") {
			s.blocks, err = frames(f, at, s.size)
		} else {
			s.blocks = pieces(at, s.size)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name, err)
		}
		files = append(files, s)
	}
	return files, nil
}

func pieces(at, size int64) (blocks []stretch) {
	for end := at + size; at < end; at += storedBlock {
		blocks = append(blocks, stretch{at, min(storedBlock, end-at)})
	}
	return blocks
}

var errFrame = errors.New("not a zstd frame")

// frames follows the heads of zstd frames and of the blocks in them (RFC 8878).
func frames(r io.ReaderAt, at, size int64) (list []stretch, err error) {
	for end := at + size; at < end; {
		length, err := frameLength(r, at)
		if err != nil {
			return nil, err
		}
		list = append(list, stretch{at, length})
		at += length
	}
	return list, nil
}

func frameLength(r io.ReaderAt, at int64) (int64, error) {
	head := make([]byte, 5)
	if _, err := r.ReadAt(head, at); err != nil {
		return 0, err
	}
	if binary.LittleEndian.Uint32(head) != 0xFD2FB528 {
		return 0, errFrame
	}
	flags := head[4]
	length := 5 + []int64{0, 1, 2, 4}[flags&3] // behind the dictionary's id
	contentSize := []int64{0, 2, 4, 8}[flags>>6]
	if flags&0x20 == 0 {
		length++ // the window
	} else if contentSize == 0 {
		contentSize = 1
	}
	length += contentSize
	for last := false; !last; {
		if _, err := r.ReadAt(head[:3], at+length); err != nil {
			return 0, err
		}
		word := int64(head[0]) | int64(head[1])<<8 | int64(head[2])<<16
		last = word&1 != 0
		length += 3
		if word>>1&3 == 1 { // one byte, many times
			length++
		} else {
			length += word >> 3
		}
	}
	if flags&4 != 0 {
		length += 4 // a checksum
	}
	return length, nil
}

// A looper reads a file and makes the hashes that verifying it makes, and nothing
// else: what is left out is to look anything up, and to compare.
type looper struct {
	f    *os.File
	mu   sync.Mutex
	err  error
	last [sha256.Size]byte // so that no hash goes unused
}

// loop makes the hash of every block, on all cores; with deep also the flat hashes
// of every file, in the same read.
func loop(name string, deep bool) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	files, err := layout(f)
	if err != nil {
		return err
	}
	l := &looper{f: f}
	if deep {
		each(files, l.flat)
		return l.err
	}
	var blocks []stretch
	for _, s := range files {
		blocks = append(blocks, s.blocks...)
	}
	each(blocks, l.block)
	return l.err
}

// each calls do for every one of the list, from as many goroutines as there are
// cores, each with a buffer of its own.
func each[T any](list []T, do func(T, *[]byte)) {
	jobs := make(chan T)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			var buf []byte
			for j := range jobs {
				do(j, &buf)
			}
		})
	}
	for _, j := range list {
		jobs <- j
	}
	close(jobs)
	wg.Wait()
}

func (l *looper) read(s stretch, buf *[]byte) []byte {
	if int64(cap(*buf)) < s.size {
		*buf = make([]byte, s.size)
	}
	data := (*buf)[:s.size]
	if _, err := l.f.ReadAt(data, s.offset); err != nil {
		l.mu.Lock()
		l.err = errors.Join(l.err, err)
		l.mu.Unlock()
	}
	return data
}

func (l *looper) keep(sum [sha256.Size]byte) {
	l.mu.Lock()
	l.last = sum
	l.mu.Unlock()
}

func (l *looper) block(s stretch, buf *[]byte) {
	l.keep(sha256.Sum256(l.read(s, buf)))
}

// flat makes the hashes of a file's blocks beside those of the whole, which go from
// the first byte to the last.
func (l *looper) flat(s stored, buf *[]byte) {
	whole, crc := sha256.New(), uint32(0)
	var wg sync.WaitGroup
	for _, b := range s.blocks {
		data := l.read(b, buf)
		wg.Go(func() { l.keep(sha256.Sum256(data)) })
		whole.Write(data)
		crc = crc32.Update(crc, crc32.IEEETable, data)
		wg.Wait()
	}
	l.keep(sha256.Sum256(binary.BigEndian.AppendUint32(whole.Sum(nil), crc)))
}
