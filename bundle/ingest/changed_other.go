//go:build !linux

package ingest

import (
	"io/fs"
	"time"
)

// changeTime is when a file was last written to, where there is no time of every change.
func changeTime(info fs.FileInfo) time.Time { return info.ModTime() }
