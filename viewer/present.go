package viewer

// PathAlive is where pages ask, about once a second, whether they may still be shown: 204 says so, and anything that
// tells of the end has them blank themselves. With the query HiddenQuery they say that nobody sees them.
const (
	PathAlive   = "alive"
	HiddenQuery = "hidden"
)

// Present looks whether all bundles are still there, and returns the error of one that is not. From then on, and until it
// finds them again, every answer is 410 without a body: what is in memory still could be shown, and whoever pulled the stick
// wants to see nothing. The Viewer does not look by itself: it knows no clock.
func (v *Viewer) Present() error {
	for _, vol := range v.volumes {
		if err := vol.r.Present(); err != nil {
			v.gone.Store(true)
			return err
		}
	}
	v.gone.Store(false)
	return nil
}
