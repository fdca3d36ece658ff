package viewer

import (
	"path"
	"strings"

	"satchel/bundle"
)

// A beside is what lies before and behind a picture in the list that it is looked at in.
type beside struct {
	Before, Behind string // addresses, or empty
	List           string
}

// picture is the address of a picture's page, which leads on in a list.
func (p *page) picture(e bundle.Entry, s shelf) string {
	return p.address(viewItem, e.Path+"\n"+s.String())
}

// beside looks for the pictures next to one. Who does not come from a list goes on in the picture's folder.
func (p *page) beside(e bundle.Entry, list string) (*beside, error) {
	s := parseShelf(list)
	if s == (shelf{}) {
		folder, _ := path.Split(e.Path)
		s.folder = strings.TrimSuffix(folder, "/")
	}
	s.kind, s.after = bundle.KindPicture, ""
	b, f := &beside{List: p.address(viewHome, s.String())}, s.filter(nil)
	before, ok, err := p.volume.before(f, e.ID)
	if err != nil {
		return nil, err
	}
	if ok {
		b.Before = p.picture(before, s)
	}
	behind, _, _, err := p.volume.r.List(f, e.ID+1, 1)
	if len(behind) > 0 {
		b.Behind = p.picture(behind[0], s)
	}
	return b, err
}

// before returns the last item of a list that comes before an id. Lists are read forward only, so it
// halves where that can be, again and again.
func (vol *volume) before(f bundle.Filter, id uint32) (found bundle.Entry, ok bool, err error) {
	for low, high := uint32(0), id; low < high; {
		middle := low + (high-low)/2
		next, _, _, err := vol.r.List(f, middle, 1)
		if err != nil {
			return found, false, err
		}
		if len(next) > 0 && next[0].ID < id {
			found, ok, low = next[0], true, next[0].ID+1
		} else {
			high = middle
		}
	}
	return found, ok, nil
}
