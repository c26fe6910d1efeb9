package api

// Problem is an RFC 9457 problem document. Code is stable; Detail is a sentence for a person and never inner text.
type Problem struct {
	Type     string `json:"type" doc:"A URI for the code." example:"urn:lcm:problem:timeslot_in_past"`
	Title    string `json:"title" doc:"The status in words." example:"Bad Request"`
	Status   int    `json:"status" example:"400"`
	Code     string `json:"code" doc:"Stable code to switch on." example:"timeslot_in_past"`
	Detail   string `json:"detail" doc:"What is wrong and what helps."`
	Instance string `json:"instance,omitempty" doc:"The request's path."`
	// RequestID finds the request in the logs.
	RequestID string  `json:"request_id,omitempty"`
	Errors    []Field `json:"errors,omitempty" doc:"Fields that are wrong."`
	// Reasons lists why something cannot be placed or booked.
	Reasons []string `json:"reasons,omitempty"`
}

// Field names one part of a request that is wrong.
type Field struct {
	Location string `json:"location" doc:"Where, such as body.timeslot_end."`
	Message  string `json:"message"`
}

// ProblemType is the media type of a Problem.
const ProblemType = "application/problem+json"

// ProblemURI is the type of a Problem with a code.
func ProblemURI(code string) string { return "urn:lcm:problem:" + code }
