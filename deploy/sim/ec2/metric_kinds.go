package ec2

// metricKind describes one metric of an instance.
type metricKind struct {
	unit      string
	low, high float64 // range of one sample
	exists    func(InstanceType, Image) bool
}

func always(InstanceType, Image) bool { return true }

func withInstanceStore(t InstanceType, _ Image) bool { return t.InstanceStore }

func withAgent(_ InstanceType, img Image) bool { return img.Agent }

// metricKinds are the metrics that exist, by namespace and name.
func metricKinds(namespace string) map[string]metricKind {
	switch namespace {
	case "AWS/EC2":
		return map[string]metricKind{
			"CPUUtilization": {"Percent", 15, 65, always},
			"NetworkIn":      {"Bytes", 1e5, 5e6, always},
			"NetworkOut":     {"Bytes", 1e5, 5e6, always},
			"EBSReadOps":     {"Count", 10, 400, always},
			"EBSWriteOps":    {"Count", 10, 800, always},
			"DiskReadOps":    {"Count", 10, 400, withInstanceStore},
			"DiskWriteOps":   {"Count", 10, 800, withInstanceStore},
		}
	case "CWAgent":
		return map[string]metricKind{"mem_used_percent": {"Percent", 30, 80, withAgent}}
	}
	return nil
}
