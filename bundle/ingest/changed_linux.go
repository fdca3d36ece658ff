package ingest

import (
	"fmt"
	"io/fs"
	"os"
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

// identity tells a file from another that has taken its name.
func identity(info fs.FileInfo) string {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%d %d", s.Dev, s.Ino)
	}
	return ""
}

// steady are the file systems that keep the time of every change, and numbers of files that stay: ext4,
// btrfs, XFS, F2FS, ZFS, overlays of them, and tmpfs (linux/magic.h).
var steady = map[uint32]bool{0xEF53: true, 0x9123683E: true, 0x58465342: true, 0xF2F52010: true, 0x2FC12FC1: true,
	0x794C7630: true, 0x01021994: true}

// timesTell says whether files below a folder tell by their times that they have changed.
func timesTell(root *os.Root) bool {
	dir, err := root.Open(".")
	if err != nil {
		return false
	}
	defer dir.Close()
	var s syscall.Statfs_t
	return syscall.Fstatfs(int(dir.Fd()), &s) == nil && steady[uint32(s.Type)]
}
