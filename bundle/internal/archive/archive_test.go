package archive

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
)

// build makes an archive of pairs of names and contents; a name with a leading "=" is stored.
func build(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		h := &zip.FileHeader{Name: pairs[i], Method: zip.Deflate}
		if pairs[i][0] == '=' {
			h.Name, h.Method = pairs[i][1:], zip.Store
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(data []byte) (*Archive, error) { return Open(bytes.NewReader(data), int64(len(data))) }

// set returns the archive with bytes set behind the nth of a record's mark.
func set(data []byte, mark string, nth, at int, value ...byte) []byte {
	data = bytes.Clone(data)
	from := 0
	for range nth {
		from += bytes.Index(data[from:], []byte(mark)) + 1
	}
	copy(data[from+bytes.Index(data[from:], []byte(mark))+at:], value)
	return data
}

func TestOpen(t *testing.T) {
	t.Parallel()
	a, err := open(build(t, "=mimetype", "m", "a/", "", "a/b.txt", "content"))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Files) != 2 || a.Files[0].Name != "mimetype" || !a.Files[0].Stored() {
		t.Errorf("%+v", a.Files)
	}
	got, err := a.Read(a.File("a/b.txt"), 7)
	if err != nil || string(got) != "content" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := a.Read(a.File("a/b.txt"), 6); !errors.Is(err, ErrLimit) {
		t.Errorf("over the limit: %v", err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	const local, central, end = "PK\x03\x04", "PK\x01\x02", "PK\x05\x06"
	good := build(t, "a", "content of a", "b", "content of b")
	second := binary.LittleEndian.AppendUint32(nil, uint32(bytes.LastIndex(good, []byte(local))))
	many := set(good, end, 0, 10, 0xff, 0xff)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":              {nil, ErrFormat},
		"no directory":       {good[:len(good)-10], ErrFormat},
		"up":                 {build(t, "../a", ""), ErrFormat},
		"up inside":          {build(t, "a/../../b", ""), ErrFormat},
		"absolute":           {build(t, "/a", ""), ErrFormat},
		"drive":              {build(t, "C:/a", ""), ErrFormat},
		"backslash":          {build(t, `a\b`, ""), ErrFormat},
		"not UTF-8":          {build(t, "a\xff", ""), ErrFormat},
		"twice":              {build(t, "a", "1", "a", "2"), ErrFormat},
		"encrypted":          {set(good, central, 0, 8, 1), ErrEncrypted},
		"method":             {set(good, central, 0, 10, 12), ErrFormat},
		"too many":           {many, ErrLimit},
		"more than there is": {set(good, end, 0, 10, 3, 0), ErrFormat},
		"huge directory":     {set(good, end, 0, 12, 0, 0, 0, 0x7f), ErrLimit},
		"blocks of nothing":  {empty(t), ErrFormat},
		"claims 2 GiB":       {set(good, central, 0, 24, 0, 0, 0, 0x7f), ErrLimit},
		"overlapping":        {set(good, central, 0, 42, second...), ErrFormat},
		"outside":            {set(good, central, 1, 42, 0xff, 0xff, 0xff, 0x7f), ErrFormat},
		"other name":         {set(good, local, 0, 30, 'c'), ErrFormat},
		"packed to the end":  {set(good, central, 1, 20, 0xff, 0xff, 0, 0), ErrFormat},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := open(c.data); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// empty is an archive with a file of no bytes that takes long to inflate.
func empty(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	data := append(bytes.Repeat([]byte{0, 0, 0, 0xff, 0xff}, 2000), 1, 0, 0, 0xff, 0xff) // stored blocks
	w, err := z.CreateRaw(&zip.FileHeader{Name: "a", Method: zip.Deflate, CompressedSize64: uint64(len(data))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	good := build(t, "=a", "content of a")
	for name, data := range map[string][]byte{
		"content": bytes.Replace(good, []byte("content"), []byte("kontent"), 1),
		"shorter": set(build(t, "a", "content of a"), "PK\x01\x02", 0, 24, 5),
		"longer":  set(build(t, "a", "content of a"), "PK\x01\x02", 0, 24, 50),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := open(data)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := a.Read(a.Files[0], 1000); !errors.Is(err, ErrFormat) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// TestC09Bomb: what inflates to more than a file of its size may is refused by its claim, and what
// claims less ends one byte after its claim.
func TestC09Bomb(t *testing.T) {
	t.Parallel()
	bomb := build(t, "a", string(make([]byte, roomBase+roomBase/2)))
	if _, err := open(bomb); !errors.Is(err, ErrLimit) {
		t.Errorf("an honest bomb: %v", err)
	}
	a, err := open(set(bomb, "PK\x01\x02", 0, 24, 0, 0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Read(a.Files[0], 1<<20); !errors.Is(err, ErrFormat) {
		t.Errorf("a lying bomb: %v", err)
	}
}

func FuzzArchive(f *testing.F) {
	f.Add(build(f, "=mimetype", "m", "a/b.txt", "content"))
	f.Add(build(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := open(data)
		if err != nil {
			return
		}
		for _, e := range a.Files {
			if got, err := a.Read(e, 1<<20); err == nil && int64(len(got)) != e.Size {
				t.Fatalf("%q: %d bytes, claims %d", e.Name, len(got), e.Size)
			}
		}
	})
}
