package scrub

import (
	"bytes"
	"testing"
	"testing/iotest"
)

// TestPlanReader reads a plan in all ways: pieces that are empty, of the original, and new.
func TestPlanReader(t *testing.T) {
	t.Parallel()
	p := Plan{{New: []byte{}}, {Offset: 2, Size: 3}, {New: []byte("new")}, {Offset: 9}, {Offset: 0, Size: 10}, {New: []byte{}}}
	if err := iotest.TestReader(p.Reader(bytes.NewReader([]byte("0123456789"))), []byte("234new0123456789")); err != nil {
		t.Error(err)
	}
}

// TestPatched replaces parts of the original, also by what is longer than a block of zeros.
func TestPatched(t *testing.T) {
	t.Parallel()
	original := bytes.Repeat([]byte("0123456789"), 3*zeroBlockLen/10)
	want := bytes.Clone(original)
	copy(want[3:], "abc")
	clear(want[100 : 100+2*zeroBlockLen+5])
	patches := []mediaPatch{{100, 2*zeroBlockLen + 5, nil}, {3, 3, []byte("abc")}}
	sortPatches(patches)
	var p Plan
	p.patched(0, int64(len(original)), patches)
	if got := planned(t, p, original); !bytes.Equal(got, want) {
		t.Error("the patches are not where they should be")
	}
}
