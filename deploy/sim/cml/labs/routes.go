package labs

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// route is one endpoint of the table below.
type route struct {
	method, path string
	handle       wire.Handler[*Set]
}

// Routes adds the endpoints of labs, all of which need a token.
func Routes(r chi.Router, open wire.Opener[*Set]) {
	for _, groups := range [][]route{labRoutes(), nodeRoutes(), elementRoutes(), annotationRoutes()} {
		for _, route := range groups {
			r.Method(route.method, route.path, wire.Endpoint(open, route.handle))
		}
	}
}

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

func labRoutes() []route {
	return []route{
		{post, "/import", importLab},
		{get, "/populate_lab_tiles", listTiles},
		{get, "/keys/console", listConsoleKeys},
		{get, "/keys/vnc", listVNCKeys},
		{get, "/labs", listLabs},
		{post, "/labs", createLab},
		{get, "/labs/{lab}", getLab},
		{patch, "/labs/{lab}", patchLab},
		{remove, "/labs/{lab}", deleteLab},
		{get, "/labs/{lab}/state", getLabState},
		{put, "/labs/{lab}/start", startLab},
		{put, "/labs/{lab}/stop", stopLab},
		{put, "/labs/{lab}/wipe", wipeLab},
		{get, "/labs/{lab}/check_if_converged", getLabConverged},
		{get, "/labs/{lab}/download", download},
		{get, "/labs/{lab}/topology", getTopology},
		{get, "/labs/{lab}/lab_element_state", getElementState},
		{get, "/labs/{lab}/events", getEvents},
		{get, "/labs/{lab}/simulation_stats", getSimulationStats},
		{get, "/labs/{lab}/tile", getTile},
		{get, "/labs/{lab}/layer3_addresses", getAddresses},
		{get, "/labs/{lab}/find/node/label/{query}", findByLabel},
		{get, "/labs/{lab}/find_all/node/tag/{query}", findByTag},
	}
}

func nodeRoutes() []route {
	return []route{
		{get, "/labs/{lab}/nodes", listNodes},
		{post, "/labs/{lab}/nodes", createNode},
		{get, "/labs/{lab}/nodes/{node}", getNode},
		{patch, "/labs/{lab}/nodes/{node}", patchNode},
		{remove, "/labs/{lab}/nodes/{node}", deleteNode},
		{get, "/labs/{lab}/nodes/{node}/state", getNodeState},
		{put, "/labs/{lab}/nodes/{node}/state/start", startNode},
		{put, "/labs/{lab}/nodes/{node}/state/stop", stopNode},
		{put, "/labs/{lab}/nodes/{node}/wipe_disks", wipeNode},
		{get, "/labs/{lab}/nodes/{node}/check_if_converged", getNodeConverged},
		{put, "/labs/{lab}/nodes/{node}/extract_configuration", extractConfiguration},
		{get, "/labs/{lab}/nodes/{node}/keys/console", getConsoleKey},
		{get, "/labs/{lab}/nodes/{node}/keys/vnc", getVNCKey},
		{get, "/labs/{lab}/nodes/{node}/consoles/{console}/log", getConsoleLog},
		{get, "/labs/{lab}/nodes/{node}/layer3_addresses", getNodeAddresses},
		{get, "/labs/{lab}/nodes/{node}/interfaces", listInterfaces},
	}
}

// elementRoutes are those of interfaces and links.
func elementRoutes() []route {
	return []route{
		{post, "/labs/{lab}/interfaces", createInterface},
		{get, "/labs/{lab}/interfaces/{interface}", getInterface},
		{patch, "/labs/{lab}/interfaces/{interface}", patchInterface},
		{remove, "/labs/{lab}/interfaces/{interface}", deleteInterface},
		{get, "/labs/{lab}/interfaces/{interface}/state", getInterfaceState},
		{get, "/labs/{lab}/links", listLinks},
		{post, "/labs/{lab}/links", createLink},
		{get, "/labs/{lab}/links/{link}", getLink},
		{remove, "/labs/{lab}/links/{link}", deleteLink},
		{put, "/labs/{lab}/links/{link}/state/start", startLink},
		{put, "/labs/{lab}/links/{link}/state/stop", stopLink},
		{get, "/labs/{lab}/links/{link}/check_if_converged", getLinkConverged},
		{get, "/labs/{lab}/links/{link}/condition", getCondition},
		{patch, "/labs/{lab}/links/{link}/condition", patchCondition},
		{remove, "/labs/{lab}/links/{link}/condition", deleteCondition},
	}
}

func annotationRoutes() []route {
	return []route{
		{get, "/labs/{lab}/annotations", listAnnotations},
		{post, "/labs/{lab}/annotations", createAnnotation},
		{get, "/labs/{lab}/annotations/{annotation}", getAnnotation},
		{patch, "/labs/{lab}/annotations/{annotation}", patchAnnotation},
		{remove, "/labs/{lab}/annotations/{annotation}", deleteAnnotation},
		{get, "/labs/{lab}/smart_annotations", listSmart},
		{get, "/labs/{lab}/smart_annotations/{annotation}", getSmart},
		{patch, "/labs/{lab}/smart_annotations/{annotation}", patchSmart},
	}
}
