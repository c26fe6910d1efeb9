package labs

// file is a topology file, YAML or JSON.
type file struct {
	Lab         fileLab      `json:"lab" yaml:"lab"`
	Nodes       []fileNode   `json:"nodes" yaml:"nodes"`
	Links       []fileLink   `json:"links" yaml:"links"`
	Annotations []fileShape  `json:"annotations" yaml:"annotations"`
	Smart       []*fileSmart `json:"smart_annotations" yaml:"smart_annotations"`
}

// fileShape is an annotation; which keys it has depends on its type.
type fileShape = map[string]any

type fileLab struct {
	Description string `json:"description" yaml:"description"`
	Notes       string `json:"notes" yaml:"notes"`
	// Timestamp is written by the oldest versions only.
	Timestamp any    `json:"timestamp,omitempty" yaml:"timestamp,omitempty"`
	Title     string `json:"title" yaml:"title"`
	Version   string `json:"version" yaml:"version"`
}

// nodeSpec is what the author of a lab says about a node. A nil figure stands
// for the node definition's default.
type nodeSpec struct {
	X          int     `json:"x" yaml:"x"`
	Y          int     `json:"y" yaml:"y"`
	Label      string  `json:"label" yaml:"label"`
	Definition string  `json:"node_definition" yaml:"node_definition"`
	Image      *string `json:"image_definition" yaml:"image_definition"`
	// RAM is in MiB, CPULimit in percent, DataVolume and BootDisk in GB.
	RAM        *int           `json:"ram" yaml:"ram"`
	CPUs       *int           `json:"cpus" yaml:"cpus"`
	CPULimit   *int           `json:"cpu_limit" yaml:"cpu_limit"`
	DataVolume *int           `json:"data_volume" yaml:"data_volume"`
	BootDisk   *int           `json:"boot_disk_size" yaml:"boot_disk_size"`
	HideLinks  *bool          `json:"hide_links" yaml:"hide_links"`
	Tags       []string       `json:"tags" yaml:"tags"`
	Parameters map[string]any `json:"parameters" yaml:"parameters"`
	// Configuration is a string, a list of {name, content}, one of those, or nil.
	Configuration any `json:"configuration" yaml:"configuration"`
}

// filled has no nil lists: the interface knows none.
func (n nodeSpec) filled() nodeSpec {
	if n.Tags == nil {
		n.Tags = []string{}
	}
	if n.Parameters == nil {
		n.Parameters = map[string]any{}
	}
	return n
}

type fileNode struct {
	nodeSpec   `yaml:",inline"`
	ID         string          `json:"id" yaml:"id"`
	Interfaces []fileInterface `json:"interfaces" yaml:"interfaces"`
}

type fileInterface struct {
	ID    string  `json:"id" yaml:"id"`
	Label string  `json:"label" yaml:"label"`
	MAC   *string `json:"mac_address" yaml:"mac_address"`
	Slot  *int    `json:"slot" yaml:"slot,omitempty"`
	Type  string  `json:"type" yaml:"type"`
}

type fileLink struct {
	ID        string         `json:"id" yaml:"id"`
	N1        string         `json:"n1" yaml:"n1"`
	N2        string         `json:"n2" yaml:"n2"`
	I1        string         `json:"i1" yaml:"i1"`
	I2        string         `json:"i2" yaml:"i2"`
	Condition map[string]any `json:"conditioning" yaml:"conditioning"`
	Label     string         `json:"label" yaml:"label"`
}
