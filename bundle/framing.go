package bundle

import (
	"bytes"
	"slices"
)

func (v *verifier) checkFraming() error { return v.r.store.check(v) }

func (z *zipStore) check(v *verifier) error { return v.checkZIP(z) }

func (f *folderStore) check(v *verifier) error { return v.checkFolder(f) }

// checkZIP notes every stretch of a ZIP that is not as it must be, and whatever
// comes before or after.
func (v *verifier) checkZIP(z *zipStore) error {
	if v.lost {
		return nil // where members end is not known
	}
	if z.start < 0 { // another tool has packed the members anew
		v.mark("", 0, z.size)
		return nil
	}
	if z.start > 0 {
		v.mark("", 0, z.start)
	}
	v.checkComments()
	end := int64(0)
	for off, want := range v.framing().pieces() {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		got := make([]byte, len(want))
		n, err := readAt(z.r, got, z.start+off)
		if err != nil || n < len(want) {
			z.readDirectory() // one that is there says that members were taken out
			v.absent, v.cut = true, len(z.directory) == 0
			got, want = got[:n], want[:n]
		}
		if damaged := off == 0 && v.r.restored != ""; !damaged && !bytes.Equal(got, want) {
			v.markDifference(z.start+off, got, want)
		}
		end = off + int64(len(want))
	}
	if rest := z.size - z.start - end; rest > 0 {
		v.mark("", z.start+end, rest)
	}
	return nil
}

// checkComments marks signatures whose first line nobody signed and which is neither
// ours nor stock minisign's: it may say whose copy this is.
func (v *verifier) checkComments() {
	if first := v.r.sigs; len(v.r.signers) > 0 && first[0].name != signatureName {
		v.mark(first[0].name, 0, 0) // it was moved from where stock tools look
	}
	for _, f := range v.r.sigs {
		if plainComment(f.data) == nil {
			v.mark(f.name, 0, int64(bytes.IndexByte(f.data, '\n')))
		}
	}
}

// comments are first lines of a signature that tell nothing.
var comments = [][]byte{
	[]byte("untrusted comment: signature from minisign secret key\n"),
	[]byte("untrusted comment: satchel\n"),
}

// plainComment returns the first line of a signature if it is one that tells nothing.
func plainComment(sig []byte) []byte {
	for _, c := range comments {
		if bytes.HasPrefix(sig, c) {
			return c
		}
	}
	return nil
}

// cleanSignatures puts the first signature where stock tools look, and gives all a first
// line that tells nothing.
func cleanSignatures(sigs []sigFile) []sigFile {
	clean := slices.Clone(sigs)
	if len(clean) > 0 {
		clean[0].name = signatureName
	}
	for i, f := range clean {
		if plainComment(f.data) == nil {
			_, rest, _ := bytes.Cut(f.data, []byte("\n"))
			clean[i].data = slices.Concat(comments[0], rest)
		}
	}
	return clean
}

// markDifference notes the stretch from the first to the last byte that differs.
func (v *verifier) markDifference(off int64, got, want []byte) {
	first, last := -1, 0
	for i := range got {
		if got[i] != want[i] {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	v.mark("", off+int64(first), int64(last-first+1))
}

func (v *verifier) mark(name string, off, n int64) {
	if len(v.report.Marks) < 1000 {
		v.report.Marks = append(v.report.Marks, Mark{name, off, n})
	}
}

// checkFolder compares the sizes of files with signed ones, and lists the files
// that are not of the bundle: the reader's own, or what systems leave behind.
func (v *verifier) checkFolder(s *folderStore) error {
	sizes := map[string]int64{
		manifestName: int64(len(v.r.text)),
		indexName:    v.r.manifest.index.size,
		membersName:  v.r.manifest.members.size,
	}
	for _, f := range v.r.sigs {
		sizes[f.name] = int64(len(f.data))
	}
	for _, m := range v.members {
		sizes[m.name] = m.size
	}
	var names []string // as many as can be listed, and all that may be ours
	err := s.eachName(func(name string) {
		if len(names) < maxMembers+maxListed || s.found[properName(name)] == name {
			names = append(names, name)
		}
	})
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		proper := properName(name)
		want, ours := sizes[proper]
		if slices.Contains(v.r.stray, proper) || (ours && proper != name && s.found[proper] == name) {
			v.mark(name, 0, 0)
		}
		if !ours || s.found[proper] != name {
			if len(v.report.Extra) < maxListed && !slices.Contains(v.r.stray, proper) {
				v.report.Extra = append(v.report.Extra, name)
			}
			continue
		}
		delete(sizes, proper)
		info, err := s.root.Stat(name)
		if err == nil && info.Size() > want {
			v.mark(name, want, info.Size()-want)
		}
	}
	v.absent = v.absent || len(sizes) > 0
	v.checkComments()
	return nil
}
