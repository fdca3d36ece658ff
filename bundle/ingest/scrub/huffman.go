package scrub

// A jpegEncodeTable is a Huffman table for writing.
type jpegEncodeTable struct {
	code [256]uint32
	size [256]uint
}

// build makes the best table for symbols that occur so often, and adds a segment with it to b.
func (t *jpegEncodeTable) build(b []byte, id byte, counts *[256]int64) []byte {
	lengths := jpegLengths(counts)
	symbols := jpegSorted(lengths)
	var perLength [17]byte
	for _, s := range symbols {
		perLength[lengths[s]]++
	}
	n := 2 + 17 + len(symbols)
	b = append(b, 0xFF, jpegDHT, byte(n>>8), byte(n), id)
	b = append(b, perLength[1:]...)
	code, size := uint32(0), 0
	for _, s := range symbols {
		code <<= lengths[s] - size
		size = lengths[s]
		t.code[s], t.size[s] = code, uint(size)
		code++
		b = append(b, byte(s))
	}
	return b
}

// jpegLengths is how long the codes of symbols are best, none longer than 16 bits, and none of them
// all ones (T.81, section K.2). The 257th symbol, which takes the code of all ones, occurs once.
func jpegLengths(counts *[256]int64) (lengths [257]int) {
	var freq [257]int64
	copy(freq[:], counts[:])
	freq[256] = 1
	var next [257]int // the symbols of a subtree, as a list
	for i := range next {
		next[i] = -1
	}
	for {
		a, b := jpegRarest(&freq)
		if b < 0 {
			break
		}
		freq[a] += freq[b]
		freq[b] = 0
		end := a
		for ; ; end = next[end] {
			lengths[end]++
			if next[end] < 0 {
				break
			}
		}
		next[end] = b
		for i := b; i >= 0; i = next[i] {
			lengths[i]++
		}
	}
	return jpegLimit(lengths)
}

// jpegRarest returns the two symbols that occur least often, or b < 0 where there is but one. Of
// equals it takes the last.
func jpegRarest(freq *[257]int64) (a, b int) {
	a, b = -1, -1
	for i, f := range freq {
		switch {
		case f == 0:
		case a < 0 || f <= freq[a]:
			a, b = i, a
		case b < 0 || f <= freq[b]:
			b = i
		}
	}
	return a, b
}

// jpegLimit makes codes of 16 bits at most of longer ones (T.81, figure K.3), and takes the longest away
// from the 257th symbol.
func jpegLimit(lengths [257]int) [257]int {
	var perLength [258]int
	for _, n := range lengths {
		perLength[n]++
	}
	for n := len(perLength) - 1; n > 16; n-- {
		for perLength[n] > 0 {
			short := n - 2
			for perLength[short] == 0 {
				short--
			}
			perLength[n] -= 2
			perLength[n-1]++
			perLength[short+1] += 2
			perLength[short]--
		}
	}
	order := jpegByLength(lengths)
	n := 1
	for _, s := range order {
		for perLength[n] == 0 {
			n++
		}
		perLength[n]--
		lengths[s] = n
	}
	return lengths
}

// jpegByLength lists the symbols that occur, those with short codes first, the 257th last.
func jpegByLength(lengths [257]int) (symbols []int) {
	for n := 1; n < len(lengths); n++ {
		for s, size := range lengths[:256] {
			if size == n {
				symbols = append(symbols, s)
			}
		}
	}
	return append(symbols, 256)
}

// jpegSorted lists the symbols in the order of their codes, without the 257th.
func jpegSorted(lengths [257]int) []int {
	symbols := jpegByLength(lengths)
	return symbols[:len(symbols)-1]
}

// first counts the symbol of a first coefficient.
func (c *jpegCounts) first(table int, symbol byte, _ uint32, _ uint) { c[table].dc[symbol]++ }

// other counts the symbol of another coefficient.
func (c *jpegCounts) other(table int, symbol byte, _ uint32, _ uint) { c[table].ac[symbol]++ }

// first writes a first coefficient.
func (w *jpegWriter) first(table int, symbol byte, bits uint32, size uint) {
	t := &w.tables[table].dc
	w.put(t.code[symbol]<<size|bits, t.size[symbol]+size)
}

// other writes another coefficient.
func (w *jpegWriter) other(table int, symbol byte, bits uint32, size uint) {
	t := &w.tables[table].ac
	w.put(t.code[symbol]<<size|bits, t.size[symbol]+size)
}

// put writes up to 32 bits.
func (w *jpegWriter) put(bits uint32, size uint) {
	w.bits = w.bits<<size | uint64(bits)
	for w.n += size; w.n >= 8; w.n -= 8 {
		c := byte(w.bits >> (w.n - 8))
		w.w.WriteByte(c)
		if c == 0xFF {
			w.w.WriteByte(0)
		}
	}
}

// close fills the last byte with ones, and ends the file.
func (w *jpegWriter) close() error {
	if w.n > 0 {
		w.put(1<<(8-w.n)-1, 8-w.n)
	}
	w.w.Write([]byte{0xFF, jpegEOI})
	return w.w.Flush()
}
