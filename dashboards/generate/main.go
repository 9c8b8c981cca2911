// Command generate writes the dashboards and the rules of Prometheus into the folder of the deployment that it is given.
package main

import (
	"fmt"
	"os"

	"github.com/neuroglia-go/neuroglia/dashboards"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FOLDER, which is deployment/ of the repository")
		os.Exit(2)
	}
	if err := dashboards.Write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
