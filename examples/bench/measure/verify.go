package main

import "path/filepath"

// verify measures verifying beside a loop that makes the same hashes.
func (b *bench) verify() error {
	folder, err := b.films()
	if err != nil {
		return err
	}
	for _, c := range []struct{ name, folder string }{{"film", folder}, {"jdk", b.corpus("jdk")}} {
		out := b.temporary(c.name + ".zip")
		if _, err := b.packOurs(c.folder, out); err != nil {
			return err
		}
		if err := warm(out); err != nil {
			return err
		}
		for _, depth := range [][]string{nil, {"deep"}} {
			if err := b.verifyOne(c.name, out, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// verifyOne measures with the flags in depth, which both have.
func (b *bench) verifyOne(name, path string, depth []string) error {
	ours := []string{"verify", "-p", b.temporary("bench.pub")}
	bare, label := []string{"loop"}, ""
	for _, d := range depth {
		ours, bare, label = append(ours, "--"+d), append(bare, "-"+d), " --"+d
	}
	size, err := fileSize(path)
	if err != nil {
		return err
	}
	figures := series{}
	for n := range b.runs {
		b.say("verify%s %s %d/%d", label, filepath.Base(path), n+1, b.runs)
		for _, c := range []struct {
			name, program string
			args          []string
		}{{"ours", b.satchel, ours}, {"loop", b.self, bare}} {
			took, err := b.wall(c.program, append(c.args, path)...)
			if err != nil {
				return err
			}
			figures.add(c.name, size/took.Seconds())
		}
	}
	b.table.add(row{"verify" + label + " " + name, figures.median("ours"), figures.median("loop"), byteRate,
		want{atLeast, 0.8, true}, "satchel verify" + label + " (measure loop" + label + ")"})
	return nil
}
