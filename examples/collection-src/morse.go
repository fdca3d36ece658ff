package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"os"
)

// morse are the letters from A and the figures from 0.
var morse = []string{
	".-", "-...", "-.-.", "-..", ".", "..-.", "--.", "....", "..", ".---", "-.-", ".-..", "--",
	"-.", "---", ".--.", "--.-", ".-.", "...", "-", "..-", "...-", ".--", "-..-", "-.--", "--..",
	"-----", ".----", "..---", "...--", "....-", ".....", "-....", "--...", "---..", "----.",
}

const (
	morseRate = 16000 // samples a second
	morseDot  = morseRate / 10
	morseTone = 620.0 // hertz
)

// writeMorse writes the alphabet as a WAV file: a dash is three dots long, and so is the silence
// between letters, here doubled for learners.
func writeMorse(w io.Writer) error {
	var samples []int16
	for _, letter := range morse {
		for _, mark := range letter {
			samples = append(samples, tone(map[rune]int{'.': 1, '-': 3}[mark]*morseDot)...)
			samples = append(samples, make([]int16, morseDot)...)
		}
		samples = append(samples, make([]int16, 5*morseDot)...)
	}
	size := uint32(2 * len(samples))
	var b bytes.Buffer
	b.WriteString("RIFF")
	for _, part := range []any{36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(morseRate), uint32(2 * morseRate),
		uint16(2), uint16(16), []byte("data"), size, samples} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// tone swells and fades within five milliseconds, because a sudden tone clicks.
func tone(n int) []int16 {
	const edge = morseRate / 200
	out := make([]int16, n)
	for i := range out {
		loud := smooth(math.Min(float64(i), float64(n-1-i)) / edge)
		out[i] = int16(9000 * loud * math.Sin(2*math.Pi*morseTone*float64(i)/morseRate))
	}
	return out
}

// tagMP3 puts before a recording what stations and players write there (ID3v2.3): title, maker,
// program, a comment, and a cover.
func tagMP3(name string) error {
	sound, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	cover := pngOf(waves())
	frames := id3("TIT2", "\x00The Morse alphabet, A to Z") + id3("TPE1", "\x00The radio group") + id3("TALB", "\x00Useful things to know") +
		id3("TYER", "\x002026") + id3("TENC", "\x00Example Recorder 3.1") + id3("COMM", "\x00eng\x00Recorded at the radio group's table") +
		id3("APIC", "\x00image/png\x00\x03\x00"+string(cover))
	n := len(frames)
	head := append([]byte("ID3\x03\x00\x00"), byte(n>>21&0x7f), byte(n>>14&0x7f), byte(n>>7&0x7f), byte(n&0x7f))
	return os.WriteFile(name, append(append(head, frames...), sound...), 0o644)
}

func id3(id, body string) string {
	return id + string(be.AppendUint32(nil, uint32(len(body)))) + "\x00\x00" + body
}
