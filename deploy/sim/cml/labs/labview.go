package labs

import (
	"maps"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
)

// labView is a lab without its topology.
func (s *Set) labView(lab *Lab) map[string]any {
	return map[string]any{
		"id": lab.ID, "created": lab.Created, "modified": lab.Modified, "lab_title": lab.Head.Title,
		"lab_description": lab.Head.Description, "lab_notes": lab.Head.Notes,
		"owner": system.AdminID, "owner_username": s.env.Username, "owner_fullname": "",
		"state": s.labState(lab), "node_count": len(lab.Nodes), "link_count": len(lab.Links),
		"groups":                append([]any{}, lab.Groups...),
		"effective_permissions": []string{"lab_admin", "lab_edit", "lab_exec", "lab_view"},
	}
}

// tileView is a lab with its topology as the dashboard shows it.
func (s *Set) tileView(lab *Lab) map[string]any {
	phases := s.phases(lab)
	exclude := true
	nodes, links := []any{}, []any{}
	for _, n := range lab.Nodes {
		nodes = append(nodes, s.nodeView(lab, n, shape{Exclude: &exclude}))
	}
	for _, link := range lab.Links {
		links = append(links, s.linkView(lab, link, phases))
	}
	view := s.labView(lab)
	view["topology"] = map[string]any{
		"nodes": nodes, "links": links, "annotations": lab.annotationViews(), "smart_annotations": append([]*smart{}, lab.Smart...),
	}
	return view
}

// topologyView is the JSON twin of the topology file, with UUIDs as ids.
func (s *Set) topologyView(lab *Lab, exclude *bool) map[string]any {
	phases := s.phases(lab)
	nodes, links := []any{}, []any{}
	for _, n := range lab.Nodes {
		view := s.specView(n, exclude)
		view["interfaces"] = fileInterfaces(n)
		nodes = append(nodes, view)
	}
	for _, link := range lab.Links {
		view := s.linkView(lab, link, phases)
		view["conditioning"] = maps.Clone(link.condition())
		links = append(links, view)
	}
	return map[string]any{
		"nodes": nodes, "links": links, "annotations": lab.annotationViews(), "smart_annotations": append([]*smart{}, lab.Smart...),
		"lab": map[string]any{
			"version": lab.Head.Version, "title": lab.Head.Title, "description": lab.Head.Description,
			"notes": lab.Head.Notes, "owner": system.AdminID,
		},
	}
}

func fileInterfaces(n *Node) []map[string]any {
	out := []map[string]any{}
	for _, i := range n.Interfaces {
		view := map[string]any{"id": i.ID, "node": n.ID, "label": i.Label, "type": i.Type, "mac_address": i.MAC}
		if i.Slot != nil {
			view["slot"] = *i.Slot
		}
		out = append(out, view)
	}
	return out
}
