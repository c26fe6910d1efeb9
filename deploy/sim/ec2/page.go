package ec2

import (
	"encoding/base64"
	"strconv"
)

const maxPage = 1000

// page is a part of a list asked for by MaxResults and NextToken.
type page struct {
	after, size int
}

// parsePage reads the page. Tokens carry the serial number of the last item, so
// items made or removed between two pages move no other.
func parsePage(p params, least int) (page, error) {
	size, err := p.number("MaxResults", maxPage, least, maxPage)
	if err != nil {
		return page{}, err
	}
	out := page{size: size}
	if next := p.get("NextToken"); next != "" {
		raw, err := base64.RawURLEncoding.DecodeString(next)
		if err == nil {
			out.after, err = strconv.Atoi(string(raw))
		}
		if err != nil {
			return page{}, invalidValue("Invalid NextToken")
		}
	}
	return out, nil
}

// cut returns the page of items that are in the order of their serial numbers,
// and the token of the next page, "" at the end.
func cut[T any](items []T, serial func(T) int, p page) (part []T, next string) {
	for n, item := range items {
		if serial(item) <= p.after {
			continue
		}
		if len(part) == p.size {
			last := strconv.Itoa(serial(items[n-1]))
			return part, base64.RawURLEncoding.EncodeToString([]byte(last))
		}
		part = append(part, item)
	}
	return part, ""
}
