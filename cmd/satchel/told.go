package main

// told is what a package says, such as why a file is not packed. It is in English.
type told string
