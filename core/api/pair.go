package api

import "strings"

// Pair is a route on a worker in its two forms: flat, and below the region, which must be the worker's.
type Pair[Flat, Region, Resp any] struct {
	Flat   Route[Flat, Resp]
	Region Route[Region, Resp]
}

// describe gives both forms.
func (p Pair[Flat, Region, Resp]) describe() []Described { return []Described{p.Flat, p.Region} }

const (
	workersPath = "/api/workers"
	regionPath  = "/api/workers/region/{aws_region}/workers"
)

// paired makes both forms of a route; the path of info is the flat one.
func paired[Flat, Region, Resp any](info Info) Pair[Flat, Region, Resp] {
	region := info
	region.ID += "-in-region"
	region.Summary += ", in its region"
	region.Path = regionPath + strings.TrimPrefix(info.Path, workersPath)
	return Pair[Flat, Region, Resp]{Flat: Route[Flat, Resp]{info}, Region: Route[Region, Resp]{region}}
}

// WorkerID names a worker.
type WorkerID struct {
	ID string `path:"id" minLength:"1" maxLength:"128" doc:"Id of the worker."`
	Precondition
}

// RegionWorkerID names a worker below its region.
type RegionWorkerID struct {
	AWSRegion string `path:"aws_region" minLength:"1" maxLength:"32" doc:"Region of the worker."`
	WorkerID
}

// OnWorker is a request with a body on a worker.
type OnWorker[B any] struct {
	WorkerID
	Body B
}

// OnRegionWorker is a request with a body on a worker below its region.
type OnRegionWorker[B any] struct {
	RegionWorkerID
	Body B
}

// onWorker makes both forms of a route with a body.
func onWorker[B, Resp any](info Info) Pair[OnWorker[B], OnRegionWorker[B], Resp] {
	return paired[OnWorker[B], OnRegionWorker[B], Resp](info)
}

// ofWorker makes both forms of a route without a body.
func ofWorker[Resp any](info Info) Pair[WorkerID, RegionWorkerID, Resp] {
	return paired[WorkerID, RegionWorkerID, Resp](info)
}
