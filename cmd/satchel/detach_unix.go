//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// detach keeps Ctrl-C, which ends satchel, from ending a browser with all its other windows.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
