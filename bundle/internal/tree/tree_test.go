package tree

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

// build makes a tree of n entries, every third section stored.
func build(t testing.TB, n int) ([]byte, Root) {
	t.Helper()
	var buf bytes.Buffer
	b := NewBuilder(&buf, 0)
	b.Section(true)
	for i := range n {
		if i == n/2 {
			b.Section(false)
		}
		if err := b.Add(key(i), value(i)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if root.Size != int64(buf.Len()) {
		t.Fatalf("root says %d bytes, written %d", root.Size, buf.Len())
	}
	return buf.Bytes(), root
}

func key(i int) []byte   { return fmt.Appendf(nil, "key/%07d", i*2) }
func value(i int) []byte { return bytes.Repeat([]byte{byte(i)}, i%300) }

func TestGetAndFrom(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 50, 1000, 40_000} {
		data, root := build(t, n)
		tr, err := New(bytes.NewReader(data), root)
		if err != nil {
			t.Fatalf("%d entries: %v", n, err)
		}
		for i := 0; i < n; i += 1 + n/97 {
			v, ok, err := tr.Get(key(i))
			if err != nil || !ok || !bytes.Equal(v, value(i)) {
				t.Fatalf("%d entries: Get(%q) = %d bytes, %v, %v", n, key(i), len(v), ok, err)
			}
			if _, ok, _ := tr.Get(fmt.Appendf(nil, "key/%07d", i*2+1)); ok {
				t.Fatalf("%d entries: found a key that is not there", n)
			}
		}
		i := n / 3
		for e, err := range tr.From(key(i)) {
			if err != nil || !bytes.Equal(e.Key, key(i)) || !bytes.Equal(e.Value, value(i)) {
				t.Fatalf("%d entries: entry %d is %q, %v", n, i, e.Key, err)
			}
			i++
		}
		if i != n {
			t.Errorf("%d entries: walked to %d", n, i)
		}
	}
}

func TestPrefix(t *testing.T) {
	t.Parallel()
	data, root := build(t, 5000)
	tr, err := New(bytes.NewReader(data), root)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for _, err := range tr.Prefix([]byte("key/00012")) {
		if err != nil {
			t.Fatal(err)
		}
		got++
	}
	if got != 50 {
		t.Errorf("prefix yields %d entries, want 50", got)
	}
}

func TestSizeIsKnownBeforeTheValues(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	b := NewBuilder(&buf, 0)
	b.Section(true)
	for i := range 3000 {
		if err := b.Add(key(i), value(i)); err != nil {
			t.Fatal(err)
		}
	}
	b.Section(false)
	add := func(fill byte) func(*Builder) error {
		return func(b *Builder) error {
			for i := 3000; i < 9000; i++ {
				if err := b.Add(key(i), bytes.Repeat([]byte{fill, byte(i)}, 16)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	want, err := b.Size(add(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := add(77)(b); err != nil {
		t.Fatal(err)
	}
	root, err := b.Finish()
	if err != nil || root.Size != want {
		t.Errorf("size %d, %v; foretold %d", root.Size, err, want)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	for _, second := range []string{"b", "a", "b"} {
		b := NewBuilder(nil, 0)
		if err := b.Add([]byte("b"), nil); err != nil {
			t.Fatal(err)
		}
		if err := b.Add([]byte(second), nil); !errors.Is(err, ErrOrder) {
			t.Errorf("%q after %q: %v, want ErrOrder", second, "b", err)
		}
	}
}

// TestA02FlippedBytes flips a bit in every fifth byte: what is read is exact or an error, and a
// page that is bad costs its own entries only.
func TestA02FlippedBytes(t *testing.T) {
	t.Parallel()
	const n = 250
	data, root := build(t, n)
	for at := 0; at < len(data); at += 5 {
		bad := bytes.Clone(data)
		bad[at] ^= 1 << (at / 5 % 8)
		tr, err := New(bytes.NewReader(bad), root)
		if err != nil {
			if !errors.Is(err, ErrDamaged) || int64(at) < root.Size-int64(root.Length) {
				t.Fatalf("byte %d: New: %v", at, err)
			}
			continue
		}
		seen, failed := 0, 0
		for e, err := range tr.From([]byte("k")) {
			if err != nil {
				failed++
				continue
			}
			var i int
			if _, err := fmt.Sscanf(string(e.Key), "key/%d", &i); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(e.Value, value(i/2)) {
				t.Fatalf("byte %d: wrong value for %q", at, e.Key)
			}
			seen++
		}
		if failed != 1 || seen == 0 || seen >= n {
			t.Fatalf("byte %d: %d entries and %d failures", at, seen, failed)
		}
	}
}

func TestC01EveryTruncation(t *testing.T) {
	t.Parallel()
	data, root := build(t, 300)
	for n := range data {
		if _, err := New(bytes.NewReader(data[:n]), root); !errors.Is(err, ErrMissing) {
			t.Fatalf("cut at %d: %v, want ErrMissing", n, err)
		}
	}
}

func FuzzPage(f *testing.F) {
	data, root := build(f, 400)
	f.Add(data[root.Size-int64(root.Length):])
	f.Add([]byte{0, 0, 1, 1, 'a', 'b'})
	f.Add([]byte{flagZstd, 5, 0x28, 0xb5, 0x2f, 0xfd})
	f.Fuzz(func(t *testing.T, stored []byte) {
		p, err := parsePage(stored)
		if err != nil || stored[0]&flagZstd != 0 {
			return
		}
		var body, prev []byte
		for _, e := range p.entries {
			body = appendEntry(body, prev, e.key, e.value)
			prev = e.key
		}
		if got := append([]byte{byte(p.level)}, body...); !bytes.Equal(got, stored) {
			t.Errorf("%x parses and formats to %x", stored, got)
		}
		for _, e := range p.entries {
			if c, err := parseRef(e.value); err == nil && !bytes.Equal(c.append(nil), e.value) {
				t.Errorf("reference %x formats to %x", e.value, c.append(nil))
			}
		}
	})
}
