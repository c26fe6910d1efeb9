package plane

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// child keeps one service running as a process of its own: when it dies it is started again. The listener is the plane's
// and is passed on, so that the address stays and calls wait while the process is away.
type child struct {
	service     string
	executable  string
	environment []string
	listener    *os.File
	log         *slog.Logger
	output      *os.File

	mu     sync.Mutex
	cmd    *exec.Cmd
	starts int
}

// ListenerFD is the file descriptor on which a child process finds its listener.
const ListenerFD = 3

const restartPause = 200 * time.Millisecond

// run starts the process again and again until ctx ends, then asks it to stop.
func (c *child) run(ctx context.Context) error {
	defer func() { _ = c.listener.Close() }()
	for ctx.Err() == nil {
		if err := c.once(ctx); err != nil && ctx.Err() == nil {
			c.log.Warn("service ended, it is started again", slog.String("service", c.service), slog.Any("error", err))
		}
		pause(ctx, restartPause)
	}
	return nil
}

func (c *child) once(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, c.executable, "service", c.service)
	cmd.Env = append(append([]string{}, c.environment...), "PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"))
	cmd.ExtraFiles = []*os.File{c.listener}
	cmd.Stdout, cmd.Stderr = c.output, c.output
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	c.mu.Lock()
	c.cmd = cmd
	c.starts++
	err := cmd.Start()
	c.mu.Unlock()
	if err != nil {
		return fmt.Errorf("start %s: %w", c.service, err)
	}
	return cmd.Wait()
}

// kill ends the process at once, as a crash would. One that is just being started again is waited for.
func (c *child) kill(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		if c.tryKill() {
			return nil
		}
		pause(ctx, 20*time.Millisecond)
		if ctx.Err() != nil {
			return fmt.Errorf("%s does not run: %w", c.service, ctx.Err())
		}
	}
}

func (c *child) tryKill() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cmd != nil && c.cmd.Process != nil && c.cmd.Process.Kill() == nil
}

// launched counts the starts.
func (c *child) launched() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.starts
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// fileOf duplicates a listener's descriptor for a child process.
func fileOf(listener net.Listener) (*os.File, error) {
	tcp, ok := listener.(*net.TCPListener)
	if !ok {
		return nil, fmt.Errorf("%T has no descriptor", listener)
	}
	return tcp.File()
}

// InheritedListener is the listener that the plane passed to this child process.
func InheritedListener() (net.Listener, error) {
	file := os.NewFile(ListenerFD, "listener")
	if file == nil {
		return nil, errors.New("no listener was passed on")
	}
	defer func() { _ = file.Close() }()
	return net.FileListener(file)
}
