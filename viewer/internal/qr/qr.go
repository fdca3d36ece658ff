// Package qr makes QR codes of short texts: as a path for SVG, and as lines for a terminal.
package qr

import (
	"fmt"
	"strings"

	"rsc.io/qr/coding"
)

// Border is how many light modules a code has on each side, or scanners do not find it.
const Border = 4

// encode makes a code that can be read with 15 % of it damaged. Digits alone make a smaller one.
func encode(text string) (*coding.Code, error) {
	var e coding.Encoding = coding.String(text)
	if n := coding.Num(text); n.Check() == nil {
		e = n
	}
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		if e.Bits(v) > v.DataBytes(coding.M)*8 {
			continue
		}
		plan, err := coding.NewPlan(v, coding.M, 0)
		if err != nil {
			return nil, err
		}
		return plan.Encode(e)
	}
	return nil, fmt.Errorf("%d bytes are too many for a QR code", len(text))
}

// Path returns what draws a text's code, as path data for SVG, and how wide and high it is with its
// border, in modules.
func Path(text string) (data string, size int, err error) {
	c, err := encode(text)
	if err != nil {
		return "", 0, err
	}
	var path strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			begin := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if n := x - begin; n > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", begin+Border, y+Border, n, n)
			}
		}
	}
	return path.String(), c.Size + 2*Border, nil
}

// Lines returns a text's code for a terminal, two rows of modules a line. It is to be shown dark on light.
func Lines(text string) ([]string, error) {
	c, err := encode(text)
	if err != nil {
		return nil, err
	}
	black := func(x, y int) int {
		if c.Black(x, y) { // false beyond the edges
			return 1
		}
		return 0
	}
	halves := [...]string{" ", "▀", "▄", "█"}
	var lines []string
	for y := -Border; y < c.Size+Border; y += 2 {
		var line strings.Builder
		for x := -Border; x < c.Size+Border; x++ {
			line.WriteString(halves[black(x, y)+2*black(x, y+1)])
		}
		lines = append(lines, line.String())
	}
	return lines, nil
}
