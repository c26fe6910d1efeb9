package ec2

import "maps"

type runReply struct {
	head
	reservationXML
}

// runInstances launches as many instances as fit, at least MinCount. A client
// token seen before answers with the instances of the first call.
func (s *Server) runInstances(c call) (reply, error) {
	o, err := parseOrder(c.params)
	if err != nil {
		return nil, err
	}
	digest, err := o.digest()
	if err != nil {
		return nil, err
	}
	if earlier, err := s.replayed(c.region, o.ClientToken, digest); err != nil || earlier != nil {
		return runAnswer(s, earlier), err
	}
	zone, err := s.place(c.region, &o)
	if err != nil {
		return nil, err
	}
	count, err := s.room(c.region, zone, o.InstanceType, o.Min, o.Max)
	if err != nil {
		return nil, err
	}
	made, err := s.create(c.region, zone, o, count)
	if err != nil {
		return nil, err
	}
	if o.ClientToken != "" {
		s.st.Tokens[tokenKey(c.region, o.ClientToken)] = token{Digest: digest, InstanceIDs: ids(made)}
	}
	return runAnswer(s, made), nil
}

func runAnswer(s *Server, made []*instance) reply {
	if len(made) == 0 {
		return nil
	}
	return &runReply{reservationXML: s.reservation(made)}
}

// create makes the instances; when addresses run out it creates none.
func (s *Server) create(region, zone string, o order, count int) ([]*instance, error) {
	made := make([]*instance, 0, count)
	now := s.kit.Clock.Now()
	reservation := s.newID("r")
	for n := range count {
		i := &instance{
			ID: s.newID("i"), Reservation: reservation, Index: n, Region: region, Zone: zone,
			launch: o.forInstance(), CreatedAt: now, LaunchedAt: now,
		}
		i.Seq = s.st.Serial
		for _, d := range i.Devices {
			i.Volumes = append(i.Volumes, volume{
				ID: s.newID("vol"), Device: d.Name, Delete: !d.Keep, Tags: maps.Clone(o.VolumeTags),
			})
		}
		i.enter(pending, now)
		if err := s.address(i); err != nil {
			for _, m := range made {
				delete(s.st.Instances, m.ID)
			}
			return nil, err
		}
		s.st.Instances[i.ID] = i
		made = append(made, i)
	}
	s.settle() // a boot that takes no time is over
	return made, nil
}

func (s *Server) address(i *instance) (err error) {
	if i.PrivateIP, err = s.takePrivate(); err != nil {
		return err
	}
	i.PublicIP, err = s.takePublic()
	return err
}

func ids(instances []*instance) []string {
	out := make([]string, len(instances))
	for n, i := range instances {
		out[n] = i.ID
	}
	return out
}
