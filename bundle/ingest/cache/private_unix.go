//go:build unix

package cache

import (
	"io/fs"
	"os"
	"syscall"
)

// isPrivate says whether a folder is the user's, and nobody else may enter it.
func isPrivate(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid() && info.Mode().Perm()&0o077 == 0
}
