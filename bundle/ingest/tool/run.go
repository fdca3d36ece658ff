package tool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// maxMessages is how much is read of what a program says on standard error. It may say more.
const maxMessages = 4 << 10

var (
	errSlow  = fmt.Errorf("%w: it takes too long", ErrLimit)
	errLarge = fmt.Errorf("%w: more than %d MiB came out", ErrLimit, maxOutput>>20)
)

// A bench is where one conversion takes place: an empty folder, and a time to be done by.
type bench struct {
	tools   *Tools
	ctx     context.Context
	timeout time.Duration
	dir     string
}

// work sets up a bench and leaves nothing of it.
func (t *Tools) work(ctx context.Context, timeout time.Duration, name string, do func(*bench) ([]byte, error)) (out []byte, err error) {
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	dir, err := os.MkdirTemp(t.Dir, "convert-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if gone := os.RemoveAll(dir); gone != nil && err == nil {
			out, err = nil, gone
		}
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, errSlow)
	defer cancel()
	return do(&bench{tools: t, ctx: ctx, timeout: timeout, dir: dir})
}

// run runs a program to its end, and returns what it wrote. The file, if any, is its standard input.
func (b *bench) run(name string, f *os.File, args ...string) ([]byte, error) {
	out, messages, err := b.start(name, f, args...)
	if err == nil {
		return out, nil
	}
	if cause := context.Cause(b.ctx); cause != nil {
		return nil, fmt.Errorf("%s: %w", name, cause)
	}
	if errors.Is(err, ErrLimit) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	said, _, _ := strings.Cut(strings.TrimSpace(string(messages)), "\n")
	return nil, fmt.Errorf("%s: %w: %w, %.200q", name, ErrFailed, err, said)
}

// start is run without a judgement.
func (b *bench) start(name string, f *os.File, args ...string) (out, messages []byte, err error) {
	ctx, cancel := context.WithCancelCause(b.ctx)
	defer cancel(nil)
	args = b.limited(append([]string{b.tools.found[name]}, args...))
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Dir, c.Env = b.dir, b.environment()
	if f != nil {
		// The program shares the place where f is read.
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, nil, err
		}
		c.Stdin = f
	}
	written, said := &sink{left: maxOutput, over: func() { cancel(errLarge) }}, &sink{left: maxMessages}
	c.Stdout, c.Stderr = written, said
	c.WaitDelay = time.Second // for what a child that escaped holds open
	inGroup(c)
	err = c.Run()
	killGroup(c) // what it started and left behind
	if context.Cause(ctx) == errLarge {
		err = errLarge
	}
	return written.kept, said.kept, err
}

// environment has nothing of the curator's but the way to programs.
func (b *bench) environment() []string {
	env := []string{"PATH=" + b.tools.path, "LANG=C.UTF-8"}
	for _, name := range []string{"HOME", "TMPDIR", "TMP", "TEMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA"} {
		env = append(env, name+"="+b.dir)
	}
	return env
}

// A sink keeps so many bytes. The first one more calls over, if there is such; the rest is lost.
type sink struct {
	kept []byte
	left int
	over func()
}

func (s *sink) Write(p []byte) (int, error) {
	n := min(len(p), s.left)
	s.kept = append(s.kept, p[:n]...)
	s.left -= n
	if n < len(p) && s.over != nil {
		s.over()
		return n, io.ErrShortWrite
	}
	return len(p), nil
}
