package document

import (
	"bytes"
	"slices"

	"satchel/bundle/internal/pdf"
)

// findHidden finds the layers that are not shown when the file is opened (8.11). If there are any, what
// is drawn on them is taken out of the pages. The layers themselves go in any case: what is left is
// shown.
func (c *pdfCleaner) findHidden() error {
	c.hidden = map[int]bool{}
	layers, err := c.file.Dict(c.file.Catalog()["OCProperties"])
	if err != nil || layers == nil {
		return err
	}
	config, err := c.file.Dict(layers["D"])
	if err != nil {
		return err
	}
	all := c.file.Array(layers["OCGs"])
	if c.file.Name(config["BaseState"]) == "OFF" {
		c.hide(all, true)
	}
	c.hide(c.file.Array(config["ON"]), false)
	c.hide(c.file.Array(config["OFF"]), true)
	for _, o := range all {
		ref, ok := o.(pdf.Ref)
		d, _ := c.file.Dict(o)
		usage, _ := c.file.Dict(d["Usage"])
		view, _ := c.file.Dict(usage["View"])
		if ok && c.file.Name(view["ViewState"]) == "OFF" {
			c.hidden[ref.Num] = true
		}
	}
	if len(c.hidden) > 0 {
		c.note("what lies on hidden layers")
	}
	return nil
}

func (c *pdfCleaner) hide(layers pdf.Array, hidden bool) {
	for _, o := range layers {
		if ref, ok := o.(pdf.Ref); ok && hidden {
			c.hidden[ref.Num] = true
		} else if ok {
			delete(c.hidden, ref.Num)
		}
	}
}

// isHidden says whether a layer, or what a combination of layers says, is not shown.
func (c *pdfCleaner) isHidden(layer pdf.Object) bool {
	if len(c.hidden) == 0 || layer == nil {
		return false
	}
	if ref, ok := layer.(pdf.Ref); ok && c.hidden[ref.Num] {
		return true
	}
	d, _ := c.file.Dict(layer)
	if c.file.Name(d["Type"]) != "OCMD" {
		return false
	}
	return c.membership(d)
}

// membership says whether a combination of layers is hidden (table 99). An expression in it is not
// reckoned: where it has hidden layers it counts as hidden.
func (c *pdfCleaner) membership(d pdf.Dict) bool {
	members := pdf.Array{d["OCGs"]}
	if a, ok := c.file.Resolve(d["OCGs"]).(pdf.Array); ok {
		members = a
	}
	on, off := 0, 0
	for _, m := range members {
		if ref, ok := m.(pdf.Ref); ok && c.hidden[ref.Num] {
			off++
		} else if ok {
			on++
		}
	}
	if d["VE"] != nil {
		return true
	}
	switch policy := c.file.Name(d["P"]); {
	case on+off == 0:
		return false
	case policy == "AllOn":
		return off > 0
	case policy == "AnyOff":
		return off == 0
	case policy == "AllOff":
		return on > 0
	}
	return on == 0
}

// hidesContent says whether marked content with a name of the resources is hidden.
func (c *pdfCleaner) hidesContent(resources pdf.Dict, name pdf.Name) bool {
	properties, _ := c.file.Dict(resources["Properties"])
	return c.isHidden(properties[name])
}

// painting are the operators that leave a mark, with what stands in their place: paths have to end.
var painting = map[pdf.Operator]string{
	"Tj": "", "TJ": "", "'": "T*", `"`: "T*", "Do": "", "sh": "", "EI": "",
	"S": "n", "s": "n", "f": "n", "F": "n", "f*": "n", "B": "n", "B*": "n", "b": "n", "b*": "n",
}

// withoutHidden returns drawing operators without those that paint on hidden layers. Those that change how
// what follows is painted stay.
func withoutHidden(data []byte, hides func(name pdf.Name) bool) []byte {
	p := pdf.NewParser(data)
	var out bytes.Buffer
	var operands []pdf.Object
	var marks []bool // of the marked content around: whether it is hidden
	for {
		o, ok := p.Next()
		if !ok {
			return out.Bytes()
		}
		op, ok := o.(pdf.Operator)
		if !ok {
			if len(operands) < 10_000 {
				operands = append(operands, o)
			}
			continue
		}
		hidden := slices.Contains(marks, true)
		switch op {
		case "BMC", "BDC":
			name, isName := last(operands).(pdf.Name)
			isLayer := len(operands) == 2 && operands[0] == pdf.Name("OC") && isName
			marks = append(marks, isLayer && hides(name))
			op = ""
		case "EMC":
			marks = marks[:max(0, len(marks)-1)]
			op = ""
		case "BI":
			image := inlineImage(p)
			if !hidden {
				out.WriteString("BI")
				out.Write(image)
				out.WriteByte('\n')
			}
			op = ""
		}
		if instead, paints := painting[op]; paints && hidden {
			operands, op = nil, pdf.Operator(instead)
		}
		writeOperation(&out, operands, op)
		operands = operands[:0]
	}
}

func last(operands []pdf.Object) pdf.Object {
	if len(operands) == 0 {
		return nil
	}
	return operands[len(operands)-1]
}

func writeOperation(out *bytes.Buffer, operands []pdf.Object, op pdf.Operator) {
	if op == "" {
		return
	}
	for _, o := range operands {
		writeObject(out, o)
		out.WriteByte(' ')
	}
	out.WriteString(string(op))
	out.WriteByte('\n')
}

// inlineImage passes over a picture in a stream, up to its EI (8.9.7), and returns it with that.
func inlineImage(p *pdf.Parser) []byte {
	rest := p.Rest()
	for at := 0; ; {
		n := bytes.Index(rest[at:], []byte("EI"))
		if n < 0 {
			p.Skip(len(rest))
			return rest
		}
		at += n + 2
		before := at - 3
		if before >= 0 && bytes.IndexByte([]byte(" \n\r\t"), rest[before]) >= 0 &&
			(at == len(rest) || bytes.IndexByte([]byte(" \n\r\t"), rest[at]) >= 0) {
			p.Skip(at)
			return rest[:at]
		}
	}
}
