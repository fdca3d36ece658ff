package viewer

import "satchel/bundle/book"

// unlisted and headings know no names: to find them would take what the static page may weigh.
func (p *page) unlisted(*openBook, string) string { return "" }

func headings(*book.Book) map[string]string { return nil }
