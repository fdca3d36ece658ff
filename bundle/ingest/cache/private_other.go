//go:build !unix

package cache

import "io/fs"

// isPrivate leaves it to the system: a user's cache folder is closed to others there.
func isPrivate(fs.FileInfo) bool { return true }
