package worker

import (
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Model is the worker's read model; no token is in it.
func (w *Worker) Model(version, generation int64) readmodel.Worker {
	return readmodel.Worker{
		ID: w.ID, Version: version, Generation: generation, Name: w.Name, AWSRegion: w.AWSRegion, InstanceType: w.InstanceType,
		TemplateName: w.TemplateName, Status: w.Status, DesiredStatus: w.DesiredStatus, ServiceStatus: w.ServiceStatus,
		Placeable: w.Placeable, NotPlaceable: w.NotPlaceable, AMIID: w.AMIID, AMIName: w.AMIName, AMINamePattern: w.AMINamePattern,
		Launch: w.Launch, EC2InstanceID: w.EC2InstanceID, PublicIP: w.PublicIP, PrivateIP: w.PrivateIP, HTTPSEndpoint: w.HTTPSEndpoint,
		TLSPin: w.TLSPin, CML: readmodel.CML{
			Version: w.CML.Version, Ready: w.CML.Ready, NodeDefinitions: w.CML.NodeDefinitions, ImageDefinitions: w.CML.ImageDefinitions,
			SeenAt: w.CML.SeenAt,
		},
		License: readmodel.License{
			Status: w.License.Status, Type: w.License.Type, NodeLimit: w.License.NodeLimit, PendingOperation: w.License.PendingOperation,
			InProgress: w.License.InProgress, Reregister: w.License.Reregister, Attempts: w.License.Attempts,
			LastError: w.License.LastError, NextTry: w.License.NextTry, Info: w.License.Info,
		},
		Tags: w.Tags, DetailedMonitoring: w.DetailedMonitoring, RefreshRequestedAt: w.RefreshRequestedAt,
		IdleDetection: !w.IdleDetectionOff, DrainUntil: w.DrainUntil, Forced: w.Forced,
		DeclaredCapacity: w.DeclaredCapacity, PortRange: w.portRange(), QuarantinedPorts: w.QuarantinedPorts, Book: w.entries(),
		Conditions: w.Conditions, Finalizers: w.Finalizers, StatusSince: w.StatusSince, CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
	}
}

func (w *Worker) portRange() resource.PortRange {
	if w.PortRange == (resource.PortRange{}) {
		return resource.DefaultPortRange()
	}
	return w.PortRange
}

func (w *Worker) entries() []booking.Entry {
	if w.Book.Entries == nil {
		return []booking.Entry{}
	}
	return w.Book.Entries
}
