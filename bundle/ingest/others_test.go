package ingest

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
)

// An others is a reader with files that programs of others made for it: testdata/ORIGINS.md lists them.
type others struct {
	reader string
	kind   bundle.Kind
	make   func(t *testing.T, dir string)
	check  func(t *testing.T, it bundle.Item, content []byte)
}

// TestOthersFiles packs at least five files of each format that our code did not make: none is refused,
// each is taken for what it is, and what is packed can be read.
func TestOthersFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser and many other programs")
	}
	t.Parallel()
	for _, o := range slices.Concat(otherTexts, otherPictures, otherMedia) {
		t.Run(o.reader, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			o.make(t, dir)
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) < 5 {
				t.Fatalf("%d files were made, want 5 at least: %v", len(entries), err)
			}
			f := open(t, Options{HTML: collection.Article}, dir)
			r := scanAll(t, f)
			for path, reason := range r.refused {
				t.Errorf("%s is refused: %s", path, reason)
			}
			r.items = slices.DeleteFunc(r.items, isPreview)
			if len(r.items)+len(r.refused) != len(entries) {
				t.Errorf("%d items of %d files; left out: %v", len(r.items), len(entries), r.left)
			}
			for _, it := range r.items {
				if it.Kind != o.kind || it.Title == "" {
					t.Errorf("%s is a %s, %q, want a %s", it.Path, it.Kind, it.Title, o.kind)
				}
				o.check(t, it, []byte(contentOf(t, f, it.Path)))
			}
		})
	}
}

func isPreview(it bundle.Item) bool { return strings.HasPrefix(it.Path, bundle.PreviewFolder+"/") }

// inCollection is the path of a file of the example collection, from any folder.
func inCollection(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs("../../examples/collection/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// runs executes a program once for each line of arguments, the last of which it makes. The word IN stands
// for the file in.
func runs(program, in string, lines ...string) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		for _, line := range lines {
			args := strings.Fields(line)
			for i, a := range args {
				if a == "IN" {
					args[i] = inCollection(t, in)
				}
			}
			execute(t, dir, program, args...)
		}
	}
}

// each does one after the other.
func each(makers ...func(t *testing.T, dir string)) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		for _, m := range makers {
			m(t, dir)
		}
	}
}

// moved lets a maker work in a folder of its own, and takes from there what fits a pattern.
func moved(pattern string, m func(t *testing.T, dir string)) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		work := t.TempDir()
		m(t, work)
		names, err := filepath.Glob(filepath.Join(work, pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %q, %v", pattern, names, err)
		}
		for _, name := range names {
			put(t, dir, map[string]string{filepath.Base(name): string(readFile(t, name))})
		}
	}
}

// found takes the first files below a folder of the system whose names end so.
func found(folder, ending string, n int) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		listed := strings.Fields(execute(t, dir, "find", folder, "-type", "f", "-name", "*"+ending, "-size", "+0"))
		slices.Sort(listed)
		if len(listed) < n {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%d files *%s in %s, want %d", len(listed), ending, folder, n)
			}
			t.Skipf("no %d files *%s in %s", n, ending, folder)
		}
		for i, name := range listed[:n] {
			put(t, dir, map[string]string{fmt.Sprintf("%d-%s", i, filepath.Base(name)): string(readFile(t, name))})
		}
	}
}

// says wants a text in the content, or in a file of the archive that it is.
func says(text string) func(*testing.T, bundle.Item, []byte) {
	return func(t *testing.T, it bundle.Item, content []byte) {
		t.Helper()
		for _, part := range append(inZIP(content), content) {
			if bytes.Contains(part, []byte(text)) {
				return
			}
		}
		t.Errorf("%s does not say %q: %.300q", it.Path, text, content)
	}
}

// begins wants a content that begins so, and is of some length.
func begins(text string) func(*testing.T, bundle.Item, []byte) {
	return func(t *testing.T, it bundle.Item, content []byte) {
		t.Helper()
		if !bytes.HasPrefix(content, []byte(text)) || len(content) < 100 {
			t.Errorf("%s: %.100q", it.Path, content)
		}
	}
}

// decodes lets ffmpeg read what is packed, to the end and without a word.
func decodes(t *testing.T, it bundle.Item, content []byte) {
	t.Helper()
	dir := t.TempDir()
	name := "x" + filepath.Ext(it.Path)
	put(t, dir, map[string]string{name: string(content)})
	execute(t, dir, "ffmpeg", "-v", "error", "-xerror", "-i", name, "-f", "null", "-")
}

// isPicture wants a picture that Go reads, of the size that the item says.
func isPicture(t *testing.T, it bundle.Item, content []byte) {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(content))
	if err != nil || int64(img.Bounds().Dx()) != it.Width || int64(img.Bounds().Dy()) != it.Height {
		t.Errorf("%s: %d by %d, %v", it.Path, it.Width, it.Height, err)
	}
}

var otherTexts = []others{
	{"Markdown", bundle.KindPage, runs("pandoc", "water/water.en.html", "-s IN -t commonmark -o a.md", "-s IN -t gfm -o b.md",
		"-s IN -t markdown -o c.md", "-s IN -t markdown_strict -o d.md", "-s IN -t markdown_mmd -o e.md", "-s IN -t markdown_phpextra -o f.md"), says("Boil")},
	{"saved HTML", bundle.KindPage, each(
		runs("pandoc", "water/water.en.html", "-s IN -t html5 -o a.html", "-s IN -t html4 -o b.html", "-s --toc -N IN -o d.html"),
		func(t *testing.T, dir string) {
			execute(t, filepath.Dir(inCollection(t, "water/water.en.html")), "pandoc", "-s", "--self-contained", "water.en.html", "-o", filepath.Join(dir, "c.html"))
			file := "file://" + inCollection(t, "water/water.en.html")
			put(t, dir, map[string]string{"e.html": execute(t, dir, "chromium", "--headless", "--no-sandbox", "--disable-gpu",
				"--user-data-dir="+t.TempDir(), "--dump-dom", file)})
		}), says("Boil")},
	{"HTML of documentation", bundle.KindPage, func(t *testing.T, dir string) {
		for _, module := range []string{"json", "email", "html", "zipfile"} {
			execute(t, dir, "python3", "-m", "pydoc", "-w", module)
		}
		script := strings.TrimSpace(execute(t, dir, "which", "exiftool"))
		execute(t, t.TempDir(), "pod2html", "--infile="+script, "--outfile="+filepath.Join(dir, "exiftool.html"))
	}, says("<p")},
	{"text in other charsets", bundle.KindText, func(t *testing.T, dir string) {
		texts := map[string]string{"ko": string(readFile(t, inCollection(t, "sky/날씨-보기.txt"))), "zh": string(readFile(t, "../../examples/collection-src/text/storing.txt")),
			"es": string(readFile(t, inCollection(t, "health/bleeding.es.txt")))}
		for language, page := range map[string]string{"ru": "огород/картофель.html", "ar": "water/water.ar.html"} {
			texts[language] = execute(t, dir, "pandoc", "-t", "plain", inCollection(t, page))
		}
		for _, c := range []string{"ko EUC-KR", "ko CP949", "zh GB18030", "zh GBK", "es ISO-8859-1", "ru KOI8-R", "ru WINDOWS-1251", "ar WINDOWS-1256", "ko UTF-16LE"} {
			language, charset, _ := strings.Cut(c, " ")
			in := filepath.Join(t.TempDir(), "in")
			if charset == "UTF-16LE" {
				texts[language] = "\ufeff" + texts[language]
			}
			if err := os.WriteFile(in, []byte(texts[language]), 0o600); err != nil {
				t.Fatal(err)
			}
			put(t, dir, map[string]string{language + "-" + charset + ".txt": execute(t, dir, "iconv", "-c", "-f", "UTF-8", "-t", charset+"//TRANSLIT", in)})
		}
	}, func(t *testing.T, it bundle.Item, content []byte) {
		text := decode(content, charsetParam(it.Type))
		word := map[string]string{"ko": "날씨를", "zh": "家里怎样存水", "es": "Escúchela", "ru": "картофель", "ar": "الماء"}[it.Path[:2]]
		if !bytes.Contains(text, []byte(word)) {
			t.Errorf("%s, of type %s, does not say %s: %.200s", it.Path, it.Type, word, text)
		}
	}},
	{"EPUB", bundle.KindBook, runs("pandoc", "water/water.en.html", "-s IN -t epub2 -o a.epub", "-s IN -t epub3 -o b.epub", "-s --toc --epub-chapter-level=2 IN -o c.epub",
		"-s --metadata author=x --metadata lang=en IN -o d.epub",
		"-s -N -M lang=fa -M dir=rtl IN -o e.epub"), says("Boil")},
	{"DOCX", bundle.KindDocument, runs("pandoc", "water/water.en.html", "-s IN -o a.docx", "-s --toc IN -o b.docx", "-s -N IN -o c.docx",
		"-s --metadata author=x --metadata date=2026 IN -o d.docx", "-s --metadata lang=en --dpi 72 IN -o e.docx"), says("Boil")},
	{"ODT", bundle.KindDocument, runs("pandoc", "water/water.en.html", "-s IN -o a.odt", "-s --toc IN -o b.odt", "-s -N IN -o c.odt",
		"-s --metadata author=x --metadata date=2026 IN -o d.odt", "-s --metadata lang=en --dpi 72 IN -o e.odt"), says("Boil")},
	{"PDF", bundle.KindDocument, otherPDFs, begins("%PDF-")},
	{"SubRip", bundle.KindCaptions, captionsAs("srt"), says("Boil it: big bubbles")},
	{"WebVTT", bundle.KindCaptions, captionsAs("vtt"), says("Boil it: big bubbles")},
	{"ASS", bundle.KindCaptions, captionsAs("ass"), says("Boil it: big bubbles")},
}

// otherPDFs come from Ghostscript and qpdf (stored), Chromium (Skia), mat2 (cairo) and exiftool.
func otherPDFs(t *testing.T, dir string) {
	for _, name := range []string{"gs.pdf", "qpdf.pdf"} {
		put(t, dir, map[string]string{name: string(readFile(t, "document/testdata/"+name))})
	}
	for i, page := range []string{"water/water.en.html", "health/خونریزی.html", "water/water.ko.html"} {
		execute(t, dir, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(), "--no-pdf-header-footer",
			fmt.Sprintf("--print-to-pdf=%s", filepath.Join(dir, fmt.Sprintf("chromium%d.pdf", i))), "file://"+inCollection(t, page))
	}
	execute(t, dir, "exiftool", "-q", "-Author=x", "-XMP:Creator=y", "-o", "exiftool.pdf", "gs.pdf")
	work := t.TempDir()
	put(t, work, map[string]string{"card.pdf": string(readFile(t, inCollection(t, "health/first-aid-card.pdf")))})
	execute(t, work, "mat2", "card.pdf")
	put(t, dir, map[string]string{"mat2.pdf": string(readFile(t, filepath.Join(work, "card.cleaned.pdf")))})
}

// captionsAs lets ffmpeg write captions of a form: from WebVTT, from SubRip, from ASS, and out of films.
func captionsAs(form string) func(t *testing.T, dir string) {
	return moved("[a-e]."+form, runs("ffmpeg", "water/water.en.vtt",
		"-v error -i IN a."+form, "-v error -i IN x.srt", "-v error -i x.srt b."+form, "-v error -i IN y.ass", "-v error -i y.ass c."+form,
		"-v error -f lavfi -i testsrc=d=60:s=64x48:r=1 -i IN -c:s mov_text -pix_fmt yuv420p x.mp4", "-v error -i x.mp4 d."+form,
		"-v error -f lavfi -i testsrc=d=60:s=64x48:r=1 -i IN -c:s ass -c:v ffv1 x.mkv", "-v error -i x.mkv e."+form))
}

const drawnFrame = "-v error -f lavfi -i testsrc2=d=1:s=64x48:r=5 "

var otherPictures = []others{
	{"JPEG", bundle.KindPicture, moved("[a-z]*.jpg", each(
		runs("ffmpeg", "", drawnFrame+"-frames:v 1 a.jpg", drawnFrame+"-frames:v 1 -pix_fmt yuvj444p b.jpg", drawnFrame+"-frames:v 1 -pix_fmt rgb24 1.png", drawnFrame+"-frames:v 1 1.ppm"),
		runs("cjpeg", "", "-progressive -outfile c.jpg 1.ppm", "-grayscale -restart 1 -outfile d.jpg 1.ppm", "-optimize -sample 2x1 -outfile e.jpg 1.ppm"),
		runs("jpegtran", "", "-copy all -rotate 90 -outfile f.jpg c.jpg"), runs("avifenc", "", "-s 10 1.png 1.avif"), runs("avifdec", "", "1.avif g.jpg"),
		runs("exiftool", "", "-q -n -Orientation=6 -Make=x -GPSLatitude=1 -o h.jpg a.jpg"))), isPicture},
	{"PNG", bundle.KindPicture, moved("[a-z]*.png", each(
		runs("ffmpeg", "", drawnFrame+"-frames:v 1 -pix_fmt rgb24 a.png", drawnFrame+"-frames:v 1 -pix_fmt pal8 b.png", drawnFrame+"-frames:v 1 -pix_fmt gray16be c.png",
			drawnFrame+"-frames:v 1 -pix_fmt ya8 d.png", drawnFrame+"-f apng e.png"),
		runs("avifenc", "", "-s 10 a.png 1.avif"), runs("avifdec", "", "1.avif f.png"), runs("exiftool", "", "-q -Author=x -XMP:Creator=y -o g.png a.png"),
		func(t *testing.T, dir string) {
			execute(t, dir, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(), "--window-size=200,100", "--screenshot="+filepath.Join(dir, "h.png"),
				"file://"+inCollection(t, "water/steps.png"))
		})), isPicture},
	{"GIF", bundle.KindPicture, moved("[a-z]*.gif", each(
		runs("ffmpeg", "", drawnFrame+"a.gif", drawnFrame+"-frames:v 1 b.gif", drawnFrame+"-vf split[a][b];[a]palettegen=8[p];[b][p]paletteuse c.gif", drawnFrame+"-frames:v 1 1.ppm"),
		runs("cjpeg", "", "-outfile 1.jpg 1.ppm"), runs("djpeg", "", "-gif -outfile d.gif 1.jpg", "-colors 8 -gif -outfile e.gif 1.jpg"),
		runs("exiftool", "", "-q -Comment=x -o f.gif a.gif"))), isPicture},
	{"WebP", bundle.KindPicture, moved("[a-z]*.webp", each(
		runs("ffmpeg", "", drawnFrame+"-frames:v 1 -c:v libwebp a.webp", drawnFrame+"-frames:v 1 -c:v libwebp -lossless 1 -pix_fmt bgra b.webp", drawnFrame+"-c:v libwebp_anim c.webp",
			drawnFrame+"-frames:v 1 -vf format=rgba,colorchannelmixer=aa=0.5 -c:v libwebp -pix_fmt yuva420p d.webp",
			drawnFrame+"-frames:v 1 -c:v libwebp -quality 10 e.webp"),
		runs("exiftool", "", "-q -overwrite_original -Make=x -XMP:Creator=y e.webp"))), begins("RIFF")},
	{"AVIF", bundle.KindPicture, moved("[a-z]*.avif", each(
		runs("ffmpeg", "", drawnFrame+"-frames:v 1 -pix_fmt rgb24 1.png", drawnFrame+"-frames:v 1 -vf format=rgba,colorchannelmixer=aa=0.5 2.png"),
		runs("avifenc", "", "-s 10 1.png a.avif", "-s 10 -y 444 1.png b.avif", "-s 10 --lossless 1.png c.avif", "-s 10 2.png d.avif", "-s 10 -d 10 -y 422 1.png e.avif", "-s 10 -y 400 1.png f.avif"),
		runs("exiftool", "", "-q -Make=x -XMP:Creator=y -o g.avif a.avif"))), says("ftyp")},
	{"HEIC", bundle.KindPicture, moved("[a-z]*.heic", each(
		runs("ffmpeg", "", drawnFrame+"-frames:v 1 -pix_fmt rgb24 1.png", drawnFrame+"-frames:v 1 -vf format=rgba,colorchannelmixer=aa=0.5 2.png", drawnFrame+"-frames:v 1 1.jpg"),
		runs("heif-enc", "", "1.png -o a.heic", "-q 30 1.png -o b.heic", "-L 1.png -o c.heic", "2.png -o d.heic", "-t 32 1.jpg -o e.heic"),
		runs("exiftool", "", "-q -Make=x -XMP:Creator=y -o f.heic a.heic"))), says("ftyp")},
	{"SVG", bundle.KindPicture, found("/usr/share/icons/Adwaita", ".svg", 12), says("<svg")},
}

const (
	hum  = "-v error -f lavfi -i sine=d=1:sample_rate=44100 -metadata title=t -metadata comment=c "
	show = "-v error -f lavfi -i testsrc2=d=1:s=64x48:r=10 -f lavfi -i sine=d=1:sample_rate=44100 -pix_fmt yuv420p -metadata title=t "
	art  = "-v error -f lavfi -i sine=d=1:sample_rate=44100 -f lavfi -i testsrc2=d=1:s=64x48 -map 0 -map 1 -frames:v 1 -c:v png -disposition:v attached_pic "
)

var otherMedia = []others{
	{"MP3", bundle.KindSound, runs("ffmpeg", "", hum+"-q:a 4 a.mp3", hum+"-b:a 128k -write_id3v1 1 b.mp3", hum+"-b:a 320k -ac 2 -id3v2_version 3 c.mp3",
		hum+"-ar 22050 -ac 1 d.mp3", hum+"-ar 8000 -b:a 8k -write_xing 0 e.mp3", art+"f.mp3"), decodes},
	{"Ogg", bundle.KindSound, runs("ffmpeg", "", hum+"-c:a libvorbis a.ogg", hum+"-c:a libvorbis -q:a 8 -ac 2 b.ogg", hum+"-c:a libvorbis -ar 16000 c.ogg",
		hum+"-c:a flac d.ogg", hum+"-c:a libspeex -ar 16000 e.ogg"), decodes},
	{"Opus", bundle.KindSound, runs("ffmpeg", "", hum+"a.opus", hum+"-b:a 16k -application voip b.opus", hum+"-vbr off -b:a 64k c.opus",
		hum+"-frame_duration 60 -ac 2 d.opus", hum+"-c:a libopus -f ogg e.ogg"), decodes},
	{"M4A", bundle.KindSound, runs("ffmpeg", "", hum+"a.m4a", hum+"-movflags +faststart b.m4a", hum+"-c:a alac c.m4a", hum+"-ar 22050 -ac 1 d.m4a", art+"e.m4a"), decodes},
	{"FLAC", bundle.KindSound, runs("ffmpeg", "", hum+"a.flac", hum+"-compression_level 12 b.flac", hum+"-sample_fmt s32 -ac 2 c.flac", hum+"-ar 8000 d.flac", art+"e.flac"), decodes},
	{"WAV", bundle.KindSound, runs("ffmpeg", "", hum+"a.wav", hum+"-c:a pcm_u8 b.wav", hum+"-c:a pcm_f32le c.wav", hum+"-c:a pcm_mulaw d.wav",
		hum+"-c:a adpcm_ima_wav e.wav", hum+"-c:a pcm_s24le -ac 6 f.wav", hum+"-write_bext 1 g.wav"), decodes},
	{"MP4", bundle.KindVideo, runs("ffmpeg", "", show+"a.mp4", show+"-movflags +faststart b.mp4", show+"-c:v mpeg4 c.mp4", show+"-c:v libx265 -x265-params log-level=none d.mp4",
		show+"-movflags frag_keyframe+empty_moov e.mp4", show+"-c:a mp3 -brand mp42 f.mp4"), decodes},
	{"WebM", bundle.KindVideo, runs("ffmpeg", "", show+"-c:v vp8 -deadline realtime -c:a libvorbis a.webm", show+"-c:v vp9 -deadline realtime b.webm", show+"-c:v vp9 -lossless 1 -an c.webm",
		show+"-c:v vp8 -live 1 -deadline realtime d.webm", show+"-c:v vp9 -deadline realtime -cues_to_front 1 e.webm"), decodes},
	{"Matroska", bundle.KindVideo, runs("ffmpeg", "", show+"a.mkv", show+"-c:v ffv1 -c:a flac b.mkv", show+"-c:v mpeg4 -c:a mp3 c.mkv",
		show+"-c:v libx265 -x265-params log-level=none d.mkv", show+"-c:v libtheora -c:a libvorbis -cluster_time_limit 200 e.mkv"), decodes},
}
