package sanitize

import "strings"

// Groups of the elements of a drawing.
const (
	hasText group = 1 << iota // text in it is drawn or read out
	hasHref                   // may refer to another element of the drawing
)

// shapes is the allow-list of drawings, by names in lower case. What is not in it
// is left out with what is in it.
var shapes = buildShapes()

var (
	shapeSVG   = shapes["svg"]
	shapeUse   = shapes["use"]
	shapeImage = shapes["image"]
)

func buildShapes() map[string]*element {
	m := make(map[string]*element, 96)
	add := func(names string, e element) {
		for _, name := range strings.Fields(names) {
			one := e
			one.name = name
			m[strings.ToLower(name)] = &one
		}
	}
	add(`svg g defs symbol path rect circle ellipse line polyline polygon stop clipPath
		mask marker`, element{action: keep})
	add("linearGradient radialGradient pattern filter", element{action: keep, group: hasHref})
	add("text tspan", element{action: keep, group: hasText})
	add("textPath", element{action: keep, group: hasText | hasHref, needs: "href"})
	add("use image", element{action: keep, group: hasHref, needs: "href"})
	add(`feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
		feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA
		feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset
		fePointLight feSpecularLighting feSpotLight feTile feTurbulence`,
		element{action: keep})
	add("a switch", element{action: unwrap})
	add("style", element{action: special})
	return m
}

// others gives names that we do not know an element each, so that skipping one
// ends at its own end tag. Names longer than any that we would skip share one.
var others = buildOthers()

var otherShape = &element{action: leave}

func buildOthers() map[string]*element {
	m := make(map[string]*element)
	names := `script foreignobject title desc metadata iframe object embed audio video
		canvas animate animatemotion animatetransform animatecolor set mpath discard
		feimage handler listener font-face cursor view solidcolor hatch mesh`
	for _, name := range strings.Fields(names) {
		m[name] = &element{name: name, action: leave}
	}
	return m
}

// unknownShape returns the element for a name that is not in shapes.
func unknownShape(name []byte) *element {
	if e := others[string(name)]; e != nil {
		return e
	}
	return otherShape
}

// presentation are the attributes that are properties of style sheets, too. A
// drawing's style sheets may use no others.
var presentation = strings.Fields(`clip-path clip-rule color color-interpolation
	color-interpolation-filters cursor direction display dominant-baseline fill
	fill-opacity fill-rule filter flood-color flood-opacity font-family font-size
	font-size-adjust font-stretch font-style font-variant font-weight image-rendering
	isolation letter-spacing lighting-color marker marker-end marker-mid marker-start mask
	mask-type mix-blend-mode opacity overflow paint-order shape-rendering stop-color
	stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
	stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration
	text-rendering transform transform-origin unicode-bidi vector-effect visibility
	word-spacing writing-mode alignment-baseline baseline-shift text-overflow white-space
	font line-height text-align transform-box`)

// isPresentation says whether a property is in presentation.
var isPresentation = func() map[string]bool {
	m := make(map[string]bool, len(presentation))
	for _, name := range presentation {
		m[name] = true
	}
	return m
}()

// shapeAttributes is the allow-list of a drawing's attributes, by names in lower
// case. Kinds: word is an id, link a reference, source a value that may have
// url() in it. Those with look are not for the svg element in a page.
var shapeAttributes = newTable(buildShapeAttributes())

func buildShapeAttributes() map[string]*attribute {
	m := make(map[string]*attribute, maxNames)
	add := func(name string, a attribute) {
		a.name, a.index = name, len(m)
		m[strings.ToLower(name)] = &a
	}
	for _, name := range strings.Fields(`amplitude azimuth baseFrequency bias class
		clipPathUnits cx cy d diffuseConstant divisor dx dy edgeMode elevation exponent
		filterUnits fr fx fy gradientTransform gradientUnits height in in2 intercept k1 k2
		k3 k4 kernelMatrix kernelUnitLength lang lengthAdjust limitingConeAngle
		markerHeight markerUnits markerWidth maskContentUnits maskUnits method mode
		numOctaves offset operator order orient path pathLength patternContentUnits
		patternTransform patternUnits points pointsAtX pointsAtY pointsAtZ preserveAlpha
		preserveAspectRatio primitiveUnits r radius refX refY result role rotate rx ry scale
		seed side slope spacing specularConstant specularExponent spreadMethod startOffset
		stdDeviation stitchTiles surfaceScale tableValues targetX targetY textLength type
		values viewBox width x x1 x2 xChannelSelector y y1 y2 yChannelSelector z
		aria-hidden aria-label`) {
		add(name, attribute{kind: anyText})
	}
	for _, name := range presentation {
		add(name, attribute{kind: source, look: escapesBox(name)})
	}
	add("id", attribute{kind: word})
	add("style", attribute{kind: style})
	add("href", attribute{kind: link})
	m["xlink:href"] = m["href"]
	return m
}

// escapesBox says whether a property could make a drawing cover what is around
// it.
func escapesBox(name string) bool {
	switch name {
	case "overflow", "transform", "transform-origin", "transform-box", "filter":
		return true
	}
	return false
}

// breakers are the tags that end a drawing in a page.
var breakers = set(`b big blockquote body br center code dd div dl dt em embed h1 h2 h3
	h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span strong
	strike sub sup table tt u ul var`)
