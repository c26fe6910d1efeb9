package ec2

// startAll starts those that are stopped, all or, for want of room or
// addresses, none.
func (s *Server) startAll(list []*instance) error {
	before := make(map[*instance]instance, len(list))
	for _, i := range list {
		if i.State != stopped {
			continue
		}
		before[i] = *i
		if err := s.start(i); err != nil {
			for changed, was := range before {
				*changed = was
			}
			return err
		}
	}
	return nil
}

func (s *Server) start(i *instance) error {
	if _, err := s.room(i.Region, i.Zone, i.InstanceType, 1, 1); err != nil {
		return err
	}
	public, err := s.takePublic()
	if err != nil {
		return err
	}
	now := s.kit.Clock.Now()
	i.enter(pending, now)
	i.PublicIP, i.LaunchedAt, i.Reason, i.Checks = public, now, reason{}, checks{}
	return nil
}

func (s *Server) stop(i *instance, code, message string) {
	if i.State != running {
		return
	}
	now := s.kit.Clock.Now()
	i.enter(stopping, now)
	i.why(code, code+": "+message, now)
}

func (s *Server) terminate(i *instance, code, message string) {
	if i.gone() {
		return
	}
	now := s.kit.Clock.Now()
	i.enter(shuttingDown, now)
	i.why(code, code+": "+message, now)
}
