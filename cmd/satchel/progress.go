package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"satchel/bundle"
)

// clock is the only clock in Satchel: it tells how fast a progress line moves, and
// nothing that it says gets into a bundle.
func clock() time.Time { return time.Now() }

// progressEvery keeps the line legible and the terminal out of the way.
const progressEvery = 100 * time.Millisecond

// A progress is one line on a terminal that says how far long work has come. On
// anything but a terminal it is silent.
type progress struct {
	tongue
	w   io.Writer
	on  bool
	now func() time.Time

	mu      sync.Mutex
	stage   string
	began   time.Time // when this stage did
	drawn   time.Time
	visible bool
}

// update draws p anew, at most ten times a second. It may be called from any
// goroutine.
func (l *progress) update(p bundle.Progress) {
	if !l.on {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if p.Stage != l.stage {
		l.stage, l.began = p.Stage, now
	}
	if now.Sub(l.drawn) < progressEvery {
		return
	}
	l.drawn, l.visible = now, true
	fmt.Fprintf(l.w, "\r%s\x1b[K", l.progressLine(p, now.Sub(l.began)))
}

// clear takes the line away.
func (l *progress) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.visible {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.visible = false
	}
}

// progressLine says what is done, how fast, and how long the rest will take.
func (t tongue) progressLine(p bundle.Progress, spent time.Duration) string {
	stage, done := pad(t.value(told(p.Stage)), 9), fmt.Sprintf("%8s", formatSize(p.Done))
	line := stage + " " + done
	if p.Total > 0 {
		line = stage + " " + t.text("{done} of {total}", done, formatSize(p.Total)) +
			fmt.Sprintf("  %3d %%", percent(p.Done, p.Total))
	}
	rate := float64(p.Done) / max(spent.Seconds(), 0.001)
	if spent < time.Second || rate < 1 {
		return line
	}
	line += fmt.Sprintf("  %s/s", formatSize(int64(rate)))
	if left := float64(p.Total-p.Done) / rate; left >= 0 && p.Total > 0 {
		line += "  " + t.text("{time} left", formatTime(time.Duration(left*float64(time.Second))))
	}
	return line
}

// percent never passes 100, whatever the total was thought to be.
func percent(done, total int64) int {
	return int(min(100, 100*float64(done)/float64(total)))
}

// An aside is standard error that makes room for what is written to it: the progress
// line goes, and comes back with the next update.
type aside struct {
	w        io.Writer
	progress *progress
}

// Write takes the progress line away first.
func (a *aside) Write(b []byte) (int, error) {
	a.progress.clear()
	return a.w.Write(b)
}
