package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"archive/zip"
)

// A bench is one run of the program.
type bench struct {
	ctx      context.Context
	runs     int
	soakTime time.Duration
	satchel  string
	cache    string
	keep     bool
	corpora  []string // to pack
	queries  string   // the folder of known queries

	self  string // this program
	work  string // a folder that goes at the end
	table table
	large string           // the 20 GB bundle, where there is one
	done  map[string]usage // what it took to make bundles, by name
}

// prepare makes what all sections use.
func (b *bench) prepare() (err error) {
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if err := os.MkdirAll(b.kept(""), 0o755); err != nil {
		return err
	}
	if b.work, err = os.MkdirTemp(b.kept(""), "run-"); err != nil {
		return err
	}
	err = exec.CommandContext(b.ctx, b.satchel, "keygen", "--no-passphrase", "-o", b.temporary("bench.key")).Run()
	if err != nil {
		return errors.Join(fmt.Errorf("%s keygen: %w", b.satchel, err), b.cleanUp())
	}
	return nil
}

func (b *bench) cleanUp() error {
	err := os.RemoveAll(b.work)
	if b.large != "" && !b.keep {
		err = errors.Join(err, os.RemoveAll(b.large))
	}
	return err
}

// temporary returns the path of a file that goes at the end, kept of one that stays.
func (b *bench) temporary(name string) string { return filepath.Join(b.work, name) }
func (b *bench) kept(name string) string      { return filepath.Join(b.cache, "bench", name) }
func (b *bench) corpus(name string) string    { return filepath.Join(b.cache, "corpora", name) }

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}

// A usage is what a process took.
type usage struct {
	wall, processor time.Duration
	memory          int64 // bytes, at the peak
	output          string
}

// timed runs a command under GNU time: to start it from a large process would add
// that process's memory to its peak.
func (b *bench) timed(name string, args ...string) (usage, error) {
	log := b.temporary("time")
	cmd := b.command("/usr/bin/time", append([]string{"-f", "%U %S %M", "-o", log, name}, args...)...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	u := usage{wall: time.Since(start), output: string(out)}
	if err != nil {
		return u, fmt.Errorf("%s: %w: %s", name, err, tail(out))
	}
	text, err := os.ReadFile(log)
	if err != nil {
		return u, err
	}
	var user, system float64
	if _, err := fmt.Sscan(string(text), &user, &system, &u.memory); err != nil {
		return u, fmt.Errorf("/usr/bin/time: %w", err)
	}
	u.processor = time.Duration((user + system) * float64(time.Second))
	u.memory *= 1024
	return u, nil
}

// wall runs a command and returns how long it took.
func (b *bench) wall(name string, args ...string) (time.Duration, error) {
	start := time.Now()
	out, err := b.command(name, args...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%s: %w: %s", name, err, tail(out))
	}
	return time.Since(start), nil
}

// command is interrupted when the run is. GNU time lets that pass by, so what it started
// is interrupted as well.
func (b *bench) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(b.ctx, name, args...)
	cmd.Cancel = func() error {
		pid := cmd.Process.Pid
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)) // none elsewhere
		for _, field := range strings.Fields(string(children)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				continue
			}
			if p, err := os.FindProcess(child); err == nil {
				_ = p.Signal(os.Interrupt) // it may have ended
			}
		}
		return cmd.Process.Signal(os.Interrupt)
	}
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func tail(out []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return lines[len(lines)-1]
}

// settle writes what earlier steps left to write, so that it does not count for the next.
func (b *bench) settle() error {
	_, err := b.wall("sync")
	return err
}

// make returns a bundle that is made up, by its name among those that are kept. It is
// packed when it is not there.
func (b *bench) make(name string, m made) (string, error) {
	path := b.kept(name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	_, err := b.remake(name, m)
	return path, err
}

// remake packs a bundle that is made up, and says what that took.
func (b *bench) remake(name string, m made) (usage, error) {
	if u, ok := b.done[name]; ok {
		return u, nil
	}
	path := b.kept(name)
	size := m.pages*m.pageSize + m.films*m.filmSize
	// an existing bundle stays until the new one is complete
	if err := b.needSpace(2 * size); err != nil {
		return usage{}, fmt.Errorf("%s: %w", name, err)
	}
	b.say("packing %s: %d items, %s", name, m.pages+m.films, byteCount.format(float64(size)))
	u, err := b.timed(b.self, "generate", "-pages", fmt.Sprint(m.pages), "-page", fmt.Sprint(m.pageSize),
		"-films", fmt.Sprint(m.films), "-film", fmt.Sprint(m.filmSize), path)
	if err == nil {
		b.done[name] = u
	}
	return u, err
}

// needSpace fails, with a word on what to do, when a disk has no room.
func (b *bench) needSpace(size int64) error {
	out, err := exec.CommandContext(b.ctx, "df", "--output=avail", "-B1", b.kept("")).Output()
	if err != nil {
		return fmt.Errorf("df: %w", err)
	}
	free, err := strconv.ParseInt(string(bytes.TrimSpace(tail(out))), 10, 64)
	if err != nil {
		return fmt.Errorf("df: %w", err)
	}
	if free < size+1e9 {
		return fmt.Errorf("needs %s free below %s, and there are %s: make room, or leave this section out",
			byteCount.format(float64(size+1e9)), b.cache, byteCount.format(float64(free)))
	}
	return nil
}

// indexSize returns how many bytes of a bundle are its index.
func indexSize(name string) (int64, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return 0, err
	}
	defer z.Close()
	for _, f := range z.File {
		if f.Name == "index" {
			return int64(f.UncompressedSize64), nil
		}
	}
	return 0, fmt.Errorf("%s has no index", name)
}

// fileSize returns the bytes of a file.
func fileSize(name string) (float64, error) {
	info, err := os.Stat(name)
	if err != nil {
		return none, err
	}
	return float64(info.Size()), nil
}

// warm reads a file, so that it lies in the system's memory.
func warm(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, f)
	return err
}

// link makes a copy of a folder out of hard links.
func link(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.Join(to, strings.TrimPrefix(path, from))
		if d.IsDir() {
			return os.MkdirAll(name, 0o755)
		}
		return os.Link(path, name)
	})
}
