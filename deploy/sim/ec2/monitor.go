package ec2

type monitorReply struct {
	head
	Instances []monitorXML `xml:"instancesSet>item"`
}

type monitorXML struct {
	InstanceID string `xml:"instanceId"`
	State      string `xml:"monitoring>state"`
}

// monitorInstances turns on detailed monitoring: a figure each minute in place
// of each five.
func (s *Server) monitorInstances(c call) (reply, error) {
	list, err := s.named(c)
	if err != nil {
		return nil, err
	}
	for _, i := range list {
		if i.gone() {
			return nil, badRequest("IncorrectState", "The instance '%s' is %s", i.ID, i.State)
		}
	}
	out := &monitorReply{}
	for _, i := range list {
		was := monitoringState(i)
		i.Monitoring = true
		if was == "disabled" {
			was = "pending"
		}
		out.Instances = append(out.Instances, monitorXML{i.ID, was})
	}
	return out, nil
}
