package ec2

import (
	"regexp"
	"slices"
	"strings"
)

const maxFilters = 50

// filter is one Filter of a request; patterns hold `*` and `?`.
type filter struct {
	name     string
	patterns []*regexp.Regexp
}

// fields looks up the values that a filter name stands for; ok is false when
// there is no such filter.
type fields func(name string) (values []string, ok bool)

// parseFilters reads the filters and refuses names that known does not have.
func parseFilters(p params, known fields) ([]filter, error) {
	members := p.each("Filter")
	if len(members) > maxFilters {
		return nil, badRequest("FilterLimitExceeded", "At most %d filters are allowed", maxFilters)
	}
	out := make([]filter, 0, len(members))
	for _, m := range members {
		f := filter{name: m.get("Name")}
		if _, ok := known(f.name); !ok {
			return nil, invalidValue("The filter '%s' is invalid", f.name)
		}
		values := m.list("Value")
		if len(values) == 0 {
			return nil, invalidValue("The filter '%s' has no value", f.name)
		}
		for _, v := range values {
			f.patterns = append(f.patterns, pattern(v))
		}
		out = append(out, f)
	}
	return out, nil
}

func pattern(v string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(v)
	quoted = strings.ReplaceAll(quoted, `\*`, `.*`)
	quoted = strings.ReplaceAll(quoted, `\?`, `.`)
	return regexp.MustCompile(`(?s)^` + quoted + `$`)
}

// matchAll tells whether each filter matches one of its values.
func matchAll(filters []filter, of fields) bool {
	for _, f := range filters {
		values, _ := of(f.name)
		hit := slices.ContainsFunc(values, func(v string) bool {
			return slices.ContainsFunc(f.patterns, func(p *regexp.Regexp) bool { return p.MatchString(v) })
		})
		if !hit {
			return false
		}
	}
	return true
}

// instanceFields are the filters of DescribeInstances.
func instanceFields(i *instance) fields {
	return func(name string) ([]string, bool) {
		if key, ok := strings.CutPrefix(name, "tag:"); ok {
			v, has := i.Tags[key]
			if !has {
				return nil, true
			}
			return []string{v}, true
		}
		switch name {
		case "image-id":
			return []string{i.ImageID}, true
		case "instance-id":
			return []string{i.ID}, true
		case "instance-state-name":
			return []string{i.State}, true
		case "instance-type":
			return []string{i.InstanceType}, true
		case "client-token":
			return []string{i.ClientToken}, true
		case "availability-zone":
			return []string{i.Zone}, true
		case "private-ip-address":
			return []string{i.PrivateIP}, true
		case "ip-address":
			return []string{i.PublicIP}, true
		case "tag-key":
			return sortedKeys(i.Tags), true
		}
		return nil, false
	}
}
