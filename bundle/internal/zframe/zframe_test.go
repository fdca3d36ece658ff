package zframe

import (
	"bytes"
	"errors"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	e := NewEncoder(2 << 20)
	for _, n := range []int{0, 1, 100, 1 << 16, 2 << 20} {
		raw := bytes.Repeat([]byte("satchel "), n/8+1)[:n]
		got, err := Decode(nil, e.Encode(nil, raw), n)
		if err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%d bytes: got %d bytes, %v", n, len(got), err)
		}
	}
}

func TestC11WrongSize(t *testing.T) {
	t.Parallel()
	frame := NewEncoder(1<<20).Encode(nil, bytes.Repeat([]byte("a"), 1000))
	for _, size := range []int{-1, 0, 1, 999, 1001, 1 << 20, MaxSize + 1} {
		if raw, err := Decode(nil, frame, size); !errors.Is(err, ErrFrame) || raw != nil {
			t.Errorf("Decode to %d bytes: %d bytes, %v; want ErrFrame", size, len(raw), err)
		}
	}
}

func TestC09Bomb(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	w, err := zstd.NewWriter(&bomb, zstd.WithWindowSize(64<<20))
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 256 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1000, MaxSize} {
		if _, err := Decode(nil, bomb.Bytes(), size); !errors.Is(err, ErrFrame) {
			t.Errorf("256 MiB of zeros to %d bytes: %v, want ErrFrame", size, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(NewEncoder(1<<20).Encode(nil, []byte("hello")), 5)
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd}, 0)
	f.Fuzz(func(t *testing.T, frame []byte, size int) {
		raw, err := Decode(nil, frame, size)
		if err == nil && len(raw) != size {
			t.Errorf("%d bytes without an error, want %d", len(raw), size)
		}
	})
}

// Begin gives the beginning of what Decode gives, and less than nothing of what is too short or broken.
func TestBegin(t *testing.T) {
	t.Parallel()
	raw := make([]byte, 1<<20)
	for i := range raw {
		raw[i] = byte(i * i >> (i % 13))
	}
	frame := NewEncoder(2<<20).Encode(nil, raw)
	for _, n := range []int{0, 1, 1000, 128 << 10, 128<<10 + 1, 700_000, len(raw)} {
		got, err := Begin(make([]byte, 0, 100), frame, n)
		if err != nil || !bytes.Equal(got, raw[:n]) {
			t.Errorf("the first %d bytes: got %d, %v", n, len(got), err)
		}
	}
	for _, c := range []struct {
		frame []byte
		size  int
	}{{frame, len(raw) + 1}, {frame, -1}, {frame, MaxSize + 1}, {frame[:len(frame)/2], len(raw)}, {nil, 1}, {[]byte("not a frame"), 1}} {
		if got, err := Begin(nil, c.frame, c.size); !errors.Is(err, ErrFrame) || got != nil {
			t.Errorf("%d bytes of a frame of %d: %d bytes, %v; want ErrFrame", c.size, len(c.frame), len(got), err)
		}
	}
}
