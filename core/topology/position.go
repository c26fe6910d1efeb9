package topology

import (
	"bytes"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// positions turns the parser's lines and columns, which count characters, into byte offsets.
type positions struct {
	text  []byte
	lines []int // offset of the beginning of each line
}

func newPositions(text []byte) *positions {
	start := 0
	if bytes.HasPrefix(text, []byte("\uFEFF")) {
		start = 3
	}
	p := &positions{text: text, lines: []int{start}}
	for i := start; i < len(text); {
		width := breakWidth(text[i:])
		i += max(1, width)
		if width > 0 {
			p.lines = append(p.lines, i)
		}
	}
	return p
}

// breakWidth is the length of the line break that text begins with, 0 when it begins with none. Besides CR and LF the
// parser counts NEL, LS and PS.
func breakWidth(text []byte) int {
	switch {
	case text[0] == '\n':
		return 1
	case text[0] == '\r':
		if len(text) > 1 && text[1] == '\n' {
			return 2
		}
		return 1
	case text[0] < utf8.RuneSelf:
		return 0
	case bytes.HasPrefix(text, []byte("\u0085")):
		return 2
	case bytes.HasPrefix(text, []byte("\u2028")) || bytes.HasPrefix(text, []byte("\u2029")):
		return 3
	default:
		return 0
	}
}

// offset is where a node begins, its anchor and tag passed over; ok is false where the position is not in the text.
func (p *positions) offset(node *yaml.Node) (offset int, ok bool) {
	if node.Line < 1 || node.Line > len(p.lines) {
		return 0, false
	}
	offset = p.lines[node.Line-1]
	for range node.Column - 1 {
		if offset >= len(p.text) {
			return 0, false
		}
		_, width := utf8.DecodeRune(p.text[offset:])
		offset += width
	}
	for offset < len(p.text) && (p.text[offset] == '&' && node.Anchor != "" || p.text[offset] == '!' && node.Style&yaml.TaggedStyle != 0) {
		offset = skip(p.text, offset, func(c byte) bool { return !isSpace(c) })
		offset = skip(p.text, offset, isSpace)
	}
	return offset, offset < len(p.text)
}

// indent is the blank that puts text below a node into the same column.
func (p *positions) indent(node *yaml.Node) string {
	return string(bytes.Repeat([]byte(" "), max(0, node.Column-1)))
}

// lineBreak is the break that the line of a node ends with.
func (p *positions) lineBreak(node *yaml.Node) string {
	if node.Line < len(p.lines) && bytes.HasSuffix(p.text[:p.lines[node.Line]], []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

func skip(text []byte, offset int, while func(byte) bool) int {
	for offset < len(text) && while(text[offset]) {
		offset++
	}
	return offset
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
