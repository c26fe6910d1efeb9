package ec2

// InstanceType is what the simulator knows of an instance type.
type InstanceType struct {
	Name string
	// VCPUs count against the vCPU limit.
	VCPUs int
	// InstanceStore means local disks, which alone have Disk*Ops metrics.
	InstanceStore bool
}

func knownTypes() map[string]InstanceType {
	types := make(map[string]InstanceType)
	for _, t := range []InstanceType{
		{Name: "t3.micro", VCPUs: 2},
		{Name: "t3.small", VCPUs: 2},
		{Name: "t3.medium", VCPUs: 2},
		{Name: "t3.large", VCPUs: 2},
		{Name: "t3.xlarge", VCPUs: 4},
		{Name: "t3.2xlarge", VCPUs: 8},
		{Name: "m5.2xlarge", VCPUs: 8},
		{Name: "m5.4xlarge", VCPUs: 16},
		{Name: "m5.metal", VCPUs: 96},
		{Name: "m5zn.metal", VCPUs: 48},
		{Name: "c5.metal", VCPUs: 96},
		{Name: "c5d.metal", VCPUs: 96, InstanceStore: true},
		{Name: "z1d.metal", VCPUs: 48, InstanceStore: true},
	} {
		types[t.Name] = t
	}
	return types
}
