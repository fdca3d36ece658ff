package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"satchel/bundle/sign"
)

// ConvertOptions say what Convert makes.
type ConvertOptions struct {
	Layout   Layout
	PartSize int64 // for LayoutParts; 0 for DefaultPartSize
	Progress func(Progress)
}

// Convert writes the bundle to name in another layout, or a clean copy in the same
// one: exactly the signed bytes, and nothing that was added to them. Every block is
// checked on the way; one that is damaged or missing ends it, and nothing is left
// behind.
func Convert(ctx context.Context, r *Reader, name string, o ConvertOptions) (files []string, err error) {
	if err := checkTarget(name, o.Layout); err != nil {
		return nil, err
	}
	spool, err := newSpool(name)
	if err != nil {
		return nil, err
	}
	defer spool.remove()
	c := &converter{ctx: ctx, r: r, o: o}
	if c.sink, err = newSink(o.Layout, name, spool.dir, o.PartSize); err != nil {
		return nil, err
	}
	defer c.sink.abort()
	if err := c.run(); err != nil {
		return nil, err
	}
	return c.sink.commit()
}

type converter struct {
	ctx         context.Context
	r           *Reader
	o           ConvertOptions
	sink        sink
	done, total int64
}

func (c *converter) run() error {
	var members []member
	for e, err := range c.r.index.Prefix([]byte{keyMember}) {
		if err != nil {
			return indexError(err)
		}
		m, err := parseMember(e.Value)
		if err != nil {
			return err
		}
		members = append(members, m)
		c.total += m.size
	}
	m := c.r.manifest
	z := newFraming(c.r.text, cleanSignatures(c.r.sigs), m, values(members))
	if err := c.copyWhole(indexName, headSize, m.index); err != nil {
		return err
	}
	for i := range members {
		if err := c.copyMember(uint32(i), &members[i]); err != nil {
			return fmt.Errorf("%s: %w", members[i].name, err)
		}
	}
	if err := c.copyWhole(membersName, z.table.offset, m.members); err != nil {
		return err
	}
	return c.sink.frame(z)
}

// copyWhole copies index or MEMBERS, which MANIFEST has the hash of.
func (c *converter) copyWhole(name string, offset int64, want digest) error {
	out, err := c.sink.file(name, offset)
	if err != nil {
		return err
	}
	d := newDigester()
	in := io.NewSectionReader(retrying{c.r.store.file(name, offset, want.size)}, 0, want.size)
	_, err = io.Copy(io.MultiWriter(out, d), ctxVerify{c.ctx, in})
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	switch got := d.digest(); {
	case got.size < want.size:
		return fmt.Errorf("%s is %w", name, ErrMissing)
	case got != want:
		return fmt.Errorf("%s is %w", name, ErrDamaged)
	}
	return nil
}

// copyMember copies a member block by block, each once it is checked.
func (c *converter) copyMember(n uint32, m *member) error {
	out, err := c.sink.file(m.name, headSize+c.r.manifest.index.size+m.offset)
	if err != nil {
		return err
	}
	err = c.copyBlocks(out, n, m)
	return errors.Join(err, out.Close())
}

func (c *converter) copyBlocks(out io.Writer, n uint32, m *member) error {
	var buf []byte
	for i := range m.blocks {
		b, err := c.r.blockInfo(m, blockID{n, i})
		if err != nil {
			return err
		}
		buf = slices.Grow(buf[:0], b.stored)
		data, err := c.r.stored(m, &b, buf[:b.stored])
		if err != nil {
			return err
		}
		if _, err := out.Write(data); err != nil {
			return err
		}
		c.done += int64(len(data))
		if c.o.Progress != nil {
			c.o.Progress(Progress{"write", c.done, c.total})
		}
		if err := c.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// Sign adds a signature to the bundle at name, of any layout, or beside a MANIFEST
// that lies alone, and returns the name of the signature file. The bundle is not
// moved or rewritten: a ZIP has room for it in its head. Signing twice with one key
// changes nothing. A signature in place that does not hold is an error. Named says whether
// MANIFEST names the key: otherwise the signature counts only for readers who give it.
func Sign(name string, key sign.PrivateKey) (file string, named bool, err error) {
	s, err := openStore(name)
	if err != nil {
		return "", false, err
	}
	text, err := s.manifest()
	if err != nil {
		return "", false, errors.Join(err, s.close())
	}
	m, err := parseManifest(text)
	if err != nil {
		return "", false, errors.Join(err, s.close())
	}
	sigs, err := s.signatures(signatureNames(m.keys))
	if err == nil {
		// Whoever signs must not vouch for a text that another signer did not sign.
		_, err = checkSignatures(text, sigs, m.keys)
	}
	sigs, _ = sortOut(sigs, m.keys)
	how := s.layout()
	if err := errors.Join(err, s.close()); err != nil {
		return "", false, err
	}
	file, err = signatureSlot(text, sigs, key, m.keys)
	if err != nil {
		return "", false, err
	}
	named = slices.Contains(m.keys, key.Public())
	added := sigFile{file, key.Sign(text)}
	if how == LayoutFolder {
		return file, named, signFolder(name, added)
	}
	return file, named, signZIP(name, text, withSignature(sigs, added))
}

// signatureSlot says under which name a key's signature goes: the one it has
// already, the first, or one named for the key.
func signatureSlot(text []byte, sigs []sigFile, key sign.PrivateKey, named []sign.PublicKey) (string, error) {
	public := key.Public()
	own := signatureFor(public)
	// The first place is where stock tools look: for a signer that MANIFEST names.
	taken := len(named) > 0 && !slices.Contains(named, public)
	for _, f := range sigs {
		s, err := sign.ParseSignature(f.data)
		if err != nil {
			return "", fmt.Errorf("%s: %w", f.name, err)
		}
		if s.KeyID() == public.ID() && public.Verify(text, s) == nil {
			return f.name, nil
		}
		if f.name == own {
			return "", fmt.Errorf("%s: another key with the same key id has signed", f.name)
		}
		taken = taken || f.name == signatureName
	}
	if taken {
		return own, nil
	}
	return signatureName, nil
}

func withSignature(sigs []sigFile, added sigFile) []sigFile {
	sigs = slices.DeleteFunc(slices.Clone(sigs), func(f sigFile) bool { return f.name == added.name })
	sigs = append(sigs, added)
	sortSignatures(sigs)
	return sigs
}

func signFolder(name string, added sigFile) error {
	if strings.EqualFold(filepath.Base(name), manifestName) {
		if info, err := os.Stat(name); err == nil && !info.IsDir() {
			name = filepath.Dir(name)
		}
	}
	return replaceFile(filepath.Join(name, added.name), added.data)
}

// replaceFile writes a small file aside, syncs it and renames it.
func replaceFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".satchel-")
	if err != nil {
		return errFolder(filepath.Dir(name), err)
	}
	defer os.Remove(f.Name()) // fails once it is renamed, as it should
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return rename(f.Name(), name)
}

// signZIP writes the head anew, which is the one part that a signature changes
// besides the central directory.
func signZIP(name string, text []byte, sigs []sigFile) error {
	r, err := Open(name)
	if err != nil {
		return err
	}
	z := r.store.(*zipStore)
	var members []member
	for e, err := range r.index.Prefix([]byte{keyMember}) {
		m, err2 := parseMember(e.Value)
		if err := errors.Join(err, err2); err != nil {
			return errors.Join(err, r.Close())
		}
		members = append(members, m)
	}
	before := newFraming(text, r.sigs, r.manifest, values(members)).size()
	whole := z.start == 0 && z.size == before
	after := newFraming(text, sigs, r.manifest, values(members))
	if err := r.Close(); err != nil {
		return err
	}
	if _, _, err := after.head(); err != nil {
		return err
	}
	if !whole || r.restored != "" || !bytes.Equal(r.text, text) {
		return errors.New("this copy is damaged, cut off or has bytes added: make a clean one with convert")
	}
	return rewriteFraming(name, after)
}

// rewriteFraming writes what changed: the head in one write, and once that is safe the
// central directory. Whichever of them a crash tears, the other one holds.
func rewriteFraming(name string, z *framing) error {
	w, err := openParted(name)
	if err != nil {
		return err
	}
	synced := false
	for off, b := range z.pieces() {
		if off > 0 && off <= z.table.offset {
			continue // headers of members stay as they are
		}
		if off > 0 && !synced {
			err, synced = w.sync(), true
		}
		if err == nil {
			_, err = w.WriteAt(b, off)
		}
		if err != nil {
			return errors.Join(err, w.close())
		}
	}
	return errors.Join(w.sync(), w.close())
}

// openParted opens a ZIP, or its parts, for writing in place.
func openParted(name string) (*zipSink, error) {
	base := strings.TrimSuffix(name, ".001")
	w := &zipSink{name: base}
	names := []string{name}
	if base != name && lastPart(base) > 1 {
		names = nil
		for n := 1; n <= lastPart(base); n++ {
			names = append(names, partName(base, n))
		}
	}
	for _, name := range names {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		w.files = append(w.files, f)
	}
	if len(names) > 1 {
		info, err := w.files[0].Stat()
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		w.part = info.Size()
	}
	return w, nil
}
