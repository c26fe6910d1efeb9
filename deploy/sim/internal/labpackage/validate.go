package labpackage

import (
	"encoding/xml"
	"fmt"
	"path"
	"strings"
)

// content is what of content.xml matters to a delivery system that loads it.
type content struct {
	XMLName  xml.Name `xml:"lab_content"`
	Sections []string `xml:"sections>section"`
}

// Validate checks what a candidate would be shown: content.xml and each section
// that it names must be there and well formed.
func (p *Package) Validate() error {
	name, raw, err := p.Named("content.xml")
	if err != nil {
		return err
	}
	var c content
	if err := xml.Unmarshal(raw, &c); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, section := range c.Sections {
		file := path.Join(path.Dir(name), strings.TrimSpace(section))
		raw, err := p.At(file)
		if err != nil {
			return err
		}
		var tree struct{}
		if err := xml.Unmarshal(raw, &tree); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	_, err = p.Meta()
	return err
}
