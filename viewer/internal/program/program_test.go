package program

import (
	"bytes"
	"testing"
)

func module(sections string) []byte { return append(bytes.Clone(magic), sections...) }

func TestJoin(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"no data", "\x01\x02ab", "\x01\x02ab"},
		{"one segment", "\x0b\x08\x01\x00\x41\x03\x0b\x02xy", "\x0b\x08\x01\x00\x41\x03\x0b\x02xy"},
		{"in reverse", "\x0b\x0e\x02\x00\x41\x05\x0b\x01z\x00\x41\x02\x0b\x02xy", "\x0b\x0a\x01\x00\x41\x02\x0b\x04xy\x00z"},
		{"a high bit that is no sign", "\x0b\x08\x01\x00\x41\xc0\x00\x0b\x01x\x01\x00", "\x0b\x08\x01\x00\x41\xc0\x00\x0b\x01x\x01\x00"},
	}
	for _, test := range tests {
		got, err := Join(module(test.in))
		if err != nil || !bytes.Equal(got, module(test.want)) {
			t.Errorf("%s: got %q, %v, want %q", test.name, got, err, module(test.want))
		}
	}
}

func TestJoinRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "\x00asm", "\x00asm\x02\x00\x00\x00",
		string(module("\x0b")), string(module("\x0b\x05a")), string(module("\x0c\x01\x02")),
		string(module("\x0b\x00")),
		string(module("\x0b\x01\x01")),                                      // no segment
		string(module("\x0b\x07\x01\x01\x41\x03\x0b\x01x")),                 // another kind of segment
		string(module("\x0b\x07\x01\x00\x41\x7f\x0b\x01x")),                 // below zero
		string(module("\x0b\x07\x01\x00\x41\x03\x0b\x02x")),                 // cut off
		string(module("\x0b\x08\x01\x00\x41\x03\x0b\x01xy")),                // more than it says
		string(module("\x0b\x0b\x01\x00\x41\xff\xff\xff\xff\x07\x0b\x01x")), // too far
	} {
		if got, err := Join([]byte(bad)); err == nil {
			t.Errorf("%q: got %q, want an error", bad, got)
		}
	}
}
