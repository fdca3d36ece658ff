//go:build !windows

package main

// uiLanguages is silent where the environment says it all.
func uiLanguages() []string { return nil }
