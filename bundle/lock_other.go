//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package bundle

import "os"

// openFilesStay says whether the system keeps files from being removed while they are open, as
// Windows does. Where there is one process only, it does not matter.
const openFilesStay = true

// lockFile has nothing to do: that the file is open is enough.
func lockFile(*os.File) error { return nil }
