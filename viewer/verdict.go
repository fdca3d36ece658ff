package viewer

import (
	"context"
	"errors"
	"sync"

	"satchel/bundle"
)

// A verdict is what the reader is told about a bundle.
type verdict struct {
	Word   string // one of bundle's verdicts, or refuted
	Marked bool
	bundle.Standing
}

// refuted is the verdict on a bundle that is intact, and signed by somebody else than the reader was told.
const refuted = "refuted"

// Class is what style sheets go by.
func (v verdict) Class() string {
	switch {
	case v.Word == refuted:
		return string(bundle.Changed)
	case v.Marked && !v.Broken():
		return "marked"
	}
	return v.Word
}

// Broken says whether something is missing or changed: who signed it is then another
// matter.
func (v verdict) Broken() bool {
	return v.Word == string(bundle.Changed) || v.Word == string(bundle.Incomplete)
}

// verdict joins who made a bundle with what is known about whether it is whole:
// from opening it, from reading in it, and from checking all of it.
func (p *page) verdict(vol *volume) verdict {
	s := p.viewer.standing(vol)
	now := vol.check.state()
	word := s.Verdict
	if w := worse(now.met, now.report); w != "" && word != bundle.Changed {
		word = w
	}
	if word == bundle.Unknown && vol.refuted.Load() {
		word = refuted
	}
	return verdict{
		Word: string(word), Standing: s,
		Marked: now.report != nil && now.report.Marked,
	}
}

// worse returns what damage makes of a verdict, or nothing where there is none.
func worse(met bundle.Verdict, r *bundle.Report) bundle.Verdict {
	if r != nil && (r.Verdict == bundle.Changed || r.Verdict == bundle.Incomplete) {
		if met == bundle.Changed {
			return met
		}
		return r.Verdict
	}
	return met
}

// A check goes through all of a bundle, once it was asked for, and remembers what
// came out.
type check struct {
	mu     sync.Mutex
	now    checkState
	broken map[string]bundle.Verdict // items that are Changed or Incomplete, by their paths
	done   sync.WaitGroup
}

// A checkState is how far a check has come.
type checkState struct {
	running bool
	sofar   bundle.Progress
	report  *bundle.Report // of the last that came to its end
	failed  bool           // it could not be carried out
	met     bundle.Verdict // Changed or Incomplete: damage met while reading
}

// maxBroken is how many items are remembered that are damaged or missing.
const maxBroken = 100_000

// note remembers that an item is damaged or missing.
func (c *check) note(path string, v bundle.Verdict) {
	if len(c.broken) < maxBroken {
		if c.broken == nil {
			c.broken = map[string]bundle.Verdict{}
		}
		c.broken[path] = v
	}
}

// of says what is known of an item: Changed, Incomplete, or nothing.
func (c *check) of(path string) bundle.Verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.broken[path]
}

func (c *check) state() checkState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// met notes damage. Changed outweighs Incomplete.
func (c *check) met(v bundle.Verdict, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var damage *bundle.DamageError
	if errors.As(err, &damage) {
		c.note(damage.Path, v)
	}
	if c.now.met != bundle.Changed {
		c.now.met = v
	}
}

// start begins a check unless one is under way.
func (c *check) start(ctx context.Context, r *bundle.Reader) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.running || ctx.Err() != nil {
		return
	}
	c.now.running, c.now.failed, c.now.sofar = true, false, bundle.Progress{}
	c.done.Go(func() { c.run(ctx, r) })
}

func (c *check) run(ctx context.Context, r *bundle.Reader) {
	report, err := r.Verify(ctx, bundle.VerifyOptions{Progress: func(p bundle.Progress) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.now.sofar = p
	}})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.running = false
	if err != nil {
		c.now.failed = true
		return
	}
	c.now.report, c.broken = report, nil
	for _, path := range report.Damaged {
		c.note(path, bundle.Changed)
	}
	for _, path := range report.Missing {
		c.note(path, bundle.Incomplete)
	}
}

// wait returns when no check is under way.
func (c *check) wait() { c.done.Wait() }
