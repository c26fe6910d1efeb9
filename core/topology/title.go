package topology

import (
	"strconv"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// MaxTitle is how many characters CML takes for a title.
const MaxTitle = 64

// SetTitle gives the lab another title; all other bytes stay.
func SetTitle(text []byte, title string) ([]byte, error) {
	if !utf8.ValidString(title) || title == "" || utf8.RuneCountInString(title) > MaxTitle {
		return nil, failure.New(failure.Invalid, "title_invalid", "a title has 1 to %d characters", MaxTitle)
	}
	f, err := open(text)
	if err != nil {
		return nil, err
	}
	lab, err := fields(f.lab.value, "the section lab")
	if err != nil {
		return nil, err
	}
	editor := newEditor(f)
	if err := editor.changeable(f.lab.value, lab["title"].value); err != nil {
		return nil, err
	}
	written := strconv.Quote(title)
	present, has := lab["title"]
	switch {
	case !has:
		err = editor.addField(f.lab.value, "title", written, newText(title))
	case isNull(present.value):
		if err = editor.fill(&present, written); err == nil {
			*present.value = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: title}
		}
	default:
		err = editor.replace(present.value, title, written)
	}
	if err != nil {
		return nil, err
	}
	return editor.apply()
}
