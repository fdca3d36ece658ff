package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"

	"satchel/bundle"
)

// A made is a collection that is made up as it is read: pages of words, and films
// of noise. The same numbers give the same bytes.
type made struct {
	pages    int64
	pageSize int64
	films    int64
	filmSize int64
}

var languages = []string{"ar", "en", "es", "fa", "ko", "my", "ru", "zh"}

// Items implements bundle.Source.
func (m made) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		for n := range m.pages {
			if !yield(m.page(n), nil) {
				return
			}
		}
		for n := range m.films {
			film := bundle.Item{
				Path: fmt.Sprintf("films/film-%05d.mp4", n), Kind: bundle.KindVideo, Type: "video/mp4",
				Title: fmt.Sprintf("Film %d", n+1), Size: m.filmSize,
			}
			if !yield(film, nil) {
				return
			}
		}
	}
}

func (m made) page(n int64) bundle.Item {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	word := func() string { return words[r.IntN(len(words))] }
	return bundle.Item{
		Path: fmt.Sprintf("%s/%03d/%s-%07d.html", words[n/100_000%100], n/1000%100, word(), n),
		Kind: bundle.KindPage, Type: "text/html; charset=utf-8", Title: title(word(), word(), word()),
		Language: languages[n%int64(len(languages))],
		Date:     fmt.Sprintf("%d-%02d-%02d", 2001+r.IntN(24), 1+r.IntN(12), 1+r.IntN(28)),
		Size:     m.pageSize,
	}
}

func title(word ...string) string {
	t := strings.Join(word, " ")
	return strings.ToUpper(t[:1]) + t[1:]
}

// Open implements bundle.Source.
func (m made) Open(path string) (io.ReadCloser, error) {
	digits := strings.TrimSuffix(strings.TrimSuffix(path, ".html"), ".mp4")
	n, err := strconv.ParseInt(digits[strings.LastIndexByte(digits, '-')+1:], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("made up: %q: %w", path, err)
	}
	if strings.HasSuffix(path, ".mp4") {
		return io.NopCloser(film(uint64(n), m.filmSize)), nil
	}
	return io.NopCloser(bytes.NewReader(article(uint64(n), int(m.pageSize)))), nil
}

// words are two thousand words of a language that nobody speaks: a compressor finds
// about as much in them as in one that somebody does.
var words = func() []string {
	r := rand.New(rand.NewPCG(1, 2))
	var list []string
	for range 2000 {
		var w strings.Builder
		for range 1 + r.IntN(4) {
			w.WriteByte("bdfgklmnprstvz"[r.IntN(14)])
			w.WriteByte("aeiou"[r.IntN(5)])
		}
		list = append(list, w.String())
	}
	return list
}()

const articleEnd = "</p></body></html>\n"

// article returns a page of exactly size bytes, or of the least that it takes.
func article(n uint64, size int) []byte {
	r := rand.New(rand.NewPCG(n, 3))
	b := make([]byte, 0, size+64)
	b = fmt.Appendf(b, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>%d</title></head><body><p>", n)
	for i := 0; len(b) < size-len(articleEnd); i++ {
		// the square makes some words frequent and most of them rare
		f := r.Float64()
		b = append(append(b, words[int(f*f*float64(len(words)))]...), ' ')
		if i%80 == 79 {
			b = append(b, "</p>\n<p>"...)
		}
	}
	if over := len(b) + len(articleEnd) - size; over > 0 {
		b = b[:max(len(b)-over, 0)]
	}
	return append(b, articleEnd...)
}

// filmHead is what a film begins with, so that it is taken for one: an ftyp box, and
// the head of an mdat box of 64 bits.
const filmHead = "\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41\x00\x00\x00\x01mdat"

// film returns an outline of MP4 filled with noise that does not compress: the key
// stream of AES.
func film(n uint64, size int64) io.Reader {
	key := binary.BigEndian.AppendUint64(make([]byte, 8), n)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("measure: internal error: " + err.Error())
	}
	head := binary.BigEndian.AppendUint64([]byte(filmHead), uint64(size-32))
	noise := cipher.StreamReader{S: cipher.NewCTR(block, make([]byte, aes.BlockSize)), R: zeros{}}
	return io.LimitReader(io.MultiReader(bytes.NewReader(head), noise), size)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
