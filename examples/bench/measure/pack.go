package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"satchel/bundle"
)

// mediaSize is how large the film is beside which copying and hashing are measured.
const mediaSize = 1_400_000_000

// A packer is a program that packs a folder.
type packer struct {
	name     string
	label    string // for the table
	previews bool   // it makes some, which others do not: sizes are compared without them
	run      func(folder, out string) (usage, error)
}

func (b *bench) packers() []packer {
	return []packer{
		{"ours", "satchel pack --no-search", true, b.packOurs},
		{"plain", plainLabel, true, b.packPlain},
		{"zim", "zimwriterfs " + noIndex, false, b.packZIM},
		{"squash", "mksquashfs -comp zstd -Xcompression-level 19 -b 1M", false, b.packSquash},
	}
}

// pack measures packing beside zimwriterfs and mksquashfs, and a film beside cp.
func (b *bench) pack() error {
	for _, corpus := range b.corpora {
		if err := b.packCorpus(corpus); err != nil {
			return err
		}
	}
	return b.packFilm()
}

func (b *bench) packCorpus(corpus string) error {
	figures, err := b.inTurns(corpus, b.packers(), func(p packer, out string) error {
		if p.name == "zim" { // for the section that serves it: it takes minutes to make
			return os.Rename(out, b.kept(corpus+".zim"))
		}
		return os.Remove(out)
	})
	if err != nil {
		return err
	}
	b.table.corpus(corpus, figures, b.packers())
	return nil
}

// inTurns packs a corpus with one packer after the other, again and again. What they made goes to keep.
func (b *bench) inTurns(corpus string, all []packer, keep func(p packer, out string) error) (series, error) {
	figures := series{}
	for n := range b.runs {
		for _, p := range all {
			b.say("%s %d/%d: %s", corpus, n+1, b.runs, p.label)
			out := b.temporary("packed")
			if err := b.settle(); err != nil {
				return nil, err
			}
			u, err := p.run(b.corpus(corpus), out)
			if err != nil {
				return nil, err
			}
			size, err := fileSize(out)
			if err != nil {
				return nil, err
			}
			if p.previews {
				previews, err := previewSize(out)
				if err != nil {
					return nil, err
				}
				figures.add(p.name+" previews", float64(previews))
				size -= float64(previews)
			}
			figures.take(p.name, u, size)
			if err := keep(p, out); err != nil {
				return nil, err
			}
		}
	}
	return figures, nil
}

// corpus adds the rows of a corpus: ours beside each peer, and files as they are beside zimwriterfs.
func (t *table) corpus(corpus string, figures series, all []packer) {
	ours := all[0]
	for _, peer := range all[1:] {
		wants := map[string]want{}
		switch peer.name {
		case "zim":
			wants["processor"] = want{atMost, zimProcessor[corpus], true}
		case "plain":
			wants["bytes"] = want{atMost, cleanedSize, true}
		}
		t.usage("pack "+corpus, figures, peer.name, ours.label+" ("+peer.label+")", wants)
	}
	t.add(row{"pack " + corpus + ", previews", figures.median("ours previews"), figures.median("plain previews"),
		byteCount, want{}, ours.label + " (" + all[1].label + ")"})
	t.add(row{"pack " + corpus + " as it is, processor", figures.median("plain processor"), figures.median("zim processor"),
		seconds, want{atMost, plainProcessor[corpus], true}, all[1].label + " (" + all[2].label + ")"})
}

// take notes a run.
func (s series) take(name string, u usage, size float64) {
	s.add(name+" processor", u.processor.Seconds())
	s.add(name+" wall", u.wall.Seconds())
	s.add(name+" peak memory", float64(u.memory))
	s.add(name+" bytes", size)
}

// zimProcessor is the part of zimwriterfs's processor time that packing may take, and plainProcessor
// where files are packed as they are.
var (
	zimProcessor   = map[string]float64{"handbook": 1.0 / 3, "gimp": 1.0 / 3, "jdk": 0.2}
	plainProcessor = map[string]float64{"handbook": 0.25, "gimp": 0.25, "jdk": 0.1}
)

// cleanedSize is how much larger a bundle may be than one of files as they are, previews apart.
const cleanedSize = 1.03

// filmWall is how much longer than copying packing a film may take, which syncs as well.
const filmWall = 1.5

// maxMemory is what packing may take, whatever is packed.
const maxMemory = 300 << 20

// usage adds the rows of ours beside a peer, with what is wanted of some.
func (t *table) usage(what string, s series, peer, command string, wants map[string]want) {
	wants["peak memory"] = want{bound: atMost, limit: maxMemory}
	for _, figure := range []struct {
		name string
		unit unit
	}{
		{"processor", seconds}, {"wall", seconds}, {"peak memory", byteCount}, {"bytes", byteCount},
	} {
		t.add(row{what + ", " + figure.name, s.median("ours " + figure.name),
			s.median(peer + " " + figure.name), figure.unit, wants[figure.name], command})
	}
}

func (b *bench) packOurs(folder, out string) (usage, error) {
	return b.packFresh(folder, out, "--no-search")
}

// plainLabel says with which flags packPlain packs.
const plainLabel = "satchel pack --no-search --no-tools --html site --keep-metadata KIND (all)"

// packPlain packs pages as they are, but for scripts, and all other files as well, without a look by
// programs that are installed.
func (b *bench) packPlain(folder, out string) (usage, error) {
	flags := []string{"--no-search", "--no-tools", "--html", "site"}
	for _, kind := range bundle.Kinds {
		flags = append(flags, "--keep-metadata", string(kind))
	}
	return b.packFresh(folder, out, flags...)
}

// packFresh packs with an empty cache, as a first run does: without any, previews are made of pictures
// that are decoded several times.
func (b *bench) packFresh(folder, out string, flags ...string) (usage, error) {
	cache := b.temporary("cache")
	if err := os.RemoveAll(cache); err != nil {
		return usage{}, err
	}
	args := append([]string{"XDG_CACHE_HOME=" + cache, b.satchel, "pack"}, flags...)
	return b.timed("env", append(args, "-k", b.temporary("bench.key"), "-o", out, folder)...)
}

func (b *bench) packSquash(folder, out string) (usage, error) {
	if err := os.RemoveAll(out); err != nil { // it would add to it
		return usage{}, err
	}
	return b.timed("mksquashfs", folder, out, "-comp", "zstd", "-Xcompression-level", "19", "-b", "1M",
		"-no-progress", "-quiet")
}

//go:embed icon.png
var icon []byte

// noIndex makes zimwriterfs leave the full-text index out.
const noIndex = "--withoutFTIndex"

func (b *bench) packZIM(folder, out string) (usage, error) {
	return b.writeZIM(folder, out, noIndex)
}

// writeZIM works on a hard-linked copy, because zimwriterfs wants a welcome page and a
// picture of 48 by 48 inside the folder.
func (b *bench) writeZIM(folder, out string, flags ...string) (usage, error) {
	in := b.temporary("in")
	defer os.RemoveAll(in)
	err := errors.Join(os.RemoveAll(in), os.RemoveAll(out), link(folder, in),
		os.WriteFile(filepath.Join(in, "zz-icon.png"), icon, 0o644),
		os.WriteFile(filepath.Join(in, "zz-index.html"), []byte("<title>Index</title>\n"), 0o644))
	if err != nil {
		return usage{}, err
	}
	args := append(flags, "--welcome=zz-index.html", "--illustration=zz-icon.png", "--language=eng",
		"--title=T", "--description=D", "--creator=C", "--publisher=P", "--name=N", in, out)
	return b.timed("zimwriterfs", args...)
}

// zim returns a ZIM of a folder, made with these flags when it is not there.
func (b *bench) zim(name, folder string, flags ...string) (string, error) {
	path := b.kept(name + ".zim")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	b.say("packing %s with zimwriterfs", name)
	out := b.temporary(name + ".zim")
	if _, err := b.writeZIM(folder, out, flags...); err != nil {
		return "", err
	}
	return path, os.Rename(out, path)
}

// films returns a folder with a film of 1.4 GB.
func (b *bench) films() (string, error) {
	folder := b.kept("film")
	path := filepath.Join(folder, "film.mp4")
	if info, err := os.Stat(path); err == nil && info.Size() == mediaSize {
		return folder, nil
	}
	if err := b.needSpace(3 * mediaSize); err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, film(1, mediaSize))
	return folder, errors.Join(err, f.Close())
}

// packFilm packs a film beside cp and sync, in turns. Ours syncs by itself.
func (b *bench) packFilm() error {
	folder, err := b.films()
	if err != nil {
		return err
	}
	if err := warm(filepath.Join(folder, "film.mp4")); err != nil {
		return err
	}
	copied := b.temporary("copy")
	copying := packer{name: "cp", label: "cp --reflink=never and sync", run: func(folder, _ string) (usage, error) {
		return b.timed("sh", "-c", `cp --reflink=never "$1" "$2" && sync "$2"`, "-",
			filepath.Join(folder, "film.mp4"), copied)
	}}
	figures := series{}
	// the film is noise without an index, in which there is nothing to clean
	ours := packer{name: "ours", label: plainLabel, run: b.packPlain}
	for n := range b.runs {
		b.say("film %d/%d", n+1, b.runs)
		for _, p := range []packer{ours, copying} {
			if err := b.settle(); err != nil {
				return err
			}
			u, err := p.run(folder, copied)
			if err != nil {
				return err
			}
			size, err := fileSize(copied)
			if err != nil {
				return err
			}
			figures.take(p.name, u, size)
			if err := os.Remove(copied); err != nil {
				return err
			}
		}
	}
	b.table.usage(fmt.Sprintf("pack film of %s", byteCount.format(mediaSize)), figures, "cp",
		ours.label+" ("+copying.label+")", map[string]want{"wall": {atMost, filmWall, true}})
	return nil
}
