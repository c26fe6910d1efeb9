package instance

import (
	"context"
	"fmt"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/cml"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
)

const (
	codeNothingCollected = "nothing_collected"
	// nodesAtOnce is how many nodes of a lab are asked at a time.
	nodesAtOnce = 4
	// maxLog bounds what is kept of a console's log, from its end; maxEvidence what is kept in all. In bytes.
	maxLog      = 1 << 20
	maxEvidence = 64 << 20
)

// evidence is what was taken out of a lab.
type evidence struct {
	lab      string
	topology []byte
	nodes    []nodeEvidence
}

// nodeEvidence is what one node gave; a part that could not be had says why.
type nodeEvidence struct {
	node                      cmllabs.Node
	extractError, logError    string
	configuration, consoleLog string
}

// gather extracts the configuration of each node, and reads console logs and the lab file. What one node refuses is noted
// and does not hold up the rest; a CML that does not answer does.
func gather(ctx context.Context, labs LabContent, lab string) (*evidence, error) {
	nodes, err := labs.Nodes(ctx, lab)
	if err != nil {
		return nil, err
	}
	e := &evidence{lab: lab, nodes: make([]nodeEvidence, len(nodes))}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(nodesAtOnce)
	for i, node := range nodes {
		group.Go(func() (err error) {
			e.nodes[i], err = ask(inner, labs, lab, node)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if err := e.read(ctx, labs); err != nil {
		return nil, err
	}
	if !e.hasAny() {
		return nil, failure.New(failure.Invalid, codeNothingCollected, "None of the lab's %d nodes gave a configuration or a console log.", len(nodes))
	}
	return e, nil
}

func ask(ctx context.Context, labs LabContent, lab string, node cmllabs.Node) (nodeEvidence, error) {
	n := nodeEvidence{node: node}
	if !node.Up() {
		n.extractError, n.logError = "the node does not run", "the node does not run"
		return n, nil
	}
	var err error
	if n.extractError, err = refusal(labs.Extract(ctx, lab, node.ID)); err != nil {
		return n, err
	}
	log, err := labs.ConsoleLog(ctx, lab, node.ID)
	if n.logError, err = refusal(err); err != nil {
		return n, err
	}
	n.consoleLog = log[max(0, len(log)-maxLog):]
	return n, nil
}

// refusal tells what a node said no with; an error that is no answer about the node stays one. CML also fails (500) when it
// cannot talk to a node: the others must not wait for that.
func refusal(err error) (string, error) {
	if failure.CodeOf(err) == cml.CodeError {
		return cml.CodeError, nil
	}
	switch failure.KindOf(err) {
	case failure.Invalid, failure.NotFound, failure.Conflict:
		return failure.CodeOf(err), nil
	default:
		return "", err
	}
}

// read takes what the extraction has led to: the nodes' configurations and the lab file with them.
func (e *evidence) read(ctx context.Context, labs LabContent) error {
	nodes, err := labs.Nodes(ctx, e.lab)
	if err != nil {
		return err
	}
	configurations := make(map[string]string, len(nodes))
	for _, node := range nodes {
		configurations[node.ID] = string(node.Configuration)
	}
	size := 0
	for i := range e.nodes {
		n := &e.nodes[i]
		n.configuration = configurations[n.node.ID]
		size += len(n.configuration) + len(n.consoleLog)
	}
	if e.topology, err = labs.Download(ctx, e.lab); err != nil {
		return err
	}
	if size+len(e.topology) > maxEvidence {
		return failure.New(failure.TooLarge, "evidence_too_large", "The lab's evidence has more than %d bytes.", maxEvidence)
	}
	return nil
}

// hasAny reports whether anything was extracted, rather than only what the lab was imported with.
func (e *evidence) hasAny() bool {
	for _, n := range e.nodes {
		if n.extractError == "" || n.consoleLog != "" {
			return true
		}
	}
	return false
}

func (e *evidence) extracted() int {
	count := 0
	for _, n := range e.nodes {
		if n.extractError == "" {
			count++
		}
	}
	return count
}

func (e *evidence) summary() map[string]string {
	return map[string]string{"nodes": strconv.Itoa(len(e.nodes)), "extracted": strconv.Itoa(e.extracted())}
}

func (e *evidence) message() string {
	return fmt.Sprintf("The configurations of %d of %d nodes were extracted and stored.", e.extracted(), len(e.nodes))
}
