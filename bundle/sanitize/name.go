package sanitize

// maxNameLen is no shorter than any name that we know.
const maxNameLen = 32

// A name is the name of an element or attribute in lower case, with the hash by
// which tables know it.
type name struct {
	buf  [maxNameLen]byte
	len  int
	hash uint32
}

// set takes a name over from a tag. One that does not fit is none that we know.
func (n *name) set(s []byte) {
	n.len, n.hash = 0, 0
	if len(s) > maxNameLen {
		return
	}
	for i, c := range s {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		n.buf[i] = c
		n.hash = n.hash*31 + uint32(c)
	}
	n.len = len(s)
}

// setTag takes over the name in a start or end tag.
func (n *name) setTag(tag []byte) {
	tag = tag[1:]
	if len(tag) > 0 && tag[0] == '/' {
		tag = tag[1:]
	}
	i := 0
	for i < len(tag) && !endsName(tag[i]) {
		i++
	}
	n.set(tag[:i])
}

func (n *name) bytes() []byte { return n.buf[:n.len] }

// A table finds what is known of a name. Every tag and attribute of a page is
// looked up: a map takes three times as long.
type table[T any] struct {
	slots [tableSize]struct {
		name  string
		value *T
	}
}

// tableSize is a power of two, and several times what the largest table holds.
const tableSize = 1024

// newTable makes a table of a map with names in lower case.
func newTable[T any](m map[string]*T) *table[T] {
	t := new(table[T])
	for key, value := range m {
		var n name
		n.set([]byte(key))
		i := n.hash % tableSize
		for t.slots[i].value != nil {
			i = (i + 1) % tableSize
		}
		t.slots[i].name, t.slots[i].value = key, value
	}
	return t
}

// find returns what is known of a name, or nil.
func (t *table[T]) find(n *name) *T {
	for i := n.hash % tableSize; t.slots[i].value != nil; i = (i + 1) % tableSize {
		if t.slots[i].name == string(n.buf[:n.len]) {
			return t.slots[i].value
		}
	}
	return nil
}
