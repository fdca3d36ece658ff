package bundle

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxParts bounds how many parts a bundle is cut into: three digits.
const maxParts = 999

func partName(name string, n int) string { return fmt.Sprintf("%s.%03d", name, n) }

// multiReader reads files that follow each other as one. Parts before the last
// all have the size of the first; one that is missing or short reads as if its
// bytes were not there, and what follows stays where it belongs.
type multiReader struct {
	files []*os.File // nil: missing
	part  int64      // size of each but the last
	gaps  []string   // names of parts before the last that are missing, or shorter than others
}

// openParts opens a file, or all parts when name is the first (or any) of several.
func openParts(name string) (m *multiReader, size int64, parts bool, err error) {
	first := firstPart(name)
	base := strings.TrimSuffix(first, ".001")
	last := lastPart(base)
	if base == first || first == "" || (last == 1 && first == name) || last == 0 {
		f, size, err := openRegular(name)
		if err != nil {
			return nil, 0, false, err
		}
		m = &multiReader{files: []*os.File{f}, part: max(size, 1)}
		return m, size, name == first, nil
	}
	m = &multiReader{}
	size, err = m.open(base, last)
	return m, size, true, err
}

// lastPart returns the highest number of a part that is there, looking a little
// beyond gaps.
func lastPart(base string) int {
	const gap = 20
	last := 0
	for n := 1; n <= min(last+gap, maxParts); n++ {
		if _, err := os.Stat(partName(base, n)); err == nil {
			last = n
		}
	}
	return last
}

func (m *multiReader) open(base string, last int) (size int64, err error) {
	var sizes []int64
	for n := 1; n <= last; n++ {
		f, part, err := openRegular(partName(base, n))
		if errors.Is(err, os.ErrNotExist) {
			f, part, err = nil, 0, nil
		}
		if err == nil && part > maxPartSize {
			err = fmt.Errorf("%s: a part of %d bytes", partName(base, n), part)
		}
		if err != nil {
			return 0, errors.Join(err, m.Close())
		}
		m.files, sizes = append(m.files, f), append(sizes, part)
		if n < last {
			m.part = max(m.part, part)
		}
	}
	m.part = max(m.part, 1)
	for i, size := range sizes[:last-1] {
		if size < m.part {
			m.gaps = append(m.gaps, filepath.Base(partName(base, i+1)))
		}
	}
	return int64(last-1)*m.part + sizes[last-1], nil
}

// maxPartSize keeps the sum of all parts within 63 bits: a sparse file can claim to be
// of any size.
const maxPartSize = 1 << 50

// openRegular opens a file, and nothing that only looks like one: to open a FIFO waits
// for ever.
func openRegular(name string) (*os.File, int64, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%q: %w", name, errNotRegular)
	}
	f, err := os.Open(name)
	return f, info.Size(), err
}

var errNotRegular = errors.New("neither a file nor a folder of a bundle")

// ReadAt fails with io.EOF at the first byte that is not there.
func (m *multiReader) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		// Offsets come from strangers, and where an int has 32 bits they do not fit in one.
		i := (off + int64(n)) / m.part
		if i < 0 || i >= int64(len(m.files)) || m.files[i] == nil {
			return n, io.EOF
		}
		within := (off + int64(n)) % m.part
		want := min(int64(len(p)-n), m.part-within)
		k, err := m.files[i].ReadAt(p[n:n+int(want)], within)
		n += k
		if err != nil && int64(k) < want {
			return n, err
		}
	}
	return n, nil
}

// Close closes all parts.
func (m *multiReader) Close() error {
	var errs []error
	for _, f := range m.files {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}
