package main

import (
	"errors"
	"fmt"
)

// film measures playing a film of 1.4 GB beside kiwix-serve: all of it, and how long the
// first byte from its middle takes.
func (b *bench) film() error {
	folder, err := b.films()
	if err != nil {
		return err
	}
	out := b.temporary("film.zip")
	if _, err := b.packOurs(folder, out); err != nil {
		return err
	}
	zim, err := b.zim("film", folder, noIndex)
	if err != nil {
		return err
	}
	for _, name := range []string{out, zim} {
		if err := warm(name); err != nil {
			return err
		}
	}
	names := []string{"film.mp4"}
	figures := series{}
	for n := range b.runs {
		b.say("film %d/%d", n+1, b.runs)
		for _, c := range []contestant{
			{"ours", func() (*served, []string, error) { return b.satchelPages(out, names) }},
			{"kiwix", func() (*served, []string, error) { return b.kiwixPages(zim, names) }},
		} {
			if err := play(c, figures); err != nil {
				return err
			}
		}
	}
	const command = "satchel open --no-browser (kiwix-serve)"
	for _, f := range []struct {
		name string
		unit unit
		want want
	}{
		{"whole", byteRate, want{atLeast, 1, true}},
		{"first byte of a range in the middle", seconds, want{bound: atMost, limit: 0.010}},
		{"peak memory", byteCount, want{}},
	} {
		b.table.add(row{"film of 1.4 GB, " + f.name, figures.median("ours " + f.name),
			figures.median("kiwix " + f.name), f.unit, f.want, command})
	}
	return nil
}

func play(c contestant, figures series) (err error) {
	s, paths, err := c.start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	one := &client{host: s.host}
	defer one.close()
	for n := range 5 {
		from := mediaSize/2 + n*10_000_000
		a, err := one.get(s.root+paths[0], fmt.Sprintf("Range: bytes=%d-%d\r\n", from, from+999_999))
		if err == nil && a.bytes != 1_000_000 {
			err = fmt.Errorf("%s sends %d bytes of a range of 1,000,000", s.name, a.bytes)
		}
		if err != nil {
			return err
		}
		figures.add(c.name+" first byte of a range in the middle", a.first.Seconds())
	}
	a, err := one.get(s.root+paths[0], "")
	if err == nil && a.bytes != mediaSize {
		err = fmt.Errorf("%s sends %d bytes of a film of %d", s.name, a.bytes, int64(mediaSize))
	}
	if err != nil {
		return err
	}
	figures.add(c.name+" whole", float64(a.bytes)/a.total.Seconds())
	peak, err := s.memory("VmHWM")
	figures.add(c.name+" peak memory", peak)
	return err
}
