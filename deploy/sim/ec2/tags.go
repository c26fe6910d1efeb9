package ec2

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Resource types that have tags.
const (
	kindInstance = "instance"
	kindVolume   = "volume"
)

const maxTags = 50

type tagXML struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

type doneReply struct {
	head
	Return bool `xml:"return"`
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func tagItems(tags map[string]string) []tagXML {
	out := make([]tagXML, 0, len(tags))
	for _, k := range sortedKeys(tags) {
		out = append(out, tagXML{k, tags[k]})
	}
	return out
}

func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return badRequest("TagLimitExceeded", "More than %d tags", maxTags)
	}
	for k, v := range tags {
		n := utf8.RuneCountInString(k)
		if n == 0 || n > 128 || strings.HasPrefix(strings.ToLower(k), "aws:") {
			return invalidValue("Tag key %q is empty, longer than 128 characters or reserved", k)
		}
		if utf8.RuneCountInString(v) > 256 {
			return invalidValue("The value of tag %q is longer than 256 characters", k)
		}
	}
	return nil
}

// createTags sets the tags on all resources or, on error, on none.
func (s *Server) createTags(c call) (reply, error) {
	members := c.each("Tag")
	if len(members) == 0 {
		return nil, missing("Tag")
	}
	owners, err := s.tagged(c)
	if err != nil {
		return nil, err
	}
	merged := make([]map[string]string, len(owners))
	for n, tags := range owners {
		merged[n] = map[string]string{}
		maps.Copy(merged[n], *tags)
		for _, t := range members {
			merged[n][t.get("Key")] = t.get("Value")
		}
		if err := checkTags(merged[n]); err != nil {
			return nil, err
		}
	}
	for n, tags := range owners {
		*tags = merged[n]
	}
	return &doneReply{Return: true}, nil
}

// deleteTags removes the named tags, those with a value only if it is theirs;
// without tags it removes all.
func (s *Server) deleteTags(c call) (reply, error) {
	owners, err := s.tagged(c)
	if err != nil {
		return nil, err
	}
	members := c.each("Tag")
	for _, tags := range owners {
		if len(members) == 0 {
			clear(*tags)
		}
		for _, t := range members {
			key := t.get("Key")
			if !t.has("Value") || (*tags)[key] == t.get("Value") {
				delete(*tags, key)
			}
		}
	}
	return &doneReply{Return: true}, nil
}

// tagged returns the tag sets of the named resources.
func (s *Server) tagged(c call) ([]*map[string]string, error) {
	wanted := c.list("ResourceId")
	if len(wanted) == 0 {
		return nil, missing("ResourceId")
	}
	var out []*map[string]string
	for _, id := range wanted {
		tags, err := s.tagsOf(c.region, id)
		if err != nil {
			return nil, err
		}
		out = append(out, tags)
	}
	return out, nil
}

func (s *Server) tagsOf(region, id string) (*map[string]string, error) {
	if strings.HasPrefix(id, "i-") {
		i, err := s.find(region, id)
		if err != nil {
			return nil, err
		}
		return &i.Tags, nil
	}
	for _, i := range s.st.Instances {
		for n := range i.Volumes {
			if i.Volumes[n].ID == id && i.Region == region && i.State != terminated {
				return &i.Volumes[n].Tags, nil
			}
		}
	}
	return nil, badRequest("InvalidID", "The ID '%s' is not valid", id)
}
