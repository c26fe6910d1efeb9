package template

import (
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// CheckInstanceType refuses what cannot be the name of an EC2 instance type, such as m5zn.metal (bad_instance_type). Whether
// EC2 has it in a region is EC2's to say.
func CheckInstanceType(name string) error {
	family, size, found := strings.Cut(name, ".")
	if !found || !word(family) || !word(size) {
		return failure.New(failure.Invalid, "bad_instance_type", "%q is no EC2 instance type, such as m5zn.metal.", name)
	}
	return nil
}

func word(text string) bool {
	for _, r := range text {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return text != ""
}
