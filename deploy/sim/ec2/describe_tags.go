package ec2

import "strings"

type tagsReply struct {
	head
	Tags      []tagItemXML `xml:"tagSet>item"`
	NextToken string       `xml:"nextToken,omitempty"`
}

type tagItemXML struct {
	ResourceID   string `xml:"resourceId"`
	ResourceType string `xml:"resourceType"`
	Key          string `xml:"key"`
	Value        string `xml:"value"`
	serial       int
}

func (s *Server) describeTags(c call) (reply, error) {
	filters, err := parseFilters(c.params, tagItemXML{}.fields)
	if err != nil {
		return nil, err
	}
	p, err := parsePage(c.params, 5)
	if err != nil {
		return nil, err
	}
	var hits []tagItemXML
	for _, item := range s.allTags(c.region) {
		if matchAll(filters, item.fields) {
			hits = append(hits, item)
		}
	}
	part, next := cut(hits, func(t tagItemXML) int { return t.serial }, p)
	return &tagsReply{Tags: part, NextToken: next}, nil
}

// allTags lists the tags of a region in a stable order.
func (s *Server) allTags(region string) []tagItemXML {
	var out []tagItemXML
	add := func(id, kind string, tags map[string]string) {
		for _, k := range sortedKeys(tags) {
			out = append(out, tagItemXML{id, kind, k, tags[k], len(out) + 1})
		}
	}
	for _, i := range s.st.sorted() {
		if i.Region != region || !s.listed(i) {
			continue
		}
		add(i.ID, kindInstance, i.Tags)
		for _, v := range i.Volumes {
			if i.State != terminated {
				add(v.ID, kindVolume, v.Tags)
			}
		}
	}
	return out
}

// fields are the filters of DescribeTags.
func (t tagItemXML) fields(name string) ([]string, bool) {
	if key, ok := strings.CutPrefix(name, "tag:"); ok {
		if key != t.Key {
			return nil, true
		}
		return []string{t.Value}, true
	}
	switch name {
	case "resource-id":
		return []string{t.ResourceID}, true
	case "resource-type":
		return []string{t.ResourceType}, true
	case "key":
		return []string{t.Key}, true
	case "value":
		return []string{t.Value}, true
	}
	return nil, false
}
