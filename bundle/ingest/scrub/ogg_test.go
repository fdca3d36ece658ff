package scrub

import "testing"

func TestE04Ogg(t *testing.T) {
	t.Parallel()
	sound := Result{Millis: 1000, Title: tagged.Title, Artist: tagged.Artist}
	checkFilms(t, []filmCase{
		{"vorbis.ogg", "audio/ogg", "-map 1 -c:a libvorbis " + tagArgs + oggTagArgs, sound},
		{"opus.ogg", "audio/ogg", "-map 1 -c:a libopus " + tagArgs + oggTagArgs, sound},
		{"flac.ogg", "audio/ogg", "-map 1 -c:a flac " + tagArgs + oggTagArgs, sound},
		{"speex.ogg", "audio/ogg", "-map 1 -c:a libspeex -ar 16000 " + tagArgs + oggTagArgs, sound},
		{"theora.ogv", "video/ogg", "-map 0 -map 1 -c:v libtheora -c:a libvorbis " + tagArgs + oggTagArgs, tagged},
	})
}

const oggTagArgs = "-metadata:s:a title=" + canary + "-Title -metadata:s:a artist=" + canary + "-Artist " +
	"-metadata:s:v title=" + canary + "-Title -metadata:s:v artist=" + canary + "-Artist"
