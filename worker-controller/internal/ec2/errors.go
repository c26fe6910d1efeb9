package ec2

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

// class is what one of EC2's error codes means to LCM.
type class struct {
	kind    failure.Kind
	code    string
	message string
	words   []string
}

func classes() []class {
	return []class{
		{failure.Quota, worker.CodeEC2Quota, "The AWS account may have no more machines of this type", []string{
			"InstanceLimitExceeded", "VcpuLimitExceeded", "VolumeLimitExceeded", "MaxIOPSLimitExceeded", "AddressLimitExceeded", "NetworkInterfaceLimitExceeded",
		}},
		{failure.Unavailable, worker.CodeEC2Capacity, "EC2 has no room for this type of machine now", []string{
			"InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity", "InsufficientCapacityOnHost", "InsufficientVolumeCapacity",
			"InsufficientAddressCapacity", "InsufficientFreeAddressesInSubnet",
		}},
		{failure.Throttled, worker.CodeEC2Throttled, "EC2 is asked too often", []string{
			"RequestLimitExceeded", "Throttling", "ThrottlingException", "ThrottledException", "EC2ThrottledException", "RequestThrottled",
			"RequestThrottledException", "TooManyRequestsException", "SlowDown",
		}},
		{failure.Unauthenticated, worker.CodeEC2Credentials, "AWS refuses the credentials, or they may not do this", []string{
			"UnauthorizedOperation", "InvalidClientTokenId", "SignatureDoesNotMatch", "AccessDenied", "AccessDeniedException", "AuthFailure",
			"ExpiredToken", "ExpiredTokenException", "RequestExpired", "MissingAuthenticationToken", "OptInRequired", "Blocked", "PendingVerification",
			"UnrecognizedClientException", "IncompleteSignature",
		}},
		{failure.NotFound, worker.CodeEC2NotFound, "EC2 does not know the machine", []string{
			"InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed",
		}},
		{failure.Conflict, worker.CodeEC2State, "The machine's state does not allow this now", []string{
			"IncorrectInstanceState", "IncorrectState", "IdempotentParameterMismatch", "OperationNotPermitted", "IdempotentInstanceTerminated",
		}},
		{failure.Invalid, worker.CodeEC2BadRequest, "EC2 refuses the request", []string{
			"Unsupported", "UnsupportedOperation", "UnknownParameter", "MissingParameter", "MalformedQueryString", "InvalidParameterCombination",
		}},
	}
}

// translate gives a failure for an error of the SDK. What is not known is taken for something that passes: nothing ends
// for good because AWS has a new word.
func translate(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	answer, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return failure.Wrap(err, failure.Unavailable, worker.CodeEC2Unavailable, "EC2 does not answer (%s).", doing)
	}
	word := answer.ErrorCode()
	for _, c := range classes() {
		if slices.Contains(c.words, word) {
			return failure.Wrap(err, c.kind, c.code, "%s (%s: %s).", c.message, doing, word)
		}
	}
	if strings.HasPrefix(word, "Invalid") {
		return failure.Wrap(err, failure.Invalid, worker.CodeEC2BadRequest, "EC2 refuses the request (%s: %s): %s", doing, word, excerpt(answer))
	}
	return failure.Wrap(err, failure.Unavailable, worker.CodeEC2Unavailable, "EC2 failed (%s: %s).", doing, word)
}

// excerpt is what EC2 says of a value that it refuses, which a person needs to find it.
func excerpt(answer smithy.APIError) string {
	text := []rune(answer.ErrorMessage())
	return string(text[:min(len(text), 200)])
}
