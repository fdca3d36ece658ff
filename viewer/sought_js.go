package viewer

import "satchel/bundle/book"

// chapterFor is the first chapter: to look for words would take what the static page may weigh.
func (i *itemPage) chapterFor(*book.Book, inquiry) (n int) { return 0 }

// lineFor looks for no line, as well.
func (i *itemPage) lineFor([]track, int, inquiry) (in, line int, ok bool) { return 0, 0, false }
