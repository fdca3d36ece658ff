package scrub

import "testing"

func TestE04Matroska(t *testing.T) {
	t.Parallel()
	sound := Result{Millis: 1000, Title: tagged.Title, Artist: tagged.Artist}
	checkFilms(t, []filmCase{
		{"film.mkv", "video/x-matroska", "-map 0 -map 1 " + tagArgs + "-pix_fmt yuv420p -c:a aac", tagged},
		{"hevc.mkv", "video/x-matroska", "-map 0 -map 1 " + tagArgs + "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p -c:a flac", tagged},
		{"vorbis.mkv", "video/x-matroska", "-map 0 -map 1 " + tagArgs + oggTagArgs + " -c:v libtheora -c:a libvorbis", tagged},
		{"film.webm", "video/webm", "-map 0 -map 1 " + tagArgs + "-deadline realtime -pix_fmt yuv420p", tagged},
		{"live.webm", "video/webm", "-map 0 -map 1 " + tagArgs + "-live 1 -deadline realtime -pix_fmt yuv420p", tagged},
		{"sound.weba", "audio/webm", "-map 1 -f webm " + tagArgs, sound},
		{"cover.mkv", "video/x-matroska", "-i captions.srt -map 0 -map 1 -map 2 -c:s ass -attach cover.png " +
			"-metadata:s:t mimetype=image/png " + tagArgs + "-c:v ffv1", tagged},
		{"sound.mka", "audio/x-matroska", "-map 1 " + tagArgs, sound},
	})
}
