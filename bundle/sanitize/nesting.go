package sanitize

// This file holds the rules by which HTML lets tags be left out. They follow the
// tree construction of the standard as far as they shape ordinary pages; where
// a page is so broken that browsers move or repeat elements, ours stay where
// they are.

// imply ends the elements that the start tag of e ends without saying so. It
// says whether e may stand where it then comes to stand.
func (p *page) imply(e *element) bool {
	if e.flags&structure != 0 {
		return p.clearTo(e)
	}
	if e.flags&endsP != 0 {
		p.closeNearest(elementP, nil)
	}
	for e.flags&heading != 0 && p.top().flags&heading != 0 {
		p.closeTo(len(p.stack) - 1)
	}
	top := p.top()
	switch e {
	case elementA, elementNobr:
		p.closeMatching(e)
	case elementButton:
		p.closeNearest(elementButton, nil)
	case elementLi:
		p.closeItem(elementLi, nil)
	case elementDd, elementDt:
		p.closeItem(elementDd, elementDt)
	case elementRb, elementRt, elementRp, elementRtc:
		p.closeRuby(e)
	case elementTable:
		p.closeTable()
	case elementSource:
		return top == elementPicture || top == elementAudio || top == elementVideo
	case elementTrack:
		return top == elementAudio || top == elementVideo
	}
	return true
}

// top returns the innermost open element, the body if there is none.
func (p *page) top() *element {
	if len(p.stack) == 0 {
		return elementBody
	}
	return p.stack[len(p.stack)-1].element
}

// closeTo ends the open elements from the i-th on, and then those whose end tag
// came before.
func (p *page) closeTo(i int) {
	for n := len(p.stack); n > 0 && (n > i || p.stack[n-1].ending); n-- {
		p.out.endTag(p.stack[n-1].name)
		p.stack = p.stack[:n-1]
	}
}

// closeNearest ends e or, if there is one, other, when no barrier is between.
func (p *page) closeNearest(e, other *element) {
	for i := len(p.stack) - 1; i >= 0; i-- {
		switch o := p.stack[i]; {
		case o.element == e || (o.element == other && other != nil):
			p.closeTo(i)
			return
		case o.flags&barrier != 0:
			return
		}
	}
}

// closeItem ends the list item that is open, unless another list has begun in it.
func (p *page) closeItem(e, other *element) {
	for i := len(p.stack) - 1; i >= 0; i-- {
		o := p.stack[i]
		switch {
		case o.element == e || (o.element == other && other != nil):
			p.closeTo(i)
			return
		case o.element == elementAddress || o.element == elementDiv || o.element == elementP:
		case o.flags&inline == 0 || o.flags&barrier != 0:
			return
		}
	}
}

// closeRuby ends the annotation that another one follows.
func (p *page) closeRuby(e *element) {
	switch top := p.top(); top {
	case elementRb, elementRt, elementRp:
		p.closeTo(len(p.stack) - 1)
	case elementRtc:
		if e != elementRt && e != elementRp {
			p.closeTo(len(p.stack) - 1)
		}
	}
}

// closeTable ends a table in which another begins outside of a cell.
func (p *page) closeTable() {
	for i := len(p.stack) - 1; i >= 0; i-- {
		switch o := p.stack[i].element; {
		case o == elementTable:
			p.closeTo(i)
			return
		case o.flags&barrier != 0:
			return
		}
	}
}

// clearTo ends what is open in a table until a part of a table can stand there.
// Outside of a table it cannot, and in a browser it would be left out, too.
func (p *page) clearTo(e *element) bool {
	table := len(p.stack) - 1
	for table >= 0 && p.stack[table].element != elementTable {
		table--
	}
	if table < 0 {
		return false
	}
	i := table + 1
	for i < len(p.stack) && holds(p.stack[i].element, e) {
		i++
	}
	if i < len(p.stack) {
		p.closeTo(i)
	}
	return len(p.stack) > 0
}

// holds says whether a part of a table can stay open for another one in it.
func holds(outer, inner *element) bool {
	switch outer {
	case elementTbody, elementThead, elementTfoot:
		return inner == elementTr || inner == elementTd || inner == elementTh
	case elementTr:
		return inner == elementTd || inner == elementTh
	case elementColgroup:
		return inner == elementCol
	}
	return false
}

// endTag handles an end tag.
func (p *page) endTag(e *element) {
	switch {
	case e.action == special:
		p.endSpecial(e)
		return
	case e.action == literal:
		e = elementPre
	case e.action != keep:
		return
	case e.name == "br":
		p.content()
		p.out.markup("<br>")
		return
	case p.over > 0:
		p.over--
		return
	}
	p.closeMatching(e)
}

// closeMatching ends the innermost element of a kind, with what is in it, when it
// is in reach. An inline element does not take a block with it: that would leave
// the block's own end tag to end something else.
func (p *page) closeMatching(e *element) {
	throughBlock := false
	for i := len(p.stack) - 1; i >= 0; i-- {
		o := p.stack[i].element
		if o == e || (e.flags&heading != 0 && o.flags&heading != 0) {
			if e.flags&inline != 0 && throughBlock {
				p.stack[i].ending = true
				return
			}
			p.closeTo(i)
			return
		}
		if outOfReach(o, e) {
			return
		}
		throughBlock = throughBlock || o.flags&inline == 0
	}
}

// endSpecial handles </body> and </html>: what follows still is content, but
// white space there is not.
func (p *page) endSpecial(e *element) {
	if (e.name == "body" || e.name == "html") && p.part == inContent {
		p.part = afterContent
	}
}

// outOfReach says whether the open element o keeps the end tag of e from what is
// outside of it.
func outOfReach(o, e *element) bool {
	switch {
	case e == elementTable:
		return false
	case e.flags&structure != 0:
		return o == elementTable
	case o.flags&barrier != 0:
		return true
	case e == elementLi:
		return o == elementUl || o == elementOl || o == elementDir || o == elementMenu
	}
	return false
}
