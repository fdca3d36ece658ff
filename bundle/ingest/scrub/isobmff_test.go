package scrub

import "testing"

var tagged = Result{Width: 64, Height: 48, Millis: 1000, Title: canary + "-Title", Artist: canary + "-Artist"}

func TestE04Films(t *testing.T) {
	t.Parallel()
	sound := Result{Millis: 1000, Title: tagged.Title, Artist: tagged.Artist}
	checkFilms(t, []filmCase{
		{"end.mp4", "video/mp4", "-map 0 -map 1 " + tagArgs + "-pix_fmt yuv420p", tagged},
		{"front.mp4", "video/mp4", "-map 0 -map 1 " + tagArgs + "-movflags +faststart -pix_fmt yuv420p", tagged},
		{"hevc.mp4", "video/mp4", "-map 0 " + tagArgs + "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p", tagged},
		{"bare.mp4", "video/mp4", "-map 0 -map 1 -pix_fmt yuv420p", Result{Width: 64, Height: 48, Millis: 1000}},
		{"captions.mp4", "video/mp4", "-i captions.srt -map 0 -map 2 -c:s mov_text " + tagArgs + "-metadata:s:s handler_name=" + canary + " -pix_fmt yuv420p", tagged},
		{"time.mov", "video/quicktime", "-map 0 -map 1 " + tagArgs + "-timecode 01:02:03:04 -pix_fmt yuv420p", tagged},
		{"use.mov", "video/quicktime", "-map 0 -map 1 " + tagArgs + "-movflags use_metadata_tags -c:a pcm_s16be -c:v mpeg4", tagged},
		{"phone.3gp", "video/3gpp", "-map 0 -map 1 " + tagArgs + "-s 128x96 -c:v h263 -c:a aac",
			Result{Width: 128, Height: 96, Millis: 1000, Title: tagged.Title, Artist: tagged.Artist}},
		{"fragments.mp4", "video/mp4", "-map 0 -map 1 " + tagArgs + "-movflags frag_keyframe+empty_moov -g 5 -pix_fmt yuv420p", tagged},
		{"dash.mp4", "video/mp4", "-map 0 -map 1 " + tagArgs + "-movflags dash+frag_keyframe+default_base_moof+global_sidx -g 5 -pix_fmt yuv420p", tagged},
		{"fragments.mov", "video/quicktime", "-map 0 -map 1 " + tagArgs + "-movflags frag_keyframe -timecode 01:02:03:04 -g 5 -pix_fmt yuv420p", tagged},
		{"sound.m4a", "audio/mp4", "-map 1 " + tagArgs, sound},
		{"cover.m4a", "audio/mp4", "-map 1 -map 0 -frames:v 1 -c:v png -disposition:v attached_pic " + tagArgs, sound},
		{"alac.m4a", "audio/mp4", "-map 1 " + tagArgs + "-c:a alac", sound},
		{"flac.mp4", "audio/mp4", "-map 1 " + tagArgs + "-c:a flac -strict -2", sound},
	})
}
