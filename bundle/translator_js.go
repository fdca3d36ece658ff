package bundle

// A Translator would find the translations of items: in a page, where every byte counts, there is none.
type Translator struct{}

// Translator returns none.
func (r *Reader) Translator() (*Translator, error) { return nil, nil }

// Of yields nothing.
func (t *Translator) Of(Entry, func(Entry) bool) error { return nil }
