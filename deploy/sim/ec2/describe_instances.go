package ec2

import "regexp"

var instanceID = regexp.MustCompile(`^i-[0-9a-f]{8,17}$`)

type describeReply struct {
	head
	Reservations []reservationXML `xml:"reservationSet>item"`
	NextToken    string           `xml:"nextToken,omitempty"`
}

func (s *Server) describeInstances(c call) (reply, error) {
	part, next, err := s.selected(c, instanceFields, func(*instance) bool { return true })
	if err != nil {
		return nil, err
	}
	out := &describeReply{NextToken: next}
	for begin := 0; begin < len(part); {
		end := begin + 1
		for end < len(part) && part[end].Reservation == part[begin].Reservation {
			end++
		}
		out.Reservations = append(out.Reservations, s.reservation(part[begin:end]))
		begin = end
	}
	return out, nil
}

// selected returns the page of the instances of a region that the ids, the
// filters and keep name, in the order of their making.
func (s *Server) selected(c call, of func(*instance) fields, keep func(*instance) bool) ([]*instance, string, error) {
	filters, err := parseFilters(c.params, of(&instance{}))
	if err != nil {
		return nil, "", err
	}
	wanted := c.list("InstanceId")
	if len(wanted) > 0 && c.has("MaxResults") {
		return nil, "", badRequest("InvalidParameterCombination", "The parameter instancesSet cannot be used with the parameter maxResults")
	}
	p, err := parsePage(c.params, 5)
	if err != nil {
		return nil, "", err
	}
	named, err := s.findAll(c.region, wanted)
	if err != nil {
		return nil, "", err
	}
	among := make(map[string]bool, len(named))
	for _, i := range named {
		among[i.ID] = true
	}
	var hits []*instance
	for _, i := range s.st.sorted() {
		here := i.Region == c.region && s.listed(i) && (len(wanted) == 0 || among[i.ID])
		if here && keep(i) && matchAll(filters, of(i)) {
			hits = append(hits, i)
		}
	}
	part, next := cut(hits, func(i *instance) int { return i.Seq }, p)
	return part, next, nil
}
