package s3store

import (
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// maxReply is the most that is read of an answer that is no object, in bytes: the SDK reads such an answer to its end, as
// often as it tries, before anyone else sees it.
const maxReply = 1 << 20

// bounded cuts such answers off. What an object may have its reader decides.
type bounded struct{ next aws.HTTPClient }

// Do implements aws.HTTPClient.
func (b bounded) Do(request *http.Request) (*http.Response, error) {
	response, err := b.next.Do(request)
	if err != nil {
		return nil, fmt.Errorf("S3: %w", err)
	}
	if request.Method != http.MethodGet || response.StatusCode >= http.StatusMultipleChoices {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(response.Body, maxReply), response.Body}
	}
	return response, nil
}
