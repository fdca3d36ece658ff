// Package extsort sorts any number of records in bounded memory, spilling
// sorted runs to one temporary file when there are many.
package extsort

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
)

// A Record is a key to sort by and what goes with it. Both are valid until the
// next record is taken.
type Record struct{ Key, Value []byte }

// DefaultMemory is how many bytes of records a Sorter holds before it spills.
const DefaultMemory = 12 << 20

// A Sorter takes records in any order and gives them back by key, then value.
type Sorter struct {
	dir    string
	memory int
	arena  []byte
	index  []span
	file   *os.File
	runs   []run
	size   int64 // of the file
	sealed bool
}

// span is a record in the arena.
type span struct{ start, key, value int }

// run is a sorted stretch of the file.
type run struct{ start, end int64 }

// New returns a sorter that spills to a file in dir when more than memory bytes
// have been added. Close removes the file.
func New(dir string, memory int) *Sorter { return &Sorter{dir: dir, memory: memory} }

// Add copies a record in.
func (s *Sorter) Add(key, value []byte) error {
	if s.sealed {
		return errors.New("extsort: internal error: record added after sorting")
	}
	s.index = append(s.index, span{len(s.arena), len(key), len(value)})
	s.arena = append(append(s.arena, key...), value...)
	if len(s.arena)+len(s.index)*24 < s.memory {
		return nil
	}
	return s.spill()
}

func (s *Sorter) at(i span) Record {
	k, v := i.start+i.key, i.start+i.key+i.value
	return Record{s.arena[i.start:k:k], s.arena[k:v:v]}
}

func (s *Sorter) sort() {
	slices.SortFunc(s.index, func(a, b span) int { return compare(s.at(a), s.at(b)) })
}

func compare(a, b Record) int {
	if c := bytes.Compare(a.Key, b.Key); c != 0 {
		return c
	}
	return bytes.Compare(a.Value, b.Value)
}

// spill writes what is in memory as one run.
func (s *Sorter) spill() error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "sort-")
		if err != nil {
			return err
		}
		s.file = f
	}
	s.sort()
	w := bufio.NewWriterSize(s.file, 256<<10)
	start := s.size
	var head []byte
	for _, i := range s.index {
		r := s.at(i)
		head = binary.AppendUvarint(head[:0], uint64(len(r.Key)))
		head = binary.AppendUvarint(head, uint64(len(r.Value)))
		s.size += int64(len(head) + len(r.Key) + len(r.Value))
		for _, b := range [][]byte{head, r.Key, r.Value} {
			if _, err := w.Write(b); err != nil {
				return err
			}
		}
	}
	s.runs = append(s.runs, run{start, s.size})
	s.arena, s.index = s.arena[:0], s.index[:0]
	return w.Flush()
}

// Sorted yields all records in order. It may be called again, but nothing may be
// added any more.
func (s *Sorter) Sorted() iter.Seq2[Record, error] {
	if !s.sealed {
		s.sealed = true
		s.sort()
	}
	return func(yield func(Record, error) bool) {
		if len(s.runs) == 0 {
			for _, i := range s.index {
				if !yield(s.at(i), nil) {
					return
				}
			}
			return
		}
		s.merge(yield)
	}
}

func (s *Sorter) merge(yield func(Record, error) bool) {
	var m merger
	add := func(src source) error {
		ok, err := src.next()
		if ok {
			m = append(m, src)
		}
		return err
	}
	if err := add(&memoryRun{s: s}); err != nil {
		yield(Record{}, err)
		return
	}
	for _, r := range s.runs {
		section := io.NewSectionReader(s.file, r.start, r.end-r.start)
		if err := add(&fileRun{r: bufio.NewReaderSize(section, 32<<10)}); err != nil {
			yield(Record{}, err)
			return
		}
	}
	heap.Init(&m)
	for len(m) > 0 {
		if !yield(m[0].record(), nil) {
			return
		}
		ok, err := m[0].next()
		switch {
		case err != nil:
			yield(Record{}, err)
			return
		case ok:
			heap.Fix(&m, 0)
		default:
			heap.Pop(&m)
		}
	}
}

// Close removes the temporary file.
func (s *Sorter) Close() error {
	s.arena, s.index = nil, nil
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Close(), os.Remove(s.file.Name()))
	s.file = nil
	return err
}

// source is a run that is being merged.
type source interface {
	next() (ok bool, err error)
	record() Record
}

type memoryRun struct {
	s *Sorter
	n int
}

func (m *memoryRun) next() (bool, error) { m.n++; return m.n <= len(m.s.index), nil }
func (m *memoryRun) record() Record      { return m.s.at(m.s.index[m.n-1]) }

type fileRun struct {
	r   *bufio.Reader
	rec Record
	buf []byte
}

func (f *fileRun) record() Record { return f.rec }

func (f *fileRun) next() (bool, error) {
	key, err := binary.ReadUvarint(f.r)
	if err == io.EOF {
		return false, nil
	}
	value, err2 := binary.ReadUvarint(f.r)
	if err = errors.Join(err, err2); err != nil {
		return false, fmt.Errorf("read a temporary file: %w", err)
	}
	f.buf = slices.Grow(f.buf[:0], int(key+value))[:key+value]
	if _, err := io.ReadFull(f.r, f.buf); err != nil {
		return false, fmt.Errorf("read a temporary file: %w", err)
	}
	f.rec = Record{f.buf[:key:key], f.buf[key:]}
	return true, nil
}

// merger is a heap of runs by their current record.
type merger []source

func (m merger) Len() int           { return len(m) }
func (m merger) Less(i, j int) bool { return compare(m[i].record(), m[j].record()) < 0 }
func (m merger) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merger) Push(x any)        { *m = append(*m, x.(source)) }
func (m *merger) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}
