package bundle

import (
	"os"

	"golang.org/x/sys/unix"
)

// forget has the system forget what it holds in memory of a stretch of a file, so that the next read is one of the disk. It is
// a hint: a file system in memory has nothing else.
func forget(f *os.File, off, n int64) {
	_ = unix.Fadvise(int(f.Fd()), off, n, unix.FADV_DONTNEED)
}
