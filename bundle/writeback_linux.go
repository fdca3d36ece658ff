package bundle

import (
	"os"

	"golang.org/x/sys/unix"
)

// startWriteback has the system begin to write a stretch of a file to the disk, so that the sync at the
// end has less to wait for. It is a hint, and what comes of it does not matter.
func startWriteback(f *os.File, off, n int64) {
	_ = unix.SyncFileRange(int(f.Fd()), off, n, unix.SYNC_FILE_RANGE_WRITE)
}
