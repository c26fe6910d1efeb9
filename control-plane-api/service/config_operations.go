package service

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// Activity says what counts as activity on a worker and what follows when there is none.
type Activity struct {
	AutoPause      bool     `env:"WORKER_AUTO_PAUSE_ENABLED" envDefault:"true" desc:"Whether idle workers are paused."`
	SnoozeMinutes  int      `env:"WORKER_AUTO_PAUSE_SNOOZE_MINUTES" envDefault:"60" desc:"Minutes for which a resumed worker is not paused."`
	CheckSeconds   int      `env:"WORKER_ACTIVITY_DETECTION_INTERVAL" envDefault:"1800" desc:"Seconds between two looks at a worker's telemetry."`
	ExcludedUsers  string   `env:"WORKER_ACTIVITY_EXCLUDED_USER_PATTERN" envDefault:"^00000000-0000-.*" desc:"Pattern of CML users whose activity does not count."`
	Categories     []string `env:"WORKER_ACTIVITY_RELEVANT_CATEGORIES" desc:"Categories of telemetry that count; the usual ones when empty."`
	EventsKept     int      `env:"WORKER_ACTIVITY_EVENTS_MAX_STORED" envDefault:"10" desc:"How many of a worker's last activities are kept, 1 to 100."`
	RefreshSeconds int      `env:"WORKER_REFRESH_MIN_INTERVAL" envDefault:"10" desc:"Least seconds between two requests for fresh data of a worker."`
}

func (a Activity) validate() error {
	var errs []error
	if _, err := regexp.Compile(a.ExcludedUsers); err != nil {
		errs = append(errs, fmt.Errorf("WORKER_ACTIVITY_EXCLUDED_USER_PATTERN: %w", err))
	}
	if a.CheckSeconds < 1 {
		errs = append(errs, errors.New("WORKER_ACTIVITY_DETECTION_INTERVAL: want at least 1"))
	}
	if a.EventsKept < 1 || a.EventsKept > worker.MaxActivityEvents {
		errs = append(errs, fmt.Errorf("WORKER_ACTIVITY_EVENTS_MAX_STORED: want 1 to %d", worker.MaxActivityEvents))
	}
	if a.SnoozeMinutes < 0 || a.RefreshSeconds < 0 {
		errs = append(errs, errors.New("WORKER_AUTO_PAUSE_SNOOZE_MINUTES, WORKER_REFRESH_MIN_INTERVAL: must not be negative"))
	}
	return errors.Join(errs...)
}

func (a Activity) over(usual settings.Activity) settings.Activity {
	categories := usual.Categories
	if len(a.Categories) > 0 {
		categories = a.Categories
	}
	return settings.Activity{
		AutoPause: a.AutoPause, SnoozeMinutes: a.SnoozeMinutes, CheckSeconds: a.CheckSeconds, ExcludedUsers: a.ExcludedUsers,
		Categories: categories, RefreshSeconds: a.RefreshSeconds, EventsKept: a.EventsKept,
	}
}

// Images says what workers are launched of where neither request nor template says so.
type Images struct {
	NameDefault  string            `env:"CML_WORKER_AMI_NAME_DEFAULT" desc:"Name pattern of the image of workers; without one a request or its template names the image."`
	IDs          map[string]string `env:"CML_WORKER_AMI_IDS" desc:"Image ids by region: us-east-1:ami-1,us-west-2:ami-2."`
	Names        map[string]string `env:"CML_WORKER_AMI_NAMES" desc:"Image names or patterns by region."`
	InstanceType string            `env:"CML_WORKER_INSTANCE_TYPE" envDefault:"t3.small" desc:"EC2 instance type where neither request nor template names one."`
}

func (i Images) validate() error {
	var errs []error
	for name, images := range map[string]map[string]string{"CML_WORKER_AMI_IDS": i.IDs, "CML_WORKER_AMI_NAMES": i.Names} {
		for region := range images {
			if !settings.IsRegion(region) {
				errs = append(errs, fmt.Errorf("%s: %q is no AWS region", name, region))
			}
		}
	}
	if err := template.CheckInstanceType(i.InstanceType); err != nil {
		errs = append(errs, fmt.Errorf("CML_WORKER_INSTANCE_TYPE: %q is no EC2 instance type", i.InstanceType))
	}
	return errors.Join(errs...)
}

func (i Images) over(usual settings.Provisioning) settings.Provisioning {
	usual.AMINameDefault, usual.AMIIDs, usual.AMINames, usual.InstanceType = i.NameDefault, i.IDs, i.Names, i.InstanceType
	return usual
}

// Ports are those of workers whose template says nothing.
type Ports struct {
	Min int `env:"PORT_ALLOCATION_MIN" envDefault:"2000" desc:"First port of workers whose template names none."`
	Max int `env:"PORT_ALLOCATION_MAX" envDefault:"9999" desc:"Last port of such workers."`
}

func (p Ports) validate() error {
	if p == (Ports{}) || 0 < p.Min && p.Min <= p.Max && p.Max <= 65535 {
		return nil
	}
	return fmt.Errorf("PORT_ALLOCATION_MIN: %d to PORT_ALLOCATION_MAX, %d, are no ports", p.Min, p.Max)
}
