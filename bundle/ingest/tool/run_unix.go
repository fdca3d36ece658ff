//go:build unix

package tool

import (
	"fmt"
	"os/exec"
	"slices"
	"syscall"
)

const shell = "/bin/sh"

// openStdin is how ffmpeg is told to read standard input so that it can seek in it.
const openStdin, openProtocol = "file:/dev/stdin", "file"

// limited has a command start under limits, and without a network where that can be. The shell sets
// the limits, because Go cannot between fork and exec; where the system has none of a kind (macOS: of
// memory), the program goes on. Processor time is counted over all threads, and ends a program that has
// outlived us.
func (b *bench) limited(command []string) []string {
	script := fmt.Sprintf(`{ ulimit -c 0; ulimit -t %d; ulimit -f %d; ulimit -v %d; } 2>/dev/null; exec "$@"`,
		int(2*b.timeout.Seconds())+1, maxOutput/512, maxMemory/1024)
	return slices.Concat(b.tools.fence(), []string{shell, "-c", script, shell}, command)
}

// inGroup makes a process the first of a new group, which is killed as a whole when its time is up. A
// Ctrl-C at the terminal reaches us, and the group through us.
func inGroup(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}

// killGroup ends what is left of the group of a process that has ended.
func killGroup(c *exec.Cmd) {
	if c.Process != nil {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
	}
}
