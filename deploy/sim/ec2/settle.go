package ec2

import "time"

const (
	// shownFor is how long a terminated instance is still listed.
	shownFor = time.Hour
	// keptFor is how long its client token still answers for it.
	keptFor = shownFor + 24*time.Hour
)

// settle ends the phases whose time has passed and drops what is long gone; it
// reports whether any fact changed. A state once reached stays when the clock
// or the timings change later.
func (s *Server) settle() bool {
	changed := false
	for id, i := range s.st.Instances {
		next, takes := s.phase(i)
		if next != "" && s.kit.Clock.Elapsed(i.Since) >= takes {
			i.enter(next, s.end(i.Since, takes))
			changed = true
		}
		if i.State == terminated && s.kit.Clock.Elapsed(i.Since) >= keptFor {
			delete(s.st.Instances, id)
			s.forgetToken(i)
			changed = true
		}
	}
	return changed
}

// phase returns the state that follows by itself and after how long, "" for none.
func (s *Server) phase(i *instance) (next string, takes time.Duration) {
	switch i.State {
	case pending:
		return running, s.timings().Boot
	case stopping:
		return stopped, s.timings().Stop
	case shuttingDown:
		return terminated, s.timings().Terminate
	}
	return "", 0
}

// end is the moment at which a phase ended, such that the work time since it is
// what was left over.
func (s *Server) end(since time.Time, takes time.Duration) time.Time {
	if rate := s.kit.Clock.Rate(); rate > 0 {
		return since.Add(time.Duration(float64(takes) / rate))
	}
	return since
}

// listed tells whether calls find the instance: not before EC2 is consistent
// and not long after termination.
func (s *Server) listed(i *instance) bool {
	if i.State == terminated && s.kit.Clock.Elapsed(i.Since) >= shownFor {
		return false
	}
	return s.kit.Clock.Elapsed(i.CreatedAt) >= s.timings().Visible
}

// find returns the listed instance of a region.
func (s *Server) find(region, id string) (*instance, error) {
	if !instanceID.MatchString(id) {
		return nil, badRequest("InvalidInstanceID.Malformed", "Invalid id: %q", id)
	}
	i := s.st.Instances[id]
	if i == nil || i.Region != region || !s.listed(i) {
		return nil, badRequest("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
	}
	return i, nil
}

func (s *Server) findAll(region string, ids []string) ([]*instance, error) {
	out := make([]*instance, 0, len(ids))
	for _, id := range ids {
		i, err := s.find(region, id)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}
