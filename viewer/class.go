//go:build !js

package viewer

import "time"

// A static page has no class: this is left out of what it weighs.

// A doorPage asks for the code of a class. It says nothing of what there is to read.
type doorPage struct {
	*page
	Wrong bool
	Wait  int64 // seconds, or 0
}

// Door is what somebody sees who comes to a class without its code, or with a wrong one, or who has to
// wait before trying again.
func (v *Viewer) Door(r *Request, wrong bool, wait time.Duration) *Response {
	p := v.page(r)
	p.self = ""
	code := 200
	if wrong {
		code = 403
	}
	if wait > 0 {
		code = 429
	}
	return p.show(code, "class", &doorPage{p, wrong, int64((wait + time.Second - 1) / time.Second)})
}
