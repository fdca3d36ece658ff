package document

import (
	"bytes"

	"satchel/bundle/sanitize"
)

// Drawing reduces an SVG drawing in UTF-8 to what draws: no scripts, links, foreign content or metadata,
// and cleaned pictures. Errors are those of sanitize.SVG, ErrFormat or ErrLimit.
func Drawing(svg []byte) (safe []byte, info *Info, err error) {
	info = &Info{}
	defer settle(&info, &err)
	var shapes, out bytes.Buffer
	if err := sanitize.SVG(&shapes, bytes.NewReader(svg)); err != nil {
		return nil, nil, err
	}
	s := &studio{scrub: new(Options).scrubber(), info: info}
	if _, err := filterXML(&out, &shapes, &drawingRules{s}); err != nil {
		return nil, nil, err
	}
	if less := len(svg) - out.Len(); less > 0 {
		info.remove("what draws nothing", int64(less))
	}
	return out.Bytes(), info, nil
}
