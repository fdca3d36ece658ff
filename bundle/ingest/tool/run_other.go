//go:build !unix

package tool

import "os/exec"

const shell = ""

// openStdin is how ffmpeg, from version 6 on, is told to read standard input so that it can seek in it.
const openStdin, openProtocol = "fd:", "fd"

// limited has nothing here: only time is limited.
func (*bench) limited(command []string) []string { return command }

func inGroup(*exec.Cmd)   {}
func killGroup(*exec.Cmd) {}
