package s3

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/rclone/gofakes3"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// clock is the simulated clock as gofakes3 wants it.
type clock struct{ *kit.Clock }

// Since implements gofakes3.TimeSource.
func (c clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// logger passes on errors only; the rest is a line for each step of each call.
type logger struct{ log *slog.Logger }

// Print implements gofakes3.Logger.
func (l logger) Print(level gofakes3.LogLevel, v ...any) {
	if level == gofakes3.LogErr {
		l.log.Error("s3", "error", fmt.Sprint(v...))
	}
}
