package topology

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"
)

// extent finds where a scalar begins and ends in the text, quotes included.
func (p *positions) extent(node *yaml.Node) (from, to int, err error) {
	from, ok := p.offset(node)
	if ok {
		to, ok = p.end(node, from)
	}
	if !ok {
		return 0, 0, invalid(node.Line, "cannot tell where %q ends", node.Value)
	}
	return from, to, nil
}

func (p *positions) end(node *yaml.Node, from int) (int, bool) {
	switch {
	case node.Style&yaml.DoubleQuotedStyle != 0:
		return quotedEnd(p.text, from, '"', '\\')
	case node.Style&yaml.SingleQuotedStyle != 0:
		return quotedEnd(p.text, from, '\'', '\'')
	case node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		header := skip(p.text, from, func(c byte) bool { return c != '\n' && c != '\r' })
		return wordsEnd(p.text, header, node.Value)
	default:
		return wordsEnd(p.text, from, node.Value)
	}
}

// quotedEnd finds the end of a quoted scalar; a quote after escape does not close it. In single quotes the quote is its
// own escape.
func quotedEnd(text []byte, from int, quote, escape byte) (int, bool) {
	if text[from] != quote {
		return 0, false
	}
	for i := from + 1; i < len(text); i++ {
		switch {
		case text[i] == escape && (escape != quote || i+1 < len(text) && text[i+1] == quote):
			i++
		case text[i] == quote:
			return i + 1, true
		}
	}
	return 0, false
}

// wordsEnd matches the words of a value, whatever white space and line breaks stand between them.
func wordsEnd(text []byte, from int, value string) (int, bool) {
	end := from
	for _, word := range strings.Fields(value) {
		at := skip(text, end, isSpace)
		if !bytes.HasPrefix(text[at:], []byte(word)) {
			return 0, false
		}
		end = at + len(word)
	}
	return end, true
}
