package ingest

import (
	"fmt"
	"iter"
	"runtime"
	"strings"
	"sync"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
)

// lookahead is how many files may be examined ahead of the one that is next.
const lookahead = 256

func defaultWorkers() int { return runtime.GOMAXPROCS(0) }

// A job is one file on its way through the workers. done is closed when the
// finding is there.
type job struct {
	in      *input
	rel     string
	twin    *job // before it in its folder, where some systems take the names for one
	finding finding
	done    chan struct{}
}

func (j *job) isFolder() bool { return strings.HasSuffix(j.rel, "/") }

// path is where the file would lie in the bundle. Folders end in a slash.
func (j *job) path() string { return j.in.prefix + j.rel }

// A walk goes through all inputs in the order of their paths and has the files
// examined side by side.
type walk struct {
	inputs  []*input
	options *Options
	workers int
	examine func(*job, *desk)
}

// jobs yields what was found, in order. When the caller stops early, everything
// that was started has ended before jobs returns.
func (w *walk) jobs() iter.Seq[*job] {
	return func(yield func(*job) bool) {
		p := pipe{
			options: w.options,
			queue:   make(chan *job, lookahead),
			work:    make(chan *job, lookahead),
			quit:    make(chan struct{}),
		}
		var wg sync.WaitGroup
		defer wg.Wait()
		defer close(p.quit)
		wg.Go(func() {
			defer close(p.queue)
			defer close(p.work)
			p.walk(w.inputs)
		})
		for range w.workers {
			wg.Go(func() { p.examine(w.examine) })
		}
		for j := range p.queue {
			<-j.done
			if !yield(j) {
				return
			}
		}
	}
}

// A pipe carries jobs twice: in order to the caller, and to whichever worker is
// free.
type pipe struct {
	options     *Options
	queue, work chan *job
	quit        chan struct{}
}

func (p *pipe) examine(do func(*job, *desk)) {
	d := newDesk()
	defer d.clear()
	for j := range p.work {
		do(j, d)
		close(j.done)
	}
}

func (p *pipe) walk(inputs []*input) {
	for _, in := range inputs {
		if !p.walkFolder(in, "") {
			return
		}
	}
}

// walkFolder returns false when the caller has stopped. Its depth is bounded by the
// rule for paths, which judgeFolder applies.
func (p *pipe) walkFolder(in *input, rel string) bool {
	list, err := in.entries(rel)
	if err != nil && isHidden(rel) {
		return p.settle(in, rel+"/", leave("hidden"))
	}
	if err != nil {
		return p.settle(in, rel+"/", refuse("the folder cannot be read: %v", err))
	}
	seen := map[string]*job{} // by the form in which names must differ
	for _, e := range list {
		j := &job{in: in, rel: e.Name(), done: make(chan struct{})}
		if rel != "" {
			j.rel = rel + "/" + e.Name()
		}
		fold := bundle.FoldPath(e.Name())
		j.twin = seen[fold]
		if j.twin == nil {
			seen[fold] = j
		}
		if !p.walkEntry(j, e.Type().IsDir(), e.Type().IsRegular()) {
			return false
		}
	}
	return true
}

func (p *pipe) walkEntry(j *job, isDir, isFile bool) bool {
	in, rel := j.in, j.rel
	switch {
	case in.isOutput(rel):
		if isDir {
			rel += "/"
		}
		return p.settle(in, rel, leave("the bundle that is being written"))
	case isDir && in.isSpool(rel), rel == collection.Name && p.options.Collection != nil:
		return true
	case isDir && p.options.isExcluded(j.path()):
		return p.settle(in, rel+"/", leave(NotChosen))
	case isDir:
		f := judgeFolder(in, rel)
		if f.verdict == packed && j.twin != nil {
			f = refuse("some systems cannot tell its name from that of %q: rename one of them", j.twin.path())
		}
		if f.verdict != packed {
			return p.settle(in, rel+"/", f)
		}
		return p.walkFolder(in, rel)
	case !p.options.chosen(j.path()):
		return p.settle(in, rel, leave(NotChosen))
	case !isFile:
		return p.settle(in, rel, judgeSpecial(in, rel))
	}
	return p.send(j)
}

// settle sends on what needs no worker.
func (p *pipe) settle(in *input, rel string, f finding) bool {
	j := &job{in: in, rel: rel, finding: f, done: make(chan struct{})}
	close(j.done)
	select {
	case p.queue <- j:
		return true
	case <-p.quit:
		return false
	}
}

func (p *pipe) send(j *job) bool {
	select {
	case p.queue <- j:
	case <-p.quit:
		return false
	}
	select {
	case p.work <- j:
		return true
	case <-p.quit:
		return false
	}
}

// A scan is one run of Items.
type scan struct {
	folder *Folder
	report report
	usage  *usage   // of the collection file
	past   *journal // of the same files

	items       int
	entries     map[string]bool // of Options.Allow, those that fit a file
	unsupported targets
}

// pass yields what is packed, and takes note of the rest.
func (s *scan) pass() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		s.entries, s.usage = map[string]bool{}, newUsage(s.folder.options.Collection)
		s.unsupported = targets{}
		for j, err := range s.jobs() {
			if err != nil {
				yield(bundle.Item{}, err)
				return
			}
			if s.take(j) && !j.finding.each(yield) {
				return
			}
		}
	}
}

// jobs yields what was found of every file: now, or the last time when nothing has changed since.
func (s *scan) jobs() iter.Seq2[*job, error] {
	past := s.folder.openJournal()
	s.past = past
	if n := past.chunks(); n > 0 {
		return past.jobs(s.folder, n)
	}
	return func(yield func(*job, error) bool) {
		w := walk{s.folder.inputs, &s.folder.options, s.folder.workers, s.folder.examine}
		for j := range w.jobs() {
			past.add(s.folder, j)
			if !yield(j, nil) {
				return
			}
		}
		if len(s.report.refused) == 0 {
			past.close(s.folder)
		}
	}
}

// each yields the items of a finding, and says whether to go on.
func (f *finding) each(yield func(bundle.Item, error) bool) bool {
	if !yield(f.item, nil) {
		return false
	}
	for i := range f.extras {
		if !yield(f.extras[i].item, nil) {
			return false
		}
	}
	return true
}

// take notes a finding and says whether it is an item.
func (s *scan) take(j *job) bool {
	f := &j.finding
	if entry, ok := s.folder.allows(j.in, strings.TrimSuffix(j.rel, "/")); ok {
		s.entries[entry] = true
	}
	if f.verdict == packed && j.twin != nil && j.twin.finding.verdict == packed {
		*f = refuse("some systems cannot tell its name from that of %q: rename one of them", j.twin.path())
	}
	switch f.verdict {
	case packed:
		s.items++
		s.usage.meet(f.item.Path)
		s.report.clean(j.path(), f.removed)
		s.report.account.add(f)
		if f.reason != "" {
			s.report.allowed = append(s.report.allowed, LeftOut{j.path(), f.reason})
		}
		return true
	case leftOut:
		s.usage.miss(j.path())
		s.report.leave(j.path(), f.reason)
	case refused:
		if f.broken && s.folder.skip {
			s.report.leave(j.path(), f.reason)
			return false
		}
		s.report.refuse(Refusal{Path: j.path(), Reason: f.reason, Allowable: !f.final && !j.isFolder(), Unsupported: f.broken})
	case unsupported:
		s.takeUnsupported(j)
	}
	return false
}

// takeUnsupported decides on an unsupported file at once, or leaves it to the
// links of the pages.
func (s *scan) takeUnsupported(j *job) {
	what := j.finding.reason
	switch {
	case s.folder.skip:
		s.report.leave(j.path(), "unsupported: "+what)
	case !strings.Contains(j.rel, "/"):
		s.report.refuse(notSupported(j.path(), what))
	case s.unsupported.len() == maxUnsupported:
		s.report.refuse(notSupported(j.path(), fmt.Sprintf("%s; one of more than %d such files", what, maxUnsupported)))
	default:
		s.unsupported.add(j.path(), what)
	}
}

// notSupported refuses a file of a kind that Satchel does not know.
func notSupported(path, what string) Refusal {
	return Refusal{Path: path, Reason: "unsupported: " + what, Allowable: true, Unsupported: true}
}

// finish decides what only the whole walk can tell.
func (s *scan) finish() {
	if s.unsupported.len() > 0 && !s.past.recallLinks(&s.unsupported) {
		s.searchPages()
		s.past.keepLinks(&s.unsupported)
	}
	for t := range s.unsupported.all() {
		if t.page == "" {
			s.report.leave(t.path, "unsupported, and no page links to it: "+t.what)
			continue
		}
		s.report.refuse(notSupported(t.path, fmt.Sprintf("%s; the page %q links to it", t.what, t.page)))
	}
	for _, a := range s.folder.allow {
		if !s.entries[a] {
			s.report.refuse(Refusal{Path: a, Reason: "allowed by name, but no such file was found to pack"})
		}
	}
	for _, r := range s.usage.unexcluded() {
		s.report.refuse(r)
	}
	s.report.unmet = s.usage.unmet()
	s.report.sort()
}

// searchPages goes through the folders once more and reads the links of every
// page, looking only for the unsupported files.
func (s *scan) searchPages() {
	examine := func(j *job, d *desk) {
		glance(j, d)
		if j.finding.verdict == packed && j.finding.item.Kind == bundle.KindPage {
			s.unsupported.readPage(j)
		}
	}
	w := walk{s.folder.inputs, &s.folder.options, s.folder.workers, examine}
	for j := range w.jobs() {
		// A page that became unreadable has no links; the packing finds out.
		_ = j
	}
}
