package instance

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/topology"
)

// manifest is the table of contents of an evidence package.
type manifest struct {
	InstanceID        string         `json:"instance_id"`
	Attempt           int            `json:"attempt"`
	DefinitionID      string         `json:"definition_id"`
	DefinitionName    string         `json:"definition_name"`
	DefinitionVersion string         `json:"definition_version"`
	WorkerID          string         `json:"worker_id"`
	LabID             string         `json:"lab_id"`
	CollectedAt       time.Time      `json:"collected_at"`
	Nodes             []manifestNode `json:"nodes"`
	Files             []manifestFile `json:"files"`
}

type manifestNode struct {
	ID             string `json:"id"`
	Label          string `json:"label"`
	NodeDefinition string `json:"node_definition"`
	State          string `json:"state"`
	// The errors tell why a part is missing.
	ExtractError    string `json:"extract_error,omitempty"`
	ConsoleLogError string `json:"console_log_error,omitempty"`
}

type manifestFile struct {
	Path   string `json:"path"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// packer writes the files of a package and notes them in its manifest.
type packer struct {
	zip      *zip.Writer
	at       time.Time
	manifest manifest
}

// pack makes a zip with a manifest that names each file with its hash.
func (e *evidence) pack(i readmodel.Instance, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	p := &packer{zip: zip.NewWriter(&out), at: at.UTC(), manifest: manifest{
		InstanceID: i.ID, Attempt: i.Attempt, DefinitionID: i.DefinitionID, DefinitionName: i.DefinitionName,
		DefinitionVersion: i.DefinitionVersion, WorkerID: i.WorkerID, LabID: e.lab, CollectedAt: at.UTC(),
	}}
	if err := p.add("topology.yaml", e.topology); err != nil {
		return nil, err
	}
	for _, n := range e.nodes {
		if err := p.node(n); err != nil {
			return nil, err
		}
	}
	text, err := json.MarshalIndent(p.manifest, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("evidence manifest: %w", err)
	}
	if err := p.write("manifest.json", text); err != nil {
		return nil, err
	}
	if err := p.zip.Close(); err != nil {
		return nil, fmt.Errorf("evidence package: %w", err)
	}
	return out.Bytes(), nil
}

func (p *packer) node(n nodeEvidence) error {
	p.manifest.Nodes = append(p.manifest.Nodes, manifestNode{
		ID: n.node.ID, Label: n.node.Label, NodeDefinition: n.node.NodeDefinition, State: n.node.State,
		ExtractError: n.extractError, ConsoleLogError: n.logError,
	})
	// Labels need not be unique once they are fit for a path; ids are.
	folder := fmt.Sprintf("nodes/%s_%s/", topology.SafeLabel(n.node.Label), topology.SafeLabel(n.node.ID))
	if n.configuration != "" {
		if err := p.add(folder+"configuration.txt", []byte(n.configuration)); err != nil {
			return err
		}
	}
	if n.consoleLog == "" {
		return nil
	}
	return p.add(folder+"console.log", []byte(n.consoleLog))
}

func (p *packer) add(path string, content []byte) error {
	sum := sha256.Sum256(content)
	p.manifest.Files = append(p.manifest.Files, manifestFile{Path: path, Bytes: len(content), SHA256: hex.EncodeToString(sum[:])})
	return p.write(path, content)
}

func (p *packer) write(path string, content []byte) error {
	file, err := p.zip.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Deflate, Modified: p.at})
	if err != nil {
		return fmt.Errorf("evidence %s: %w", path, err)
	}
	if _, err := file.Write(content); err != nil {
		return fmt.Errorf("evidence %s: %w", path, err)
	}
	return nil
}
