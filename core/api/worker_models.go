package api

// WorkerModelQuery filters workers' read models.
type WorkerModelQuery struct {
	ModelQuery
	AWSRegion string `query:"aws_region" maxLength:"64"`
}
