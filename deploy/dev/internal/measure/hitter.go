package measure

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// hitter sends requests as cheaply as it can, since it shares the machine with what it measures. It repeats none: one that
// fails ends the measurement.
type hitter struct {
	base, token string
	http        *http.Client
}

// maxIdle is how many connections are kept open.
const maxIdle = 256

func newHitter(base, token string) *hitter {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = maxIdle, maxIdle
	return &hitter{base: base, token: token, http: &http.Client{Transport: transport, Timeout: time.Minute}}
}

func (h *hitter) get(ctx context.Context, path string) error {
	_, err := h.send(ctx, http.MethodGet, path, nil)
	return err
}

// book books a lab and gives its id.
func (h *hitter) book(ctx context.Context, definitionID string, n int) (string, error) {
	body, err := json.Marshal(slot(definitionID, n).Body)
	if err != nil {
		return "", err
	}
	answer, err := h.send(ctx, http.MethodPost, api.RouteCreateInstance.Path, body)
	if err != nil {
		return "", err
	}
	var made struct {
		ID string `json:"id"`
	}
	return made.ID, json.Unmarshal(answer, &made)
}

func (h *hitter) terminate(ctx context.Context, id string) error {
	_, err := h.send(ctx, http.MethodPost, instances+"/"+id+"/terminate", []byte(`{}`))
	return err
}

const instances = "/api/lablet-instances"

func (h *hitter) send(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, h.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+h.token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := h.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %.200s", method, path, response.Status, answer)
	}
	return answer, err
}
