package labrecord

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Topology is a lab file: a blob named by its hash, and what was read from it.
type Topology struct {
	Hash               string   `json:"topology_checksum,omitempty"`
	NodeCount          int      `json:"node_count,omitempty"`
	LinkCount          int      `json:"link_count,omitempty"`
	ExternalInterfaces []string `json:"external_interfaces,omitempty"`
}

// Revision is one state of the topology.
type Revision struct {
	Number           int       `json:"revision"`
	Checksum         string    `json:"topology_checksum"`
	PreviousChecksum string    `json:"previous_checksum,omitempty"`
	ChangeSummary    string    `json:"change_summary,omitempty"`
	NodeCount        int       `json:"node_count"`
	LinkCount        int       `json:"link_count"`
	CreatedBy        string    `json:"created_by"`
	CreatedAt        time.Time `json:"created_at"`
}

// Revise takes the topology that was read; another one than the last makes a new revision. It tells whether it did. Codes:
// lab_terminal.
func (l *LabRecord) Revise(t Topology, summary string, act parts.Act) (bool, error) {
	if l.Topology.Hash == t.Hash {
		return false, nil
	}
	if l.Terminal() {
		return false, l.over()
	}
	l.revise(t, summary, act)
	return true, nil
}

func (l *LabRecord) revise(t Topology, summary string, act parts.Act) {
	before := l.Topology.Hash
	l.Revision++
	l.Topology, l.UpdatedAt = t, act.At
	l.Revisions = last(append(l.Revisions, Revision{
		Number: l.Revision, Checksum: t.Hash, PreviousChecksum: before, ChangeSummary: summary, NodeCount: t.NodeCount, LinkCount: t.LinkCount,
		CreatedBy: act.By, CreatedAt: act.At,
	}), maxRevisions)
	l.Raise(EventRevisionCreated, revisionCreated{
		base: l.base(), Revision: l.Revision, TopologyChecksum: t.Hash, PreviousChecksum: before, ChangeSummary: summary,
		NodeCount: t.NodeCount, LinkCount: t.LinkCount, CreatedAt: act.At,
	})
}

// Blobs names the lab files that the record refers to: those of its revisions that it still knows.
func (l *LabRecord) Blobs() []string {
	var hashes []string
	if l.Topology.Hash != "" {
		hashes = append(hashes, l.Topology.Hash)
	}
	for _, r := range l.Revisions {
		hashes = append(hashes, r.Checksum)
	}
	return hashes
}
