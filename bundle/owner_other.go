//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package bundle

import "io/fs"

// isOurs says whether a folder may be one that we left behind: other systems give each user a folder of their own for
// temporary files.
func isOurs(there fs.FileInfo) bool { return there.IsDir() }
