package book

import "satchel/bundle/internal/markup"

// mark notes nothing, and findParts finds none: it would take what the static page may weigh.
func (b *Book) mark(string, *markup.Token, string) {}

func (b *Book) findParts() {}
