package main

import "golang.org/x/sys/windows"

// uiLanguages are those in which Windows itself speaks to the user.
func uiLanguages() []string {
	tags, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil {
		return nil // English will do
	}
	return tags
}
