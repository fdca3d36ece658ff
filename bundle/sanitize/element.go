package sanitize

import "strings"

// An action is what becomes of a start tag.
type action uint8

const (
	unwrap  action = iota // leave out the tags, keep what is between them
	keep                  // write the element
	leave                 // leave out the element with all that is in it
	literal               // write it as pre; the content is text, not markup
	plain                 // like unwrap, though the tokenizer takes it for raw text
	special               // page.special knows
)

// Flags say how an element nests.
type flags uint8

const (
	void      flags = 1 << iota // has no end tag
	inline                      // its end tag does not end a block
	endsP                       // its start tag ends an open p
	barrier                     // end tags inside do not reach out of it
	heading                     // h1 to h6 end each other
	structure                   // part of a table: stands only in one
)

// A group is a set of elements that share attributes.
type group uint32

const (
	inAnchor group = 1 << iota
	inArea
	inBody
	inButton
	inCell
	inColumn
	inDetails
	inFont
	inImage
	inInput
	inItem
	inMap
	inMeter
	inOrdered
	inList
	inQuoted // del, ins, time, data
	inRow
	inRule
	inSheet
	inSource
	inTable
	inTrack
	inVideo
	inBreak
	inBlock
	inAudio
	everywhere group = 1<<32 - 1
)

// An element is what we know of a name.
type element struct {
	name   string // as it is written
	extra  string // attributes that it always gets
	action action
	flags  flags
	group  group
	use    Use    // what its src is wanted for
	needs  string // without one of these attributes it is left out
}

// elements is the allow-list. What is not in it is unwrapped.
var (
	elements       = buildElements()
	elementsByName = newTable(elements)
)

func buildElements() map[string]*element {
	m := make(map[string]*element, 160)
	add := func(names string, e element) {
		for _, name := range strings.Fields(names) {
			one := e
			one.name = name
			m[name] = &one
		}
	}
	addText(add)
	addTables(add)
	addMedia(add)
	add("script iframe noembed title", element{action: leave, flags: void})
	add("template select datalist portal fencedframe annotation annotation-xml",
		element{action: leave})
	add("noscript noframes", element{action: plain})
	add("html head body style link base svg", element{action: special})
	m["html"].group, m["body"].group = inBody, inBody
	m["style"].group, m["link"].group = inSheet, inSheet
	for old, name := range map[string]string{
		"form": "div", "dialog": "div", "marquee": "div", "image": "img",
		"output": "span", "math": "span",
	} {
		m[old] = m[name]
	}
	// These hold text that is no markup to the tokenizer, so they need an entry of
	// their own. Their end tags end the pre that is written for them.
	add("xmp textarea plaintext", element{action: literal, flags: endsP})
	m["listing"] = m["pre"]
	return m
}

func addText(add func(string, element)) {
	add(`abbr acronym b bdi bdo big cite code dfn em i kbd label mark q rb rp rt rtc
		ruby s samp small span strike strong sub sup tt u var`,
		element{action: keep, flags: inline})
	add("nobr", element{action: keep, flags: inline})
	add("a", element{action: keep, flags: inline, group: inAnchor})
	add("font", element{action: keep, flags: inline, group: inFont})
	add("data del ins time", element{action: keep, flags: inline, group: inQuoted})
	add("meter progress", element{action: keep, flags: inline, group: inMeter})
	add("br", element{action: keep, flags: void, group: inBreak})
	add("wbr", element{action: keep, flags: void})
	add("hr", element{action: keep, flags: void | endsP, group: inRule})
	add(`address article aside blockquote center div dl fieldset figcaption figure
		footer header hgroup main nav p pre search section summary`,
		element{action: keep, flags: endsP, group: inBlock})
	add("legend", element{action: keep})
	add("h1 h2 h3 h4 h5 h6", element{action: keep, flags: endsP | heading, group: inBlock})
	add("details", element{action: keep, flags: endsP, group: inDetails})
	add("ul dir menu", element{action: keep, flags: endsP, group: inList})
	add("ol", element{action: keep, flags: endsP, group: inList | inOrdered})
	add("li", element{action: keep, flags: endsP, group: inItem})
	add("dd dt", element{action: keep, flags: endsP})
	add("button", element{action: keep, flags: inline | barrier, group: inButton,
		extra: ` type="button" disabled`})
	add("input", element{action: keep, flags: void, group: inInput,
		extra: " disabled", needs: "type"})
}

func addTables(add func(string, element)) {
	add("table", element{action: keep, flags: endsP | barrier, group: inTable})
	add("td th", element{action: keep, flags: barrier | structure, group: inCell})
	add("caption", element{action: keep, flags: barrier | structure, group: inBlock})
	add("tr tbody thead tfoot", element{action: keep, flags: structure, group: inRow})
	add("colgroup", element{action: keep, flags: structure, group: inColumn})
	add("col", element{action: keep, flags: structure | void, group: inColumn})
}

func addMedia(add func(string, element)) {
	add("img", element{action: keep, flags: void, group: inImage,
		use: Picture, extra: ` loading="lazy"`})
	add("picture", element{action: keep, flags: inline, use: Picture})
	add("audio", element{action: keep, flags: inline, group: inAudio,
		use: Sound, extra: " controls"})
	add("video", element{action: keep, flags: inline, group: inVideo,
		use: Video, extra: " controls"})
	add("source", element{action: keep, flags: void, group: inSource, needs: "src srcset"})
	add("track", element{action: keep, flags: void, group: inTrack,
		use: Captions, needs: "src"})
	add("map", element{action: keep, flags: inline, group: inMap})
	add("area", element{action: keep, flags: void, group: inArea})
}

// Elements that the rules of nesting name.
var (
	elementA        = elements["a"]
	elementAddress  = elements["address"]
	elementAudio    = elements["audio"]
	elementBody     = elements["body"]
	elementButton   = elements["button"]
	elementCol      = elements["col"]
	elementColgroup = elements["colgroup"]
	elementDd       = elements["dd"]
	elementDir      = elements["dir"]
	elementDiv      = elements["div"]
	elementDt       = elements["dt"]
	elementLi       = elements["li"]
	elementMenu     = elements["menu"]
	elementNobr     = elements["nobr"]
	elementOl       = elements["ol"]
	elementP        = elements["p"]
	elementPicture  = elements["picture"]
	elementPre      = elements["pre"]
	elementRb       = elements["rb"]
	elementRp       = elements["rp"]
	elementRt       = elements["rt"]
	elementRtc      = elements["rtc"]
	elementSource   = elements["source"]
	elementTable    = elements["table"]
	elementTbody    = elements["tbody"]
	elementTd       = elements["td"]
	elementTfoot    = elements["tfoot"]
	elementTh       = elements["th"]
	elementThead    = elements["thead"]
	elementTr       = elements["tr"]
	elementTrack    = elements["track"]
	elementUl       = elements["ul"]
	elementVideo    = elements["video"]
)
