package bundle

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A spool is a folder for temporary files beside what is being written, on the same file system. It goes
// in the end; where the process was killed, the next one that writes there takes it away. A lock that
// ends with its process tells the two apart.
type spool struct {
	dir  string
	lock *os.File
}

// The names of a spool and of the file in it that is locked.
const (
	spoolPrefix = ".satchel-"
	spoolLock   = "lock"
)

// WorkFolder makes a folder for temporary files beside name, as Create does: what was left of it by a
// process that was killed is taken away by the next one that writes there.
func WorkFolder(name string) (dir string, remove func(), err error) {
	s, err := newSpool(name)
	if err != nil {
		return "", nil, err
	}
	return s.dir, s.remove, nil
}

// newSpool makes a spool beside name, and the folder that it lies in.
func newSpool(name string) (*spool, error) {
	parent := filepath.Dir(name)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, err
	}
	sweep(parent)
	const tries = 3 // somebody else may sweep between two of our steps
	for n := 0; ; n++ {
		dir, err := os.MkdirTemp(parent, spoolPrefix)
		if err != nil {
			return nil, errFolder(parent, err)
		}
		s := &spool{dir: dir}
		if err = s.hold(); err == nil {
			return s, nil
		}
		if n == tries {
			return nil, errors.Join(errFolder(parent, err), os.RemoveAll(dir))
		}
	}
}

var errHeld = errors.New("another process holds it")

// hold locks the spool. A lock on a file that is no longer there is none.
func (s *spool) hold() error {
	return s.lockWith(os.O_RDWR | os.O_CREATE | os.O_EXCL)
}

// lockWith opens the lock and takes it. It follows no link: in a folder that others can write to, a link may lead
// anywhere.
func (s *spool) lockWith(flags int) error {
	path := filepath.Join(s.dir, spoolLock)
	if flags&os.O_CREATE == 0 {
		if there, err := os.Lstat(path); err != nil || !there.Mode().IsRegular() {
			return errors.Join(errHeld, err)
		}
	}
	f, err := os.OpenFile(path, flags, 0o666)
	if err != nil {
		return err
	}
	mine, err := f.Stat()
	there, err2 := os.Lstat(path)
	if err := errors.Join(err, err2, lockFile(f)); err != nil || !os.SameFile(mine, there) {
		return errors.Join(errHeld, err, f.Close())
	}
	s.lock = f
	return nil
}

// abandoned says whether nobody holds the spool any more.
func (s *spool) abandoned() bool {
	if openFilesStay {
		return os.Remove(filepath.Join(s.dir, spoolLock)) == nil
	}
	return s.lockWith(os.O_RDWR) == nil
}

// remove takes the spool away.
func (s *spool) remove() {
	if s.lock != nil {
		s.lock.Close()
	}
	os.RemoveAll(s.dir)
}

// sweep takes away the spools of processes that were killed. What cannot be taken away stays.
func sweep(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), spoolPrefix) {
			continue
		}
		s := &spool{dir: filepath.Join(parent, e.Name())}
		if there, err := os.Lstat(s.dir); err != nil || !isOurs(there) {
			continue
		}
		_, err := os.Lstat(filepath.Join(s.dir, spoolLock))
		switch {
		case err != nil:
			os.Remove(s.dir) // only where it is empty: it may be anybody's
		case s.abandoned():
			s.remove()
		}
	}
}

// errFolder names the folder where a temporary file could not be made, whose own name says
// nothing to anybody.
func errFolder(dir string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("cannot write in the folder %q: %w", dir, path.Err)
	}
	return err
}
