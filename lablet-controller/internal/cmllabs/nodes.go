package cmllabs

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/lablet-cloud-manager/lcm/core/cml"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Node is a node of a lab with its configuration, as far as CML has one.
type Node struct {
	ID             string `json:"id"`
	Label          string `json:"label"`
	NodeDefinition string `json:"node_definition"`
	State          string `json:"state"`
	// Configuration is the main file, empty where the node has none.
	Configuration Configuration `json:"configuration"`
}

// Configuration is a node's main configuration. CML writes it as a text, or as one or a list of named files.
type Configuration string

// UnmarshalJSON takes all forms; of several files the first counts.
func (c *Configuration) UnmarshalJSON(raw []byte) error {
	type file struct {
		Content string `json:"content"`
	}
	var text string
	var one file
	var many []file
	switch {
	case json.Unmarshal(raw, &text) == nil:
	case json.Unmarshal(raw, &one) == nil:
		text = one.Content
	case json.Unmarshal(raw, &many) == nil && len(many) > 0:
		text = many[0].Content
	}
	*c = Configuration(text)
	return nil
}

// Up reports whether the node runs, so that its configuration can be extracted.
func (n Node) Up() bool { return n.State == "BOOTED" || n.State == "STARTED" }

// Nodes lists the nodes of a lab.
func (l *Labs) Nodes(ctx context.Context, lab string) ([]Node, error) {
	var nodes []Node
	_, err := l.cml.Do(ctx, http.MethodGet, cml.Path("labs", lab, "nodes"), url.Values{"data": {"true"}}, nil, &nodes)
	return nodes, err
}

// Extract makes what a running node is configured with now its configuration. Nodes that have none refuse (Invalid).
func (l *Labs) Extract(ctx context.Context, lab, node string) error {
	_, err := l.cml.Do(ctx, http.MethodPut, cml.Path("labs", lab, "nodes", node, "extract_configuration"), nil, nil, nil)
	return err
}

// ConsoleLog gives what the first console of a node has shown.
func (l *Labs) ConsoleLog(ctx context.Context, lab, node string) (string, error) {
	var log string
	_, err := l.cml.Do(ctx, http.MethodGet, cml.Path("labs", lab, "nodes", node, "consoles", "0", "log"), nil, nil, &log)
	return log, err
}

// Download gives the lab file with the present configurations. CML sends it as it is, although it says JSON.
func (l *Labs) Download(ctx context.Context, lab string) ([]byte, error) {
	var text []byte
	if _, err := l.cml.Do(ctx, http.MethodGet, cml.Path("labs", lab, "download"), nil, nil, &text); err != nil {
		return nil, err
	}
	if len(text) == 0 || text[0] != '"' {
		return text, nil
	}
	var quoted string
	if err := json.Unmarshal(text, &quoted); err != nil {
		return nil, failure.Wrap(err, failure.Internal, cml.CodeMalformed, "CML's lab file cannot be read.")
	}
	return []byte(quoted), nil
}
