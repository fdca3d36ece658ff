package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// Present returns an error when the bundle is not there any more: the stick that it lies on was pulled, or its files
// were removed, renamed or replaced since Open. It costs a look at each file's name and one small read, which goes past
// what the system holds in memory where the system can be told so, as Linux can.
//
// Damage is no absence: a bundle is gone when it can be read nowhere.
func (r *Reader) Present() error { return r.store.present() }

// forgetSize is how much the system is told to forget before a read: as much as Linux may hold in one piece, which it
// forgets whole or not at all.
const forgetSize = 2 << 20

// A forgetter can have the system forget what it holds of a file around a place.
type forgetter interface{ forget(at int64) }

// A probe reads a byte of a bundle here and there. It begins where it could the last time: to read where flash is worn
// takes seconds.
type probe struct{ good atomic.Int32 }

// probes is how many places are tried, from the last byte to the first: what lies at the end is looked for when a bundle is
// opened, and seldom after that, so that nobody misses what is forgotten.
const probes = 3

func (p *probe) read(r io.ReaderAt, size int64) (err error) {
	for i := range int32(probes) {
		place := (p.good.Load() + i) % probes
		if err = readFresh(r, (size-1)/(probes-1)*int64(probes-1-place)); err == nil {
			p.good.Store(place)
			return nil
		}
	}
	return err
}

// readFresh reads a byte from where it lies, not from memory.
func readFresh(r io.ReaderAt, at int64) error {
	if f, ok := r.(forgetter); ok {
		f.forget(at)
	}
	var b [1]byte
	if n, err := r.ReadAt(b[:], at); n == 0 {
		return errors.Join(err, errUnread)
	}
	return nil
}

var errUnread = errors.New("the bundle cannot be read any more")

func (z *zipStore) present() error {
	if m, ok := z.r.(*multiReader); ok {
		if err := m.inPlace(); err != nil {
			return err
		}
	}
	return z.probe.read(z.r, z.size)
}

// inPlace says whether the names of all parts still are those of the files that are open.
func (m *multiReader) inPlace() error {
	for _, f := range m.files {
		if f == nil {
			continue
		}
		opened, err := f.Stat()
		if err != nil {
			return err
		}
		if err := isAt(f.Name(), opened); err != nil {
			return err
		}
	}
	return nil
}

// isAt says whether a name still leads to a file.
func isAt(name string, opened fs.FileInfo) error {
	now, err := os.Stat(name)
	if err == nil && !os.SameFile(opened, now) {
		err = fmt.Errorf("%q: another file has taken its place: %w", name, fs.ErrNotExist)
	}
	return err
}

func (m *multiReader) forget(at int64) {
	if i := at / m.part; i < int64(len(m.files)) && m.files[i] != nil {
		forgetStretch(m.files[i], at%m.part)
	}
}

// forgetStretch has the system forget the stretch of a file that a place lies in.
func forgetStretch(f *os.File, at int64) { forget(f, at-at%forgetSize, forgetSize) }

// present tries the files that every bundle has: one of them may have become damaged.
func (f *folderStore) present() error {
	opened, err := f.root.Stat(".")
	if err != nil {
		return err
	}
	if err := isAt(f.root.Name(), opened); err != nil {
		return err
	}
	for _, name := range []string{membersName, manifestName, indexName} {
		if err = f.readFresh(name); err == nil {
			return nil
		}
	}
	return err
}

func (f *folderStore) readFresh(name string) error {
	file, err := f.open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	forgetStretch(file, 0)
	return readFresh(file, 0)
}
