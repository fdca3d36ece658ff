//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package bundle

import (
	"io/fs"
	"os"
	"syscall"
)

// isOurs says whether a folder belongs to who runs this, and nobody else can write to it.
func isOurs(there fs.FileInfo) bool {
	sys, ok := there.Sys().(*syscall.Stat_t)
	return ok && there.IsDir() && int(sys.Uid) == os.Geteuid() && there.Mode().Perm()&0o022 == 0
}
