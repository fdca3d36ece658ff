package tool

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
)

// stillFormats are what ffmpeg calls the media types of films. A film is read as what it was
// found to be and as nothing else: a playlist is no film.
var stillFormats = map[string]string{
	"video/mp4": "mov", "video/quicktime": "mov", "video/3gpp": "mov", "video/3gpp2": "mov",
	"video/webm": "matroska", "video/x-matroska": "matroska", "video/x-msvideo": "avi", "video/ogg": "ogg",
}

// stillDecoders are the only ones of ffmpeg's hundreds that are let near a stranger's film.
const stillDecoders = "h264,hevc,vp8,vp9,libvpx-vp9,libvpx,av1,libdav1d,libaom-av1,mpeg4,msmpeg4,msmpeg4v2," +
	"h263,mpeg1video,mpeg2video,mjpeg,theora,libopenh264"

// stillStarts are where a picture is looked for, in seconds, one after the other until it shows
// something. Films begin black, or with a title.
var stillStarts = []string{"1", "30", "0"}

// Still takes one picture out of a film and returns it as PNG, upright, in the shape it is shown in,
// within a square of box pixels, and never larger than the film. It is the most typical of some 20 key frames from
// the first second on, later if those are all but black, and the first of a film that is shorter.
//
// Errors wrap ErrMissing, also for media types other than MP4, QuickTime, 3GPP, WebM, Matroska, AVI
// and Ogg, ErrLimit, also for films of more than 64 megapixels, ErrFailed, or the cause of ctx. f is
// read from its beginning, as little of it as it takes.
func (t *Tools) Still(ctx context.Context, f *os.File, mediaType string, box int) ([]byte, error) {
	format := stillFormats[mediaType]
	if format == "" {
		return nil, fmt.Errorf("%s: %w", mediaType, ErrMissing)
	}
	if err := checkBox(box); err != nil {
		return nil, err
	}
	return t.convert(ctx, ffmpeg, func(b *bench) (best []byte, err error) {
		for _, start := range stillStarts {
			var out []byte
			out, err = b.run(ffmpeg, f, stillArguments(format, start, box)...)
			if context.Cause(b.ctx) != nil {
				return nil, err
			}
			if len(out) > 0 && !dull(out) {
				return out, nil
			}
			if best == nil {
				best = out
			}
		}
		if len(best) > 0 {
			return best, nil
		}
		return nil, err
	})
}

// stillArguments are for a picture from the 30 seconds after start. Only key frames are decoded, and
// they are made small before one is chosen, so that few need to be held and those are small.
func stillArguments(format, start string, box int) []string {
	filter := fmt.Sprintf("scale=w=iw*sar:h=ih:flags=area+accurate_rnd+bitexact,setsar=1,"+
		"scale=w='min(iw,%d)':h='min(ih,%d)':force_original_aspect_ratio=decrease:flags=area+accurate_rnd+bitexact,"+
		"thumbnail=n=20", box, box)
	return []string{
		"-nostdin", "-hide_banner", "-v", "error", "-threads", "1", "-filter_threads", "1",
		"-protocol_whitelist", openProtocol, "-f", format, "-codec_whitelist", stillDecoders,
		"-max_pixels", fmt.Sprint(64 << 20), "-flags", "+bitexact", "-skip_frame", "nokey",
		"-ss", start, "-t", "30", "-i", openStdin,
		"-map", "0:V:0", "-an", "-sn", "-dn", "-map_metadata", "-1", "-vf", filter, "-frames:v", "1",
		"-threads", "1", "-fflags", "+bitexact", "-flags", "+bitexact",
		"-f", "image2pipe", "-c:v", "png", "-pix_fmt", "rgb24", "pipe:1",
	}
}

// dull says whether a picture shows next to nothing: all of it is dark, or of one colour.
func dull(file []byte) bool {
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return true
	}
	sum, low, high := 0, 255, 0
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			grey := greyOf(img, x, y)
			sum, low, high = sum+grey, min(low, grey), max(high, grey)
		}
	}
	const dark, flat = 20, 16
	return sum < dark*b.Dx()*b.Dy() || high-low < flat
}

func greyOf(img image.Image, x, y int) int {
	return int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
}
