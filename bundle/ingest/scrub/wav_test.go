package scrub

import "testing"

func TestE04ChunkSound(t *testing.T) {
	t.Parallel()
	sound := Result{Millis: 1000, Title: tagged.Title, Artist: tagged.Artist}
	titled := Result{Millis: 1000, Title: tagged.Title}
	checkFilms(t, []filmCase{
		{"sound.wav", "audio/wav", "-map 1 " + tagArgs, sound},
		{"broadcast.wav", "audio/wav", "-map 1 -write_bext 1 -metadata description=" + canary + " " + tagArgs, sound},
		{"wide.wav", "audio/wav", "-map 1 -rf64 always -ac 6 " + tagArgs, sound},
		{"float.wav", "audio/wav", "-map 1 -c:a pcm_f32le " + tagArgs, sound},
		{"law.wav", "audio/wav", "-map 1 -c:a pcm_mulaw " + tagArgs, sound},
		{"sound.aiff", "audio/aiff", "-map 1 " + tagArgs, titled},
		{"tagged.aiff", "audio/aiff", "-map 1 -write_id3v2 1 " + tagArgs, sound},
		{"little.aiff", "audio/aiff", "-map 1 -c:a pcm_s16le -f aiff " + tagArgs, titled},
		{"sound.flac", "audio/flac", "-map 1 " + tagArgs, sound},
		{"cover.flac", "audio/flac", "-map 1 -map 0 -frames:v 1 -c:v png -disposition:v attached_pic " + tagArgs, sound},
	})
}

func TestE04AVI(t *testing.T) {
	t.Parallel()
	checkFilms(t, []filmCase{
		{"xvid.avi", "video/x-msvideo", "-map 0 -map 1 -c:v mpeg4 -c:a mp3 " + tagArgs, tagged},
		{"cinepak.avi", "video/x-msvideo", "-map 0 -map 1 -c:v cinepak -c:a pcm_s16le " + tagArgs, tagged},
	})
}
