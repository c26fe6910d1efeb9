package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

func runDemo(ctx context.Context, args []string, out io.Writer) error {
	var f planeFlags
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	f.register(flags, "")
	running := flags.String("attach", "", "folder of a running system to use; its own system when empty or not running")
	file := flags.String("topology", "", "CML lab file to book in place of the sample")
	kill := flags.String("kill", "", "SERVICE:N kills that service's process N times on the way (needs -split)")
	minutes := flags.Float64("minutes", 3, "length of the slot")
	limit := flags.Duration("timeout", 5*time.Minute, "give up after this long")
	if proceed, err := parse(flags, args, out); !proceed {
		return err
	}
	o := demo.Options{Minutes: *minutes, Out: out}
	if *file != "" {
		lab, err := os.ReadFile(*file)
		if err != nil {
			return fmt.Errorf("topology: %w", err)
		}
		o.Topology = lab
	}
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	if at, ok := attach(ctx, *running); ok && *kill == "" {
		return demo.Run(ctx, at, o)
	}
	victim, times, err := parseKill(*kill, f.split)
	if err != nil {
		return err
	}
	return demoOnOwn(ctx, &f, o, victim, times)
}

// attach finds a running system.
func attach(ctx context.Context, dir string) (plane.Endpoints, bool) {
	if dir == "" {
		return plane.Endpoints{}, false
	}
	at, err := plane.Find(dir)
	if err != nil {
		return at, false
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.API+"/health", nil)
	if err != nil {
		return at, false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return at, false
	}
	return at, response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// demoOnOwn starts a system, runs the demo on it and stops it again.
func demoOnOwn(ctx context.Context, f *planeFlags, o demo.Options, victim string, times int) error {
	if f.data == "" {
		dir, err := os.MkdirTemp("", "lcm-demo-")
		if err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
		f.data = filepath.Join(dir, "data")
		defer func() { _ = os.RemoveAll(dir) }()
	}
	options, err := f.options()
	if err != nil {
		return err
	}
	p, err := plane.New(ctx, options)
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	stopped := make(chan error, 1)
	go func() {
		defer stop() // a system that could not start ends the demo
		stopped <- p.Run(serving)
	}()
	killer := demo.NewKiller(p, victim, times, o.Out)
	o.OnStatus = killer.OnStatus
	go killer.Run(serving)
	err = demo.Run(serving, p.Endpoints(), o)
	if err == nil {
		err = killer.Check()
	}
	if err != nil {
		_, _ = fmt.Fprintf(o.Out, "the log's end:\n%s", tail(filepath.Join(options.Dir, "lcm.log")))
	}
	stop()
	return errors.Join(err, <-stopped)
}

func parseKill(text string, split bool) (service string, times int, err error) {
	if text == "" {
		return "", 0, nil
	}
	service, count, _ := strings.Cut(text, ":")
	times = 1
	if count != "" {
		if times, err = strconv.Atoi(count); err != nil || times < 1 {
			return "", 0, fmt.Errorf("kill %q: want SERVICE:N", text)
		}
	}
	if !split {
		return "", 0, errors.New("kill needs -split: only a process of its own can be killed")
	}
	for _, known := range plane.Services() {
		if known == service {
			return service, times, nil
		}
	}
	return "", 0, fmt.Errorf("kill: no service is called %q, there are %v", service, plane.Services())
}

const tailBytes = 6000

func tail(path string) []byte {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return content[max(0, len(content)-tailBytes):]
}
