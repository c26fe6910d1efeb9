package grading

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
)

// ruleset is how a part is graded and scored.
type ruleset struct {
	XMLName xml.Name `json:"-" xml:"ruleset"`
	ID      string   `json:"id" xml:"id"`
	Grading toolkit  `json:"grading" xml:"grading"`
	Scoring scoring  `json:"scoring" xml:"scoring"`
}

type toolkit struct {
	Metadata map[string]any `json:"packageMetadata" xml:"-"`
	Guide    guide          `json:"guide" xml:"guide"`
	Rules    rules          `json:"ruleset" xml:"ruleset"`
}

type guide struct {
	Checksum *string           `json:"checksum" xml:"checksum"`
	Files    map[string]string `json:"files" xml:"-"`
}

type scoring struct {
	Version     int  `json:"version" xml:"version"`
	RereadScore *int `json:"rereadScore" xml:"rereadScore"`
	CutScore    *int `json:"cutScore" xml:"cutScore"`
	MinScore    *int `json:"minScore" xml:"minScore"`
}

type rules struct {
	Checksum string    `json:"checksum" xml:"checksum"`
	Lab      labTitle  `json:"lab" xml:"lab"`
	Sections []section `json:"sections" xml:"sections>section"`
}

type labTitle struct {
	Title   string `json:"title" xml:"title,attr"`
	Version string `json:"version" xml:"version,attr"`
}

type section struct {
	Index       int    `json:"index" xml:"index,attr"`
	Mode        string `json:"mode,omitempty" xml:"mode,attr,omitempty"`
	Description string `json:"description,omitempty" xml:"description,attr,omitempty"`
	Domain      string `json:"domain,omitempty" xml:"domain,attr,omitempty"`
	Points      int    `json:"points" xml:"points,attr"`
	Items       []item `json:"items" xml:"subsection"`
}

type item struct {
	ID          string `json:"id,omitempty" xml:"id,attr,omitempty"`
	Index       int    `json:"index" xml:"index,attr"`
	Description string `json:"description,omitempty" xml:"description,attr,omitempty"`
	Domain      string `json:"domain,omitempty" xml:"domain,attr,omitempty"`
	FieldTest   bool   `json:"fieldTest" xml:"fieldTest,attr,omitempty"`
	Points      int    `json:"points" xml:"points,attr"`
	Rules       []rule `json:"rules" xml:"verify"`
}

// rule is one check; the tags say how grade.xml names its attributes.
type rule struct {
	Subject       string `json:"subject,omitempty" xml:"subject,attr,omitempty"`
	Device        string `json:"device,omitempty" xml:"device,attr,omitempty"`
	Command       string `json:"command,omitempty" xml:"command,attr,omitempty"`
	Match         string `json:"match,omitempty" xml:"match,attr,omitempty"`
	Regex         string `json:"regex,omitempty" xml:"regexp,attr,omitempty"`
	Status        string `json:"status,omitempty" xml:"status,attr,omitempty"`
	Mode          string `json:"mode,omitempty" xml:"mode,attr,omitempty"`
	Output        string `json:"output,omitempty" xml:"out,attr,omitempty"`
	Set           string `json:"set,omitempty" xml:"set,attr,omitempty"`
	If            string `json:"if,omitempty" xml:"if,attr,omitempty"`
	Timeout       string `json:"timeout,omitempty" xml:"timeout,attr,omitempty"`
	IssueReplace  string `json:"issueReplace,omitempty" xml:"issue_replace,attr,omitempty"`
	SuppressIssue bool   `json:"suppressIssue" xml:"suppressIssue,attr,omitempty"`
	Points        int    `json:"points" xml:"points,attr,omitempty"`
	Force         bool   `json:"force" xml:"force,attr,omitempty"`
}

// readRules reads grade.xml.
func readRules(raw []byte) (rules, error) {
	var tree struct {
		XMLName  xml.Name  `xml:"grading-rules"`
		Lab      labTitle  `xml:"lab"`
		Sections []section `xml:"section"`
	}
	if err := xml.Unmarshal(raw, &tree); err != nil {
		return rules{}, fmt.Errorf("grade.xml: %w", err)
	}
	sum := sha256.Sum256(raw)
	return rules{Checksum: hex.EncodeToString(sum[:]), Lab: tree.Lab, Sections: tree.Sections}, nil
}

// points is the maximum of a section: what it says or what its items add up to.
func (s section) points() int {
	if s.Points > 0 {
		return s.Points
	}
	total := 0
	for _, i := range s.Items {
		total += i.Points
	}
	return total
}

func (r rules) points() int {
	total := 0
	for _, s := range r.Sections {
		total += s.points()
	}
	return total
}
