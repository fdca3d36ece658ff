// Package program makes a program in WebAssembly fit for a page that holds it compressed.
package program

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// magic begins a module: its format and version.
var magic = []byte("\x00asm\x01\x00\x00\x00")

// The sections that Join knows.
const (
	dataSection      = 11
	dataCountSection = 12
)

// Op codes of what says where a segment lies.
const (
	opI32Const = 0x41
	opEnd      = 0x0b
)

// maxImage bounds the data of a program.
const maxImage = 64 << 20

var errModule = errors.New("not a program as Go's linker writes it")

// Join returns a module with all its data in one segment. Go's linker leaves zeros out and begins a
// new segment behind any eight of them, up to 100,000 times. That makes the file shorter, but it
// compresses worse: 175 kB of 2.4 MB are what says where segments lie, which zeros do not need.
func Join(module []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(module, magic)
	if !ok {
		return nil, errModule
	}
	out := bytes.Clone(magic)
	for len(rest) > 0 {
		id := rest[0]
		body, after, ok := cutBytes(rest[1:])
		if !ok || id == dataCountSection {
			return nil, errModule
		}
		if id == dataSection {
			if body, ok = joinSegments(body); !ok {
				return nil, errModule
			}
		}
		out = appendBytes(append(out, id), body)
		rest = after
	}
	return out, nil
}

// joinSegments returns a data section of one segment, which stands for all.
func joinSegments(section []byte) ([]byte, bool) {
	count, n := binary.Uvarint(section)
	if n <= 0 {
		return nil, false
	}
	rest := section[n:]
	var image []byte
	for range count {
		offset, data, after, ok := cutSegment(rest)
		if !ok {
			return nil, false
		}
		if end := offset + len(data); end > len(image) {
			image = append(image, make([]byte, end-len(image))...)
		}
		copy(image[offset:], data)
		rest = after
	}
	data := bytes.TrimLeft(image, "\x00")
	joined := []byte{1, 0, opI32Const}
	joined = appendOffset(joined, len(image)-len(data))
	return appendBytes(append(joined, opEnd), data), len(rest) == 0
}

// cutSegment takes a segment of the first memory from b.
func cutSegment(b []byte) (offset int, data, after []byte, ok bool) {
	b, ok = bytes.CutPrefix(b, []byte{0, opI32Const})
	at, n := binary.Uvarint(b)
	if !ok || n <= 0 || b[n-1]&0x40 != 0 || at > maxImage { // the bit is the sign
		return 0, nil, nil, false
	}
	b, ok = bytes.CutPrefix(b[n:], []byte{opEnd})
	if !ok {
		return 0, nil, nil, false
	}
	data, after, ok = cutBytes(b)
	return int(at), data, after, ok && len(data) <= maxImage
}

// appendOffset appends a number as signed LEB128, whose last byte has a sign.
func appendOffset(b []byte, offset int) []byte {
	b = binary.AppendUvarint(b, uint64(offset))
	if last := &b[len(b)-1]; *last&0x40 != 0 {
		*last |= 0x80
		b = append(b, 0)
	}
	return b
}

// cutBytes takes bytes from b that have their length in front.
func cutBytes(b []byte) (data, after []byte, ok bool) {
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return nil, nil, false
	}
	return b[n : n+int(size)], b[n+int(size):], true
}

func appendBytes(b, data []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}
