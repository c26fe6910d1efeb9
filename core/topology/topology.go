// Package topology reads CML lab files: it validates them, counts what they need, derives the ports from the node tags
// and puts allocated port numbers into the tags. Changes are spliced into the text, the rest stays byte for byte.
package topology

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// MaxBytes is the largest lab file that is read.
const MaxBytes = 4 << 20

// CodeInvalid is the code of every failure of this package that is the file's fault.
const CodeInvalid = "invalid_topology"

// Topology is a lab file that CML would take.
type Topology struct {
	// Version is the schema version, such as 0.3.0.
	Version string
	Title   string
	Nodes   []Node
	Links   int
	// Hash is the SHA-256 of the text in hex.
	Hash string
}

// Node is a node of a lab.
type Node struct {
	// ID is the id within the file, such as n0; CML gives the node another one when it imports the file.
	ID              string
	Label           string
	NodeDefinition  string
	ImageDefinition string
	// CPUs, RAM (MiB), DataVolume and BootDiskSize (GB) are 0 where the file leaves them to the node definition.
	CPUs         int
	RAM          int
	DataVolume   int
	BootDiskSize int
	Tags         []string
	Interfaces   []string
}

// Parse reads and validates a lab file. A failure is of kind Invalid (TooLarge beyond MaxBytes), tells the line, and may
// be shown to whoever sent the file.
func Parse(text []byte) (*Topology, error) {
	f, err := open(text)
	if err != nil {
		return nil, err
	}
	return f.topology, nil
}

// Hash is the SHA-256 of a lab file in hex.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// NodeDefinitions lists the node definitions that the lab uses, sorted, each once.
func (t *Topology) NodeDefinitions() []string {
	return t.collect(func(n *Node) string { return n.NodeDefinition })
}

// ImageDefinitions lists the image definitions that the lab names, sorted, each once.
func (t *Topology) ImageDefinitions() []string {
	return t.collect(func(n *Node) string { return n.ImageDefinition })
}

// AMIRequirement is what a worker's CML must have for this lab.
func (t *Topology) AMIRequirement() resource.AMIRequirement {
	return resource.AMIRequirement{NodeDefinitionsRequired: t.NodeDefinitions(), ImageDefinitionsRequired: t.ImageDefinitions()}
}

func (t *Topology) collect(of func(*Node) string) []string {
	var all []string
	for i := range t.Nodes {
		if id := of(&t.Nodes[i]); id != "" {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// invalid is a failure at a line of the file.
func invalid(line int, message string, args ...any) error {
	return failure.New(failure.Invalid, CodeInvalid, "line %d: "+message, append([]any{line}, args...)...)
}
