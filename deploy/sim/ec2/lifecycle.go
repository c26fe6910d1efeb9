package ec2

import "slices"

type changeReply struct {
	head
	Changes []changeXML `xml:"instancesSet>item"`
}

type changeXML struct {
	InstanceID string   `xml:"instanceId"`
	Current    stateXML `xml:"currentState"`
	Previous   stateXML `xml:"previousState"`
}

func (s *Server) startInstances(c call) (reply, error) {
	return s.change(c, []string{pending, running, stopped}, "started", s.startAll)
}

func (s *Server) stopInstances(c call) (reply, error) {
	return s.change(c, []string{running, stopping, stopped}, "stopped", func(list []*instance) error {
		for _, i := range list {
			s.stop(i, "Client.UserInitiatedShutdown", "User initiated")
		}
		return nil
	})
}

func (s *Server) terminateInstances(c call) (reply, error) {
	all := []string{pending, running, stopping, stopped, shuttingDown, terminated}
	return s.change(c, all, "terminated", func(list []*instance) error {
		for _, i := range list {
			s.terminate(i, "Client.UserInitiatedShutdown", "User initiated")
		}
		return nil
	})
}

// change runs an effect on all named instances or, when one is in none of the
// allowed states, on none.
func (s *Server) change(c call, allowed []string, verb string, effect func([]*instance) error) (reply, error) {
	list, err := s.named(c)
	if err != nil {
		return nil, err
	}
	out := &changeReply{}
	for _, i := range list {
		if !slices.Contains(allowed, i.State) {
			return nil, badRequest("IncorrectInstanceState",
				"The instance '%s' is not in a state from which it can be %s (it is %s).", i.ID, verb, i.State)
		}
		out.Changes = append(out.Changes, changeXML{InstanceID: i.ID, Previous: stateOf(i.State)})
	}
	if err := effect(list); err != nil {
		return nil, err
	}
	s.settle() // a phase that takes no time is over
	for n, i := range list {
		out.Changes[n].Current = stateOf(i.State)
	}
	return out, nil
}

// named returns the instances of a call that must name at least one, each once.
func (s *Server) named(c call) ([]*instance, error) {
	wanted := c.list("InstanceId")
	if len(wanted) == 0 {
		return nil, missing("InstanceId")
	}
	seen := map[string]bool{}
	var once []string
	for _, id := range wanted {
		if !seen[id] {
			seen[id] = true
			once = append(once, id)
		}
	}
	return s.findAll(c.region, once)
}
