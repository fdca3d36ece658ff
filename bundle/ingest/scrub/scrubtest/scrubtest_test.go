package scrubtest

import (
	"bytes"
	"testing"

	"satchel/bundle/ingest/scrub"
)

// TestSmall asks that the files are clean as they lie, and that each kind is there.
func TestSmall(t *testing.T) {
	t.Parallel()
	for _, mediaType := range []string{"video/mp4", "video/quicktime", "video/3gpp", "video/3gpp2", "audio/mp4", "audio/3gpp",
		"video/webm", "video/x-matroska", "audio/webm", "audio/x-matroska", "video/x-msvideo", "audio/mpeg", "audio/aac",
		"audio/flac", "audio/ogg", "video/ogg", "audio/wav", "audio/aiff", "audio/amr"} {
		b := Small(mediaType)
		res, err := scrub.File(mediaType, bytes.NewReader(b), int64(len(b)))
		if err != nil || len(res.Removed) > 0 {
			t.Errorf("%s: %v, %v", mediaType, res, err)
		}
	}
}
