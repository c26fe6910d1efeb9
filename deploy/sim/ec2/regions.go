package ec2

import "slices"

type regionsReply struct {
	head
	Regions []regionXML `xml:"regionInfo>item"`
}

type regionXML struct {
	Name     string `xml:"regionName"`
	Endpoint string `xml:"regionEndpoint"`
	OptIn    string `xml:"optInStatus"`
}

func (s *Server) describeRegions(c call) (reply, error) {
	known := func(region string) fields {
		return func(name string) ([]string, bool) {
			return []string{region}, name == "region-name"
		}
	}
	filters, err := parseFilters(c.params, known(""))
	if err != nil {
		return nil, err
	}
	wanted := c.list("RegionName")
	for _, name := range wanted {
		if !slices.Contains(s.cfg.Regions, name) {
			return nil, invalidValue("Invalid region name: %s", name)
		}
	}
	out := &regionsReply{}
	for _, name := range s.cfg.Regions {
		if (len(wanted) == 0 || slices.Contains(wanted, name)) && matchAll(filters, known(name)) {
			out.Regions = append(out.Regions, regionXML{name, "ec2." + name + ".amazonaws.com", "opt-in-not-required"})
		}
	}
	return out, nil
}
