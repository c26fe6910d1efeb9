// Command health asks an address and exits with 1 unless the answer is 200. The images have no shell and no other client.
package main

import (
	"net/http"
	"os"
	"time"
)

func main() {
	if len(os.Args) != 2 || !healthy(os.Args[1]) {
		os.Exit(1)
	}
}

func healthy(address string) bool {
	client := http.Client{Timeout: 4 * time.Second}
	answer, err := client.Get(address)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.StatusCode == http.StatusOK
}
