package viewer

import "satchel/bundle"

// What follows is for tests outside the package, which come to a viewer through its
// server.

// Replace has v show another bundle in the place of its first, as if it had been opened
// with it. Addresses stay as they are.
func (v *Viewer) Replace(r *bundle.Reader) {
	v.volumes[0] = newVolume(0, r)
	v.pages = newCache(v.options.PageCache)
}

// ContentAddress returns the address of an item itself.
func (v *Viewer) ContentAddress(path string) string {
	a, _ := v.sealer.seal(target{viewContent, 0, path})
	return a
}
