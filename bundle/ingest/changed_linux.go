package ingest

import (
	"io/fs"
	"syscall"
	"time"
)

// changeTime is when a file last changed in any way: nothing but a clock that is put back can hide it.
func changeTime(info fs.FileInfo) time.Time {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(int64(s.Ctim.Sec), int64(s.Ctim.Nsec))
	}
	return info.ModTime()
}
