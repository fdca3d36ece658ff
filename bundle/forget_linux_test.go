package bundle

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestG13PresentOnDisk: to see whether a stick is there, its bytes are read from where they lie. The copy that the system
// holds in memory would say so for long after it was pulled.
func TestG13PresentOnDisk(t *testing.T) {
	t.Parallel()
	for _, layout := range []Layout{LayoutZIP, LayoutFolder, LayoutParts} {
		t.Run(string(layout), func(t *testing.T) {
			t.Parallel()
			name, files := laidOut(t, layout)
			at, read := int64(900<<10), files[len(files)-1]
			if layout == LayoutFolder {
				read = filepath.Join(name, membersName) // its first byte
				write(t, read, make([]byte, 1<<20))
			}
			r, f := open(t, name), onDisk(t, read)
			if layout != LayoutFolder {
				at = (size(t, f)-1)/pageSize*pageSize - 1 // before its last byte
			}
			// Not the byte that is read, which the system then has at hand again.
			forgotten(t, f, at, func() {
				if err := r.Present(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestG13Forget: what the system holds in large pieces is forgotten, too.
func TestG13Forget(t *testing.T) {
	t.Parallel()
	f := onDisk(t, write(t, filepath.Join(t.TempDir(), "large"), goldenNoise(1, 8<<20)))
	for at := int64(0); at < 8<<20; at += 700 << 10 {
		forgotten(t, f, at, func() { forgetStretch(f, at) })
	}
}

const pageSize = 4096

// onDisk opens a file once all of it is on the disk: before that, nothing is forgotten.
func onDisk(t *testing.T, name string) *os.File {
	t.Helper()
	var system unix.Statfs_t
	if err := unix.Statfs(name, &system); err != nil {
		t.Fatal(err)
	}
	if system.Type == unix.TMPFS_MAGIC {
		if os.Getenv("CI") == "true" {
			t.Fatal("temporary files lie in memory: set TMPDIR to a folder on a disk")
		}
		t.Skip("temporary files lie in memory")
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	return f
}

// forgotten fails unless doing something has the system forget a byte of a file. While it is at work on it, it keeps it.
func forgotten(t *testing.T, f *os.File, at int64, do func()) {
	t.Helper()
	for range 500 {
		if _, err := f.ReadAt(make([]byte, 1), at); err != nil || !inMemory(t, f, at) {
			t.Fatalf("what was read at %d is not in memory: %v", at, err)
		}
		if do(); !inMemory(t, f, at) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("what lies at %d should be forgotten, and is still in memory", at)
}

func size(t *testing.T, f *os.File) int64 {
	t.Helper()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// inMemory says whether the system has a byte of a file at hand.
func inMemory(t *testing.T, f *os.File, at int64) bool {
	t.Helper()
	n, err := unix.Preadv2(int(f.Fd()), [][]byte{make([]byte, 1)}, at, unix.RWF_NOWAIT)
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		t.Fatal(err)
	}
	return n == 1
}
