package ec2

import "time"

// figures steer what CloudWatch tells of an instance.
type figures struct {
	// Absent means that there are none.
	Absent bool `json:"absent,omitempty"`
	// Late is how old (wall time) the newest figure is at least.
	Late time.Duration `json:"late,omitempty"`
	// Fixed values by metric name, per sample.
	Fixed map[string]float64 `json:"fixed,omitempty"`
}

// figuresDoc is the JSON form.
type figuresDoc struct {
	Absent bool               `json:"absent"`
	LateMS int64              `json:"late_ms"`
	Values map[string]float64 `json:"values"`
}

func (d figuresDoc) figures() (figures, error) {
	if d.LateMS < 0 {
		return figures{}, invalidValue("late_ms must not be negative")
	}
	return figures{Absent: d.Absent, Late: time.Duration(d.LateMS) * time.Millisecond, Fixed: d.Values}, nil
}
