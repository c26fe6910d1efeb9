package api

// Precondition lets a caller say which version a change was decided on: another one answers 412 and nothing is done.
type Precondition struct {
	IfMatch string `header:"If-Match" maxLength:"512" doc:"ETag of the version that the change was decided on, or several with commas between; weak ones match none. * or nothing takes any."`
}
