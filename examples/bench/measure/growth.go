package main

import "fmt"

// growth shows what grows with items and with bytes. A bundle is packed once: what takes
// long enough to matter varies little.
func (b *bench) growth() error {
	for _, s := range samples {
		if err := b.grow(s); err != nil {
			return fmt.Errorf("%s: %w", s.label, err)
		}
	}
	return nil
}

func (b *bench) grow(s sample) error {
	if s.name == largeName {
		b.large = b.kept(s.name)
	}
	path := b.kept(s.name)
	u, err := b.remake(s.name, s.made)
	if err != nil {
		return err
	}
	index, err := indexSize(path)
	if err != nil {
		return err
	}
	took, err := b.openFigures(path)
	if err != nil {
		return err
	}
	const generate = "measure generate"
	what := "growth " + s.label
	b.table.alone(what+", packing, wall", u.wall.Seconds(), seconds, want{}, generate)
	b.table.alone(what+", packing, processor", u.processor.Seconds(), seconds, want{}, generate)
	b.table.alone(what+", packing, peak memory", float64(u.memory), byteCount,
		want{bound: atMost, limit: maxMemory}, generate)
	b.table.alone(what+", index", float64(index), byteCount, want{}, "unzip -l")
	b.table.alone(what+", open to the first article", took.median("time"), seconds,
		want{bound: atMost, limit: openTime}, "satchel open --no-browser")
	return nil
}
