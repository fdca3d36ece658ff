//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package bundle

import (
	"os"
	"syscall"
)

// openFilesStay says whether the system keeps files from being removed while they are open.
const openFilesStay = false

// lockFile locks a file until it is closed, by whatever end the process comes to.
func lockFile(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
