package scrub

import "testing"

func TestE04FrameSound(t *testing.T) {
	t.Parallel()
	sound := Result{Millis: 1000, Title: tagged.Title, Artist: tagged.Artist}
	bare := Result{Millis: 1000}
	checkFilms(t, []filmCase{
		{"vbr.mp3", "audio/mpeg", "-map 1 " + tagArgs + "-q:a 4", sound},
		{"cbr.mp3", "audio/mpeg", "-map 1 " + tagArgs + "-b:a 320k -id3v2_version 3 -write_id3v1 1", sound},
		{"cover.mp3", "audio/mpeg", "-map 1 -map 0 -frames:v 1 -c:v png -disposition:v attached_pic -b:a 64k -ar 22050 -ac 1 " + tagArgs, sound},
		{"layer2.mp2", "audio/mpeg", "-map 1 -c:a mp2", bare},
		{"sound.aac", "audio/aac", "-map 1 " + tagArgs + "-write_id3v2 1", sound},
	})
}
