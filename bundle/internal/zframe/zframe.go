// Package zframe compresses and decompresses single zstd frames of a known
// size, so that no caller ever decompresses to a size that it has not been told
// by signed data.
package zframe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// MaxSize is the largest decompressed size of one frame, in bytes.
const MaxSize = 8 << 20

// ErrFrame is wrapped by every error of Decode.
var ErrFrame = errors.New("not the zstd frame that was announced")

// An Encoder compresses frames. It is not for concurrent use. The same input gives
// the same frame on every machine.
type Encoder struct{ z *zstd.Encoder }

// NewEncoder returns an encoder for frames of at most window bytes, at the library's
// best level. It holds some 40 MB once used.
func NewEncoder(window int) *Encoder { return newEncoder(window, zstd.SpeedBestCompression) }

// NewQuickEncoder returns an encoder that is several times as fast on small frames,
// and makes them 2 % larger.
func NewQuickEncoder(window int) *Encoder { return newEncoder(window, zstd.SpeedDefault) }

func newEncoder(window int, level zstd.EncoderLevel) *Encoder {
	z, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(level),
		zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(window),
		zstd.WithEncoderCRC(false), // SHA-256 guards the frame
		zstd.WithSingleSegment(true),
		zstd.WithZeroFrames(true))
	if err != nil {
		panic("zframe: internal error: " + err.Error()) // constant options
	}
	return &Encoder{z}
}

// Encode appends the frame of raw to dst.
func (e *Encoder) Encode(dst, raw []byte) []byte { return e.z.EncodeAll(raw, dst) }

var decoder = sync.OnceValue(func() *zstd.Decoder {
	return newDecoder(
		zstd.WithDecoderConcurrency(0),
		zstd.WithDecodeAllCapLimit(true)) // never grows past what size allows
})

func newDecoder(more ...zstd.DOption) *zstd.Decoder {
	z, err := zstd.NewReader(nil, append(more,
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(MaxSize),
		zstd.WithDecoderMaxWindow(MaxSize))...)
	if err != nil {
		panic("zframe: internal error: " + err.Error()) // constant options
	}
	return z
}

// Decode returns the size bytes that frame decompresses to, in dst if that has room for
// them. It fails, with an error that wraps ErrFrame, on anything else than exactly size
// bytes, and never allocates more than size bytes for the result.
func Decode(dst, frame []byte, size int) ([]byte, error) {
	if size < 0 || size > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes announced, %d allowed", ErrFrame, size, MaxSize)
	}
	if cap(dst) < size {
		dst = make([]byte, 0, size)
	}
	raw, err := decoder().DecodeAll(frame, dst[:0:size])
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFrame, err)
	}
	if len(raw) != size {
		return nil, fmt.Errorf("%w: %d bytes, want %d", ErrFrame, len(raw), size)
	}
	return dst[:size], nil // raw, with all the room behind it
}

// streams are decoders that stop where they are told to.
var streams = sync.Pool{New: func() any { return newDecoder(zstd.WithDecoderConcurrency(1)) }}

// Begin returns the first size bytes that frame decompresses to, in dst if that has room for them: what is behind them
// costs no time. It fails, with an error that wraps ErrFrame, where there are fewer.
func Begin(dst, frame []byte, size int) ([]byte, error) {
	if size < 0 || size > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes wanted, %d allowed", ErrFrame, size, MaxSize)
	}
	if cap(dst) < size {
		dst = make([]byte, size)
	}
	z := streams.Get().(*zstd.Decoder)
	defer streams.Put(z)
	err := z.Reset(bytes.NewReader(frame))
	if err == nil {
		_, err = io.ReadFull(z, dst[:size])
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFrame, err)
	}
	_ = z.Reset(nil) // lets go of the frame
	return dst[:size], nil
}
