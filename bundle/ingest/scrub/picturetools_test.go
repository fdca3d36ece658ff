package scrub

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// picExtensions are by media type: mat2 goes by them.
var picExtensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/avif": ".avif",
	"image/heic": ".heic", "image/tiff": ".tiff", "image/bmp": ".bmp", "image/vnd.microsoft.icon": ".ico",
}

// picLay writes cleaned pictures that so much was taken out of, and returns their names.
func picLay(t *testing.T, mediaTypes string, gone int) (names []string) {
	t.Helper()
	dir := t.TempDir()
	for i, c := range picCases(t) {
		if !strings.Contains(mediaTypes, c.mediaType) || len(c.gone) < gone {
			continue
		}
		_, out, err := picClean(c.mediaType, c.file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, fmt.Sprint(i)+picExtensions[c.mediaType])
		if err := os.WriteFile(name, out, 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// picAllowed reads the tags that may be left.
func picAllowed(t *testing.T) (allowed []string) {
	t.Helper()
	for line := range strings.Lines(string(picStored(t, "allowed-tags.txt"))) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] != "#" {
			allowed = append(allowed, fields[0])
		}
	}
	return allowed
}

func picMay(allowed []string, tag string) bool {
	for _, a := range allowed {
		if begin, ok := strings.CutSuffix(a, "*"); tag == a || ok && strings.HasPrefix(tag, begin) {
			return true
		}
	}
	return false
}

// picNeutral is what the value of a tag that could tell something has to be like.
var picNeutral = map[string]*regexp.Regexp{
	"ICC_Profile:ProfileDateTime": regexp.MustCompile(`^2000:01:01 00:00:00$`),
	"CreateDate":                  regexp.MustCompile(`^0000:00:00 00:00:00$`),
	"ModifyDate":                  regexp.MustCompile(`^0000:00:00 00:00:00$`),
	"ProfileDescription":          regexp.MustCompile(`^$`),
	"ProfileCopyright":            regexp.MustCompile(`^$`),
	"ProfileCreator":              regexp.MustCompile(`^$`),
	"DeviceManufacturer":          regexp.MustCompile(`^$`),
	"DeviceModel":                 regexp.MustCompile(`^$`),
	"ProfileName":                 regexp.MustCompile(`^ICC$`),
}

// TestE01Exiftool: exiftool finds nothing in cleaned pictures but what is on the list.
func TestE01Exiftool(t *testing.T) {
	t.Parallel()
	exiftool := picNeed(t, "exiftool")
	allowed := picAllowed(t)
	names := picLay(t, "image/jpeg image/png image/gif image/webp image/avif image/heic image/tiff image/bmp image/vnd.microsoft.icon", 0)
	b, err := exec.Command(exiftool, append([]string{"-j", "-a", "-G0", "-u"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var files []map[string]any
	if err := json.Unmarshal(b, &files); err != nil || len(files) != len(names) {
		t.Fatalf("%d of %d files, %v", len(files), len(names), err)
	}
	for _, file := range files {
		for tag, value := range file {
			group, name, _ := strings.Cut(tag, ":")
			if group == "SourceFile" || group == "File" || group == "ExifTool" {
				continue // of the file system, of exiftool
			}
			if !picMay(allowed, tag) {
				t.Errorf("%v: %s is %v", file["SourceFile"], tag, value)
			}
			for suffix, want := range picNeutral {
				if (tag == suffix || strings.HasSuffix(name, suffix)) && !want.MatchString(strings.TrimSpace(fmt.Sprint(value))) {
					t.Errorf("%v: %s is %q", file["SourceFile"], tag, value)
				}
			}
		}
	}
}

// TestE01Mat2: mat2 finds nothing in cleaned pictures but shapes of pixels and the numbers of profiles.
func TestE01Mat2(t *testing.T) {
	t.Parallel()
	mat2 := picNeed(t, "mat2")
	var allowed []string
	for _, a := range picAllowed(t) {
		_, name, _ := strings.Cut(a, ":")
		allowed = append(allowed, name)
	}
	allowed = append(allowed, "ExifByteOrder")                          // of the Exif data that hold the orientation
	names := picLay(t, "image/jpeg image/png image/tiff image/heic", 2) // it takes its time
	b, err := exec.Command(mat2, append([]string{"-s"}, names...)...).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	files := 0
	for line := range strings.Lines(string(b)) {
		if strings.Contains(line, "etadata") { // found, or for a file
			files++
			continue
		}
		tag, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if ok && !picMay(allowed, tag) {
			t.Errorf("%s is %s", tag, value)
		}
	}
	if files != len(names) {
		t.Errorf("it looked at %d files of %d:\n%s", files, len(names), b)
	}
}

// TestE01SamePixels: libheif's and libavif's decoders show the same before and after.
func TestE01SamePixels(t *testing.T) {
	t.Parallel()
	for _, d := range []struct{ program, mediaType string }{{"avifdec", "image/avif"}, {"heif-convert", "image/heic"}} {
		t.Run(d.program, func(t *testing.T) {
			t.Parallel()
			program := picNeed(t, d.program)
			for _, c := range picCases(t) {
				if c.mediaType != d.mediaType {
					continue
				}
				_, out, err := picClean(c.mediaType, c.file)
				if err != nil {
					t.Fatal(err)
				}
				before, after := picRun(t, program, c.mediaType, c.file), picRun(t, program, c.mediaType, out)
				if before != after {
					t.Errorf("%s: not the same picture", c.name)
				}
			}
		})
	}
}

// picRun decodes a file, and returns its pixels.
func picRun(t *testing.T, program, mediaType string, file []byte) string {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"+picExtensions[mediaType]), filepath.Join(dir, "out.y4m")
	if mediaType == "image/heic" {
		out = filepath.Join(dir, "out.png")
	}
	if err := os.WriteFile(in, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := exec.Command(program, in, out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if mediaType == "image/heic" { // it would carry the metadata over
		_, clean, err := picClean("image/png", b)
		if err != nil {
			t.Fatal(err)
		}
		return string(clean)
	}
	return string(b)
}
