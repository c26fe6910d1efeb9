package ec2

func tokenKey(region, clientToken string) string { return region + "|" + clientToken }

// replayed returns the instances that an earlier call with the token made, nil
// when there was none.
func (s *Server) replayed(region, clientToken, digest string) ([]*instance, error) {
	if clientToken == "" {
		return nil, nil
	}
	t, ok := s.st.Tokens[tokenKey(region, clientToken)]
	if !ok {
		return nil, nil
	}
	if t.Digest != digest {
		return nil, badRequest("IdempotentParameterMismatch",
			"Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
	}
	var out []*instance
	for _, id := range t.InstanceIDs {
		if i := s.st.Instances[id]; i != nil {
			out = append(out, i)
		}
	}
	return out, nil
}

// forgetToken drops the token of an instance when none of those made with it is
// left.
func (s *Server) forgetToken(i *instance) {
	key := tokenKey(i.Region, i.ClientToken)
	for _, id := range s.st.Tokens[key].InstanceIDs {
		if s.st.Instances[id] != nil {
			return
		}
	}
	delete(s.st.Tokens, key)
}
