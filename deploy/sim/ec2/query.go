package ec2

import (
	"errors"
	"net/http"
)

// call is one EC2 request.
type call struct {
	params
	region string
}

// action is an EC2 operation.
type action struct {
	// names are the first parts of the parameters it knows; any other is
	// refused, so that no client believes in an effect that is not simulated.
	names  []string
	writes bool
	run    func(*Server, call) (reply, error)
}

func actions() map[string]action {
	return map[string]action{
		"RunInstances":           {launchParams, true, (*Server).runInstances},
		"DescribeInstances":      {[]string{"InstanceId", "Filter", "MaxResults", "NextToken"}, false, (*Server).describeInstances},
		"StartInstances":         {[]string{"InstanceId"}, true, (*Server).startInstances},
		"StopInstances":          {[]string{"InstanceId", "Force"}, true, (*Server).stopInstances},
		"TerminateInstances":     {[]string{"InstanceId"}, true, (*Server).terminateInstances},
		"DescribeInstanceStatus": {[]string{"InstanceId", "Filter", "IncludeAllInstances", "MaxResults", "NextToken"}, false, (*Server).describeStatus},
		"DescribeImages":         {[]string{"ImageId", "Filter", "Owner", "MaxResults", "NextToken"}, false, (*Server).describeImages},
		"CreateTags":             {[]string{"ResourceId", "Tag"}, true, (*Server).createTags},
		"DeleteTags":             {[]string{"ResourceId", "Tag"}, true, (*Server).deleteTags},
		"DescribeTags":           {[]string{"Filter", "MaxResults", "NextToken"}, false, (*Server).describeTags},
		"MonitorInstances":       {[]string{"InstanceId"}, true, (*Server).monitorInstances},
		"DescribeRegions":        {[]string{"RegionName", "Filter", "AllRegions"}, false, (*Server).describeRegions},
	}
}

// query serves POST /, on which EC2 and the older protocol of CloudWatch meet.
func (s *Server) query(w http.ResponseWriter, r *http.Request) {
	p, err := form(r)
	if err == nil && p.get("Version") == metricVersion {
		s.metricsQuery(w, r, p)
		return
	}
	var out reply
	if err == nil {
		out, err = s.dispatch(r, p)
	}
	if err != nil {
		writeFailure(w, asAPIError(err))
		return
	}
	writeReply(w, p.get("Action"), out)
}

func (s *Server) dispatch(r *http.Request, p params) (out reply, err error) {
	region, err := s.signedRegion(r, "ec2")
	if err != nil {
		return nil, err
	}
	name := p.get("Action")
	a, ok := s.actions[name]
	if !ok || p.get("Version") != ec2Version {
		return nil, badRequest("InvalidAction", "The action %s is not valid for version %q", name, p.get("Version"))
	}
	if key := p.unknown(a.names); key != "" {
		return nil, badRequest("UnknownParameter", "The parameter %s is not recognized", key)
	}
	dry, err := p.flag("DryRun", false)
	if err != nil {
		return nil, err
	}
	if dry {
		return nil, &apiError{http.StatusPreconditionFailed, "DryRunOperation", "Request would have succeeded, but DryRun flag is set."}
	}
	access := s.read
	if a.writes {
		access = s.write
	}
	err = access(func() error {
		out, err = a.run(s, call{p, region})
		return err
	})
	return out, err
}

func asAPIError(err error) *apiError {
	if e := new(apiError); errors.As(err, &e) {
		return e
	}
	return internal()
}
