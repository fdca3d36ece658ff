package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

// search measures what the search index weighs and costs, how long queries take, what they find, and how all
// of that grows.
func (b *bench) search() error {
	var failures []error
	for _, part := range []struct {
		name string
		run  func() error
	}{{"size", b.searchSize}, {"time", b.searchTime}, {"finding", b.searchFind}, {"scale", b.searchScale}} {
		b.say("search: %s", part.name)
		if err := part.run(); err != nil {
			b.say("search: %s: %v", part.name, err)
			failures = append(failures, fmt.Errorf("%s: %w", part.name, err))
		}
		if err := b.ctx.Err(); err != nil {
			return err
		}
	}
	return errors.Join(failures...)
}

// What a bundle with its index may come to, previews apart.
var (
	searchBytes     = map[string]float64{"jdk": 23e6, "handbook": 43e6}
	searchProcessor = map[string]float64{"handbook": 1.0 / 3, "gimp": 1.0 / 3, "jdk": 0.25} // of zimwriterfs's
)

// searchWall is how much longer packing may take with an index than without.
const searchWall = 1.4

// searchPackers are ours with an index and without, and zimwriterfs with one.
func (b *bench) searchPackers() []packer {
	return []packer{
		{"ours", "satchel pack", true, func(folder, out string) (usage, error) { return b.packFresh(folder, out) }},
		{"bare", "satchel pack --no-search", true, b.packOurs},
		{"zim", "zimwriterfs", false, func(folder, out string) (usage, error) { return b.writeZIM(folder, out) }},
	}
}

// searchSize measures packing with an index. Bundles are left for the queries, and ZIMs for those of the next
// time as well.
func (b *bench) searchSize() error {
	for _, corpus := range b.corpora {
		figures, err := b.inTurns(corpus, b.searchPackers(), func(p packer, out string) error {
			switch p.name {
			case "ours":
				return os.Rename(out, b.searchable(corpus))
			case "zim":
				return os.Rename(out, b.kept(searchableZIM(corpus)+".zim"))
			}
			return os.Remove(out)
		})
		if err != nil {
			return err
		}
		b.table.searchSize(corpus, figures, b.searchPackers())
	}
	return nil
}

func (t *table) searchSize(corpus string, figures series, all []packer) {
	ours, bare, zim := all[0], all[1], all[2]
	what := "search index of " + corpus
	wants := map[string]want{"processor": {atMost, searchProcessor[corpus], true}}
	if limit, ok := searchBytes[corpus]; ok {
		wants["bytes"] = want{bound: atMost, limit: limit}
	}
	t.usage(what, figures, zim.name, ours.label+" ("+zim.label+")", wants)
	t.usage(what, figures, bare.name, ours.label+" ("+bare.label+")", map[string]want{"wall": {atMost, searchWall, true}})
	t.alone(what+", by itself", figures.median("ours bytes")-figures.median("bare bytes"), byteCount, want{},
		ours.label+", less "+bare.label)
}

// searchable is where the bundle of a corpus with its index lies, and searchableZIM the name of its ZIM.
func (b *bench) searchable(corpus string) string { return b.temporary(corpus + "-search.zip") }
func searchableZIM(corpus string) string         { return corpus + "-ft" }

// searchBundle returns the bundle of a corpus with its index, and searchZIM the ZIM. They are made when they are
// not there.
func (b *bench) searchBundle(corpus string) (string, error) {
	path := b.searchable(corpus)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	b.say("packing %s", corpus)
	_, err := b.packFresh(b.corpus(corpus), path)
	return path, err
}

func (b *bench) searchZIM(corpus string) (string, error) {
	return b.zim(searchableZIM(corpus), b.corpus(corpus))
}

// searchKiwix starts kiwix-serve on the ZIM of a corpus.
func (b *bench) searchKiwix(corpus string) (kiwix *served, zim string, err error) {
	if zim, err = b.searchZIM(corpus); err == nil {
		kiwix, err = b.startKiwix(zim)
	}
	return kiwix, zim, err
}

// packs says whether a corpus is among those that are packed.
func (b *bench) packs(corpus string) bool { return slices.Contains(b.corpora, corpus) }
